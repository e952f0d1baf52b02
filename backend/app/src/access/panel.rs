//! The panel that every Access tab shows: who may do what, and the form by which it is granted.

use crate::access::holdings::{Access, HoldingView};
use crate::access::subjects::{self, Subject, SubjectRef};
use crate::access::{Caller, NewGrant, give};
use crate::app::App;
use crate::catalog::moment;
use crate::error::{Failure, FailureKind, Result};
use cadastre_frontend::access::{AccessPanel, GrantForm, GrantRow};
use cadastre_frontend::parts::{self, AssetLink, Pager};
use cadastre_frontend::{Form, SubjectKind};
use cadastre_model::{Effect, Message, PublicId, Sensitivity, Version};
use chrono_tz::Tz;
use serde::Deserialize;

/// What somebody typed to grant something.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TypedGrant {
    subject_kind: String,
    subject: String,
    role: String,
    effect: String,
    ceiling: String,
    mask: String,
    ends_at: String,
    reason: String,
}

impl TypedGrant {
    /// The form with what was typed, and with what is wrong with it.
    fn form(&self, failure: &Failure) -> Form {
        let mut form = Form::new("grant");
        for (name, value) in [
            ("subject_kind", &self.subject_kind),
            ("subject", &self.subject),
            ("role", &self.role),
            ("effect", &self.effect),
            ("ceiling", &self.ceiling),
            ("mask", &self.mask),
            ("ends_at", &self.ends_at),
            ("reason", &self.reason),
        ] {
            form = form.with(name, value);
        }
        if failure.fields.is_empty() {
            return form.refused(failure.message.clone());
        }
        failure.fields.iter().fold(form, |form, (field, message)| {
            let field = if field == "until" { "ends_at" } else { field };
            form.wrong(field, message.clone())
        })
    }

    /// What was meant by it.
    async fn read(&self, app: &App, zone: Tz) -> Result<NewGrant> {
        let mut wrong: Vec<(String, Message)> = Vec::new();
        let mut say = |field: &str, key: &'static str| wrong.push((field.to_owned(), Message::new(key)));
        let kind = self.subject_kind.parse().unwrap_or(SubjectKind::Person);
        let subject = subjects::id_of(&app.db().web, kind, self.subject.trim()).await?;
        if subject.is_none() {
            say("subject", "grant-subject-unknown");
        }
        let role = self.role.parse().inspect_err(|_| say("role", "grant-role-missing")).ok();
        let ceiling = self.ceiling.parse().inspect_err(|_| say("ceiling", "grant-ceiling-missing")).ok();
        let until = match self.ends_at.trim() {
            "" => None,
            typed => moment::instant(typed, zone).or_else(|| {
                say("ends_at", "error-moment");
                None
            }),
        };
        Failure::when_any(wrong)?;
        let (Some(id), Some(role), Some(ceiling)) = (subject, role, ceiling) else {
            return Err(Failure::internal("a field is wrong and was not said to be"));
        };
        Ok(NewGrant {
            subject: SubjectRef { kind, id },
            role,
            effect: self.effect.parse().unwrap_or(Effect::Allow),
            ceiling,
            mask: !self.mask.is_empty(),
            from: None,
            until,
            reason: Some(self.reason.clone()),
        })
    }
}

/// Grants what was typed; `Err` in the result is the form to show again.
///
/// # Errors
/// All but what the form itself can say.
pub(crate) async fn grant(
    app: &App,
    caller: &Caller,
    zone: Tz,
    asset: PublicId,
    typed: &TypedGrant,
) -> Result<std::result::Result<Option<Version>, (FailureKind, Form)>> {
    let given = match typed.read(app, zone).await {
        Ok(new) => give(app, caller, asset, new).await,
        Err(failure) => Err(failure),
    };
    match given {
        Ok((_, version)) => Ok(Ok(version)),
        Err(failure) if matches!(failure.kind, FailureKind::Invalid | FailureKind::Forbidden) => {
            Ok(Err((failure.kind, typed.form(&failure))))
        }
        Err(failure) => Err(failure),
    }
}

/// The panel of an asset, with the form as it was typed, or empty.
pub(crate) fn panel(access: Access, action: String, typed: Option<Form>) -> AccessPanel {
    let form = (!access.gives.is_empty()).then(|| GrantForm {
        form: typed.unwrap_or_else(|| {
            Form::new("grant")
                .with("subject_kind", SubjectKind::Person.as_str())
                .with("effect", Effect::Allow.as_str())
                .with("ceiling", access.sensitivity.min(most(&access)).as_str())
        }),
        roles: access.gives.clone(),
        ceilings: Sensitivity::ALL.iter().copied().filter(|level| *level <= most(&access)).collect(),
    });
    let (here, above): (Vec<_>, Vec<_>) = access.holdings.into_iter().partition(|held| !held.inherited);
    let grants: Vec<GrantRow> = here.into_iter().chain(above).map(row).collect();
    let shown = i64::try_from(grants.len()).unwrap_or(i64::MAX);
    AccessPanel { action, grants, pager: Pager { shown, total: Some(shown), ..Pager::default() }, form }
}

fn most(access: &Access) -> Sensitivity {
    access.gives_up_to.unwrap_or(Sensitivity::Public)
}

fn row(held: HoldingView) -> GrantRow {
    let from_above = held.inherited.then(|| match held.place {
        Some(place) => AssetLink {
            id: place.id.to_string(),
            kind: place.kind,
            name: place.name,
            display_name: None,
            path: Vec::new(),
        },
        // Somewhere that the reader does not see: no name, and no page to go to but the roles'.
        None => AssetLink {
            id: String::new(),
            kind: cadastre_model::AssetKind::Register,
            name: "…".to_owned(),
            display_name: None,
            path: Vec::new(),
        },
    });
    let grant = held.grant.as_ref();
    GrantRow {
        id: grant.map(|grant| grant.id.to_string()).unwrap_or_default(),
        who: subject(&held.subject),
        role: held.role,
        effect: held.effect,
        ceiling: held.ceiling,
        mask: held.mask,
        from_above,
        by_owning: grant.is_none(),
        ends: held.until,
        starts: held.from.filter(|_| !held.begun),
        reason: grant.and_then(|grant| grant.reason.clone()),
        granted_by: grant.and_then(|grant| grant.by.as_ref()).map(subject),
        may_revoke: grant.is_some_and(|grant| grant.may_revoke),
    }
}

pub(crate) fn subject(subject: &Subject) -> parts::Subject {
    parts::Subject { kind: subject.kind, id: subject.id.to_string(), name: subject.name.clone() }
}
