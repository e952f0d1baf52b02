//! People, teams, the visitor's own pages.

use cadastre_model::{Action, AssetKind, Role, SubjectKind};

use super::catalog::link;
use super::{Album, HOSTILE, access, at, datasets, id};
use crate::parts::{Pager, Subject};
use crate::people::account::{AccountPage, SessionRow, TokenRow, TokenScope, TokensPage};
use crate::people::register::{
    NewPersonPage, PeoplePage, PersonPage, PersonRow, TeamPage, TeamRow, TeamsPage,
};
use crate::{Choice, Form, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    list(album)?;
    person(album)?;
    teams(album)?;
    account(album)?;
    tokens(album)
}

fn rows(text: &str) -> Vec<PersonRow> {
    ["Ada Lovelace", "王小明", "Platform administrator", text]
        .into_iter()
        .enumerate()
        .map(|(n, name)| PersonRow {
            id: id(40 + n as u32),
            name: name.to_owned(),
            login: format!("person{n}"),
            email: Some(format!("person{n}@example.org")),
            is_service: n == 3,
            is_active: n != 1,
            teams: if n == 0 { vec!["Sales Data".to_owned(), text.to_owned()] } else { Vec::new() },
            last_seen: (n != 1).then(|| at(4_000 * n as i64)),
        })
        .collect()
}

fn list(album: &mut Album) -> Result<(), RenderError> {
    for (name, people) in [("empty", Vec::new()), ("full", rows("nightly load")), ("hostile", rows(HOSTILE))]
    {
        let view = PeoplePage {
            chrome: album.chrome("/people"),
            query: if name == "hostile" { HOSTILE.to_owned() } else { String::new() },
            people,
            pager: Pager {
                shown: 4,
                total: Some(812),
                previous: None,
                next: Some("/people?after=1".to_owned()),
            },
            may_add: true,
        };
        album.add("people", name, &view)?;
    }
    let typed =
        Form::new("person").with("kind", "service").with("display_name", HOSTILE).with("roles", "viewer");
    for (name, form) in [
        ("empty", Form::new("person").with("kind", "person")),
        ("hostile", typed.wrong("login", "source-field-empty")),
    ] {
        let view = NewPersonPage { chrome: album.chrome("/people/new"), form, roles: Role::ALL.to_vec() };
        album.add("person-new", name, &view)?;
    }
    Ok(())
}

fn token_rows(text: &str) -> Vec<TokenRow> {
    (0..2)
        .map(|n| TokenRow {
            id: id(300 + n),
            name: format!("load {n} {text}"),
            hint: "x7Qd".to_owned(),
            scopes: vec!["read".to_owned(), "crawl".to_owned()],
            created: at(900_000),
            expires: at(-9_000_000),
            last_used: (n == 0).then(|| at(60)),
        })
        .collect()
}

fn person(album: &mut Album) -> Result<(), RenderError> {
    for (name, text, is_full) in [("empty", "Ada", false), ("full", "Ada", true), ("hostile", HOSTILE, true)]
    {
        let mut person = rows(text)[if is_full { 3 } else { 1 }].clone();
        person.is_service = false;
        let view = PersonPage {
            chrome: album.chrome("/people/x"),
            person,
            version: 3,
            one_time_password: is_full.then(|| "brisk-otter-4417-lantern".to_owned()),
            teams: if is_full {
                vec![Subject { kind: SubjectKind::Team, id: id(12), name: text.to_owned() }]
            } else {
                Vec::new()
            },
            grants: if is_full { access::panel(text).grants } else { Vec::new() },
            owns: if is_full { vec![link(AssetKind::Dataset, text)] } else { Vec::new() },
            tokens: if is_full { token_rows(text) } else { Vec::new() },
            changes: if is_full { datasets::changes(text) } else { Vec::new() },
            changes_pager: Pager::default(),
            form: Some(Form::new("person").with("display_name", text)),
        };
        album.add("person", name, &view)?;
    }
    Ok(())
}

