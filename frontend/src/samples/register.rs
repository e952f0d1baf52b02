//! Audit, settings and health, the API.

use cadastre_model::{AssetKind, Via};

use super::catalog::{link, somebody};
use super::{Album, HOSTILE, at, id};
use crate::admin::{AdminPage, CHECKS, FIGURES, Health, HealthCheck, ORIGINS, Setting};
use crate::api::{ApiPage, Group, Member, Operation, Parameter, Response, Schema, Shape};
use crate::audit::{AuditEvent, AuditPage, Chain};
use crate::parts::Pager;
use crate::{Choice, Form, Message, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    audit(album)?;
    admin(album)?;
    api(album)
}

fn audit(album: &mut Album) -> Result<(), RenderError> {
    let events = |text: &str| -> Vec<AuditEvent> {
        Via::ALL
            .iter()
            .enumerate()
            .map(|(n, via)| AuditEvent {
                id: id(400 + n as u32),
                at: at(700 * n as i64),
                who: (n % 3 != 2).then(|| somebody(text)),
                claimed: (n == 2).then(|| text.to_owned()),
                via: *via,
                address: (n < 3).then(|| "192.0.2.7".to_owned()),
                what: Message::new("edit-title").arg("name", text),
                asset: (n % 2 == 0).then(|| link(AssetKind::Dataset, text)),
                reason: (n == 1).then(|| text.to_owned()),
                is_refused: n == 2,
                request_id: (n != 4).then(|| "01J5Z7Q3V8".to_owned()),
            })
            .collect()
    };
    let page = |chain, events, filter| AuditPage {
        chrome: album.chrome("/audit"),
        filter,
        kinds: vec![Choice::new("grant", "Grants"), Choice::new("sign-in", "Sign-ins")],
        chain,
        events,
        pager: Pager { shown: 6, total: None, previous: None, next: Some("/audit?after=1".to_owned()) },
    };
    let whole = Chain::Whole { at: at(40), length: 42_614, head: "9f2c41d07a55".to_owned() };
    let filter =
        Form::new("audit").with("who", HOSTILE).with("what", "grant").with("from", "2026-11-19T00:00");
    let samples = [
        ("empty", page(Chain::Unknown, Vec::new(), Form::new("audit"))),
        ("full", page(whole, events("Ada"), Form::new("audit"))),
        ("hostile", page(Chain::Broken { at: at(40), position: 17 }, events(HOSTILE), filter)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("audit", name, view))
}

fn admin(album: &mut Album) -> Result<(), RenderError> {
    for (name, text) in [("empty", ""), ("full", "postgres://localhost"), ("hostile", HOSTILE)] {
        let health = [Health::Good, Health::Warning, Health::Bad];
        let check = |(n, name): (usize, &&'static str)| HealthCheck {
            name,
            health: health[n % 3],
            text: Message::new("edit-title").arg("name", text),
        };
        let setting = |(n, origin): (usize, &&'static str)| Setting {
            name: format!("public_url_{n}"),
            value: text.to_owned(),
            origin,
        };
        let is_full = !text.is_empty();
        let view = AdminPage {
            chrome: album.chrome("/admin"),
            version: "0.1.0".to_owned(),
            started: at(400_000),
            checks: if is_full { CHECKS.iter().enumerate().map(check).collect() } else { Vec::new() },
            figures: FIGURES.iter().map(|name| (*name, format!("1,204 {text}"))).collect(),
            settings: ORIGINS.iter().enumerate().map(setting).collect(),
        };
        album.add("admin", name, &view)?;
    }
    Ok(())
}

fn shape(text: &str, schema: Option<&str>) -> Shape {
    Shape { text: text.to_owned(), schema: schema.map(str::to_owned) }
}

fn operation(method: &str, text: &str) -> Operation {
    Operation {
        id: format!("datasets.{method}"),
        method: method.to_owned(),
        path: format!("/datasets/{{id}}/{text}"),
        summary: format!("Reads one dataset. {text}"),
        description: (method == "GET").then(|| format!("As of *now*, or of `at`. {text}")),
        parameters: vec![Parameter {
            name: "id".to_owned(),
            place: "path".to_owned(),
            shape: shape("string (uuid)", None),
            is_required: true,
            description: text.to_owned(),
        }],
        body: (method != "GET").then(|| shape("Dataset", Some("Dataset"))),
        responses: vec![
            Response {
                status: "200".to_owned(),
                description: text.to_owned(),
                shape: Some(shape("Dataset", Some("Dataset"))),
            },
            Response { status: "404".to_owned(), description: "Absent.".to_owned(), shape: None },
        ],
        is_deprecated: method == "DELETE",
    }
}

fn api(album: &mut Album) -> Result<(), RenderError> {
    let page = |text: &str, is_full: bool| ApiPage {
        chrome: album.chrome("/api"),
        version: "1".to_owned(),
        description: format!("JSON over HTTP. {text}"),
        base: "https://cadastre.example.org/api/v1".to_owned(),
        groups: if is_full {
            let operations =
                ["GET", "POST", "PATCH", "DELETE"].iter().map(|method| operation(method, text)).collect();
            vec![Group { name: format!("datasets {text}"), description: Some(text.to_owned()), operations }]
        } else {
            Vec::new()
        },
        schemas: if is_full {
            let member = |name: &str, is_required| Member {
                name: name.to_owned(),
                shape: shape("[Level]", Some("Level")),
                is_required,
                description: text.to_owned(),
            };
            vec![
                Schema {
                    name: "Dataset".to_owned(),
                    description: Some(text.to_owned()),
                    members: vec![member("id", true), member("at", false)],
                    words: Vec::new(),
                },
                Schema {
                    name: "Level".to_owned(),
                    description: None,
                    members: Vec::new(),
                    words: vec!["public".to_owned(), text.to_owned()],
                },
            ]
        } else {
            Vec::new()
        },
    };
    let samples =
        [("empty", page("", false)), ("full", page("columns", true)), ("hostile", page(HOSTILE, true))];
    samples.iter().try_for_each(|(name, view)| album.add("api", name, view))
}
