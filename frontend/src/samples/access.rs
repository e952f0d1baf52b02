//! Grants, roles, confirmations.

use cadastre_model::{Action, AssetKind, Effect, ObjectKind, Role, Sensitivity, SubjectKind};

use super::catalog::{link, somebody};
use super::{Album, HOSTILE, at, id};
use crate::access::{
    AccessPanel, ConfirmPage, GrantForm, GrantRow, QUESTIONS, RegisterAccessPage, RolesPage,
};
use crate::parts::{Pager, Subject};
use crate::{Form, Message, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    roles(album)?;
    confirm(album)?;
    for (name, text) in [("full", "Sales"), ("hostile", HOSTILE)] {
        album.add(
            "register-access",
            name,
            &RegisterAccessPage { chrome: album.chrome("/access"), panel: panel(text) },
        )?;
    }
    Ok(())
}

pub(super) fn panel(text: &str) -> AccessPanel {
    let grants = Role::ALL
        .iter()
        .enumerate()
        .map(|(n, role)| GrantRow {
            id: id(900 + n as u32),
            who: if n % 2 == 0 {
                somebody(if text.is_empty() { "Ada" } else { text })
            } else {
                Subject { kind: SubjectKind::Team, id: id(12), name: "everyone".to_owned() }
            },
            role: *role,
            effect: if n == 2 { Effect::Deny } else { Effect::Allow },
            ceiling: Sensitivity::ALL[n % 4],
            mask: n == 1,
            from_above: (n > 3).then(|| link(AssetKind::Source, if text.is_empty() { "shop" } else { text })),
            by_owning: n == 3,
            ends: (n % 2 == 0).then(|| at(-600_000 * n as i64)),
            starts: (n == 4).then(|| at(-60_000)),
            reason: (n != 1).then(|| format!("Month-end closing {text}")),
            granted_by: (n != 0).then(|| somebody("Security officer")),
            may_revoke: n < 3,
        })
        .collect();
    let form = Form::new("grant").with("effect", "allow").with("ceiling", "internal").with("reason", text);
    AccessPanel {
        action: "/d/x/access".to_owned(),
        grants,
        pager: Pager::default(),
        form: Some(GrantForm {
            form: if text == HOSTILE {
                form.with("subject", text).wrong("subject", "source-field-empty")
            } else {
                form
            },
            roles: vec![Role::Viewer, Role::Analyst],
            ceilings: vec![Sensitivity::Public, Sensitivity::Internal],
        }),
    }
}

fn roles(album: &mut Album) -> Result<(), RenderError> {
    let cell = |n: usize, k: usize| ObjectKind::ALL[..(n * 3 + k * 2) % 6].to_vec();
    let rows = Action::ALL
        .iter()
        .enumerate()
        .map(|(n, action)| (*action, (0..Role::ALL.len()).map(|k| cell(n, k)).collect()))
        .collect();
    let view = RolesPage {
        chrome: album.chrome("/access/roles"),
        rows,
        roles: Role::ALL.to_vec(),
        may_see_access: true,
    };
    album.add("roles", "full", &view)
}

fn confirm(album: &mut Album) -> Result<(), RenderError> {
    for (n, (question, verb)) in QUESTIONS.into_iter().enumerate() {
        let text = if n == 0 { HOSTILE } else { "Sales" };
        let view = ConfirmPage {
            chrome: album.chrome("/access"),
            question: Message::new(question).arg("name", text).arg("who", text).arg("role", "steward"),
            consequences: vec![
                Message::new("access-register-text"),
                Message::new("edit-title").arg("name", text),
            ],
            verb,
            action: "/access/grants/x/revoke".to_owned(),
            back: "/d/x/access".to_owned(),
            hidden: vec![("version".to_owned(), "4".to_owned())],
            asks_reason: n % 2 == 0,
            form: Form::new("confirm"),
        };
        album.add("confirm", if n == 0 { "hostile" } else { question }, &view)?;
    }
    Ok(())
}