fn teams(album: &mut Album) -> Result<(), RenderError> {
    let tree = |text: &str| -> Vec<TeamRow> {
        [("everyone", 0), ("Data", 0), ("Sales Data", 1), (text, 9)]
            .into_iter()
            .enumerate()
            .map(|(n, (name, depth))| TeamRow {
                id: id(20 + n as u32),
                name: name.to_owned(),
                depth,
                members: 4 * n as i64,
                is_everyone: n == 0,
            })
            .collect()
    };
    for (name, teams) in [("empty", Vec::new()), ("full", tree("Checkout")), ("hostile", tree(HOSTILE))] {
        album.add("teams", name, &TeamsPage { chrome: album.chrome("/teams"), teams, may_add: true })?;
    }
    let page = |team: Option<TeamRow>, text: &str| TeamPage {
        chrome: album.chrome("/teams/x"),
        version: 2,
        above: vec![Subject { kind: SubjectKind::Team, id: id(21), name: text.to_owned() }],
        below: if team.is_some() {
            vec![Subject { kind: SubjectKind::Team, id: id(22), name: text.to_owned() }]
        } else {
            Vec::new()
        },
        members: if team.is_some() { rows(text) } else { Vec::new() },
        pager: Pager::default(),
        grants: access::panel(text).grants,
        owns: vec![link(AssetKind::Schema, text)],
        changes: if team.is_some() { datasets::changes(text) } else { Vec::new() },
        changes_pager: Pager::default(),
        form: Some(Form::new("team").with("name", text)),
        parents: vec![Choice::new(id(21), text)],
        member_form: team.is_some().then(|| Form::new("member").with("login", text)),
        may_remove: true,
        team,
    };
    let mut everyone = page(tree("x").first().cloned(), "x");
    (everyone.form, everyone.member_form, everyone.grants, everyone.may_remove) =
        (None, None, Vec::new(), false);
    let samples = [
        ("new", page(None, "Data")),
        ("everyone", everyone),
        ("full", page(tree("Checkout").last().cloned(), "Checkout")),
        ("hostile", page(tree(HOSTILE).last().cloned(), HOSTILE)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("team", name, view))
}

fn account(album: &mut Album) -> Result<(), RenderError> {
    let sessions = |text: &str| -> Vec<SessionRow> {
        (0..3)
            .map(|n| SessionRow {
                id: id(60 + n),
                created: at(90_000 * i64::from(n)),
                last_seen: at(60 * i64::from(n)),
                address: Some("192.0.2.7".to_owned()),
                agent: (n != 2).then(|| format!("Mozilla/5.0 (X11; Linux x86_64) {text}")),
                is_current: n == 0,
            })
            .collect()
    };
    let page = |text: &str, must_change_password| AccountPage {
        chrome: album.chrome("/account"),
        login: "ada".to_owned(),
        email: Some(format!("ada@example.org {text}")),
        teams: vec!["Sales Data".to_owned()],
        settings: Form::new("settings")
            .with("language", "zh")
            .with("time_zone", "Asia/Shanghai")
            .with("theme", "dark"),
        password: Form::new("password"),
        must_change_password,
        sessions: sessions(text),
    };
    let mut wrong = page("", false);
    wrong.password = wrong.password.wrong("current", "sign-in-refused").wrong("password", "password-common");
    let samples = [("must-change", page("", true)), ("full", wrong), ("hostile", page(HOSTILE, false))];
    samples.iter().try_for_each(|(name, view)| album.add("account", name, view))
}

fn tokens(album: &mut Album) -> Result<(), RenderError> {
    let page = |made, tokens, form| TokensPage {
        chrome: album.chrome("/tokens"),
        made,
        tokens,
        form,
        scopes: vec![
            TokenScope { word: "read".to_owned(), actions: vec![Action::See, Action::SeeProfile] },
            TokenScope { word: "crawl".to_owned(), actions: vec![Action::Crawl, Action::ManageSources] },
        ],
    };
    let made =
        |name: &str| Some((name.to_owned(), "cad_3vV9Wq0d5ZkLm8sT2xYb7NcR4pJf6HgA1uEoKiQwX7Qd".to_owned()));
    let samples = [
        ("empty", page(None, Vec::new(), Form::new("token"))),
        ("full", page(made("load"), token_rows("nightly"), Form::new("token").with("scopes", "read"))),
        (
            "hostile",
            page(
                made(HOSTILE),
                token_rows(HOSTILE),
                Form::new("token").with("name", HOSTILE).wrong("scopes", "source-field-empty"),
            ),
        ),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("tokens", name, view))
}
