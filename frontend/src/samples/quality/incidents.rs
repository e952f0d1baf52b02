//! Incidents.

use super::rules::{PG, orders, rules};
use crate::access::ConfirmPage;
use crate::lineage::panel::ImpactRow;
use crate::parts::Pager;
use crate::quality::incident::{
    CAUSES, CauseStep, ENDS, EVENTS, Incident, IncidentPage, IncidentsPage, Moment,
};
use crate::quality::select::INCIDENT_FILTERS;
use crate::quality::{Gravity, IncidentState, RETIRE, RETIRE_CONSEQUENCES, Select};
use crate::samples::catalog::somebody;
use crate::samples::{Album, HOSTILE, at, drawing, id};
use crate::{Choice, Form, Message, RenderError, href};

fn cause(text: &str) -> Vec<CauseStep> {
    let step = |n: u32, name: &str, column: &str, said: Message| CauseStep {
        link: Some(drawing::dataset(n, name, PG, "shop / staging")),
        column: Some(column.to_owned()),
        said: Some(said),
        since: Some(at(18_000 + i64::from(n) * 600)),
        is_cause: n == 14,
        incident: (n == 14).then(|| id(3001)),
    };
    let schema = Message::new(CAUSES[2]).arg("column", "discount").arg("what", text);
    let mut steps = vec![
        step(14, "order_items", "discount", schema),
        step(
            15,
            "stg_items",
            "discount_amount",
            Message::new(CAUSES[4]).arg("column", text).arg("share", "31%"),
        ),
        step(1, "fct_orders", "net_amount", Message::new(CAUSES[6])),
    ];
    if text == HOSTILE {
        steps.insert(
            1,
            CauseStep { link: None, column: None, said: None, since: None, is_cause: false, incident: None },
        );
    }
    steps
}

fn impact(text: &str) -> Vec<ImpactRow> {
    (0_u32..)
        .zip(["rpt_gmv_day", "ml_ltv_features", text])
        .map(|(n, name)| ImpactRow {
            link: drawing::dataset(30 + n, name, PG, "shop / marts"),
            column: (n == 0).then(|| drawing::column(930, "gmv_net")),
            owners: if n == 1 { Vec::new() } else { vec![somebody("Finance data"), somebody(text)] },
            quality: (n < 2).then(drawing::failing_badge),
        })
        .collect()
}

/// Incidents in all states, the first with everything.
pub(super) fn some(text: &str) -> Vec<Incident> {
    (0_i64..)
        .zip(IncidentState::ALL)
        .map(|(n, state)| Incident {
            id: id(3000 + n as u32),
            number: 204 - n,
            dataset: orders(if n == 1 { text } else { "fct_orders" }),
            state: *state,
            gravity: Gravity::ALL[2 - n as usize % 3],
            first_seen: at(18_000 + n * 90_000),
            last_seen: at(900 + n * 40_000),
            rules: if n == 1 { 1 } else { 2 },
            names: vec!["Net amount not empty".to_owned(), text.to_owned()],
            columns: if n == 2 { Vec::new() } else { vec!["net_amount".to_owned()] },
            assignee: (n == 1).then(|| somebody(text)),
            acknowledged: (n == 1).then(|| (Some(somebody("Sales steward")), at(9_000))),
            muted_until: (*state == IncidentState::Muted).then(|| at(-90_000)),
            resolved: (*state == IncidentState::Resolved)
                .then(|| (at(40_000), Message::new(ENDS[3]).arg("text", text))),
            cause: if n == 0 { cause(text) } else { Vec::new() },
            cause_said: (n == 0).then(|| Message::new(CAUSES[7]).arg("hops", 2)),
            impact: if n == 0 { impact(text) } else { Vec::new() },
            impact_datasets: if n == 0 { 11 } else { 0 },
            impact_owners: if n == 0 { 4 } else { 0 },
            version: 3,
            may_handle: true,
            assignees: vec![Choice::new("steward", "Sales steward"), Choice::new("finance", text)],
        })
        .collect()
}

fn events(text: &str) -> Vec<Moment> {
    (0_i64..)
        .zip(EVENTS)
        .map(|(n, key)| Moment {
            at: at(18_000 - n * 1_200),
            what: Message::new(key)
                .arg("rule", "Net amount not empty")
                .arg("value", "3.14%")
                .arg("name", text)
                .arg("until", "2026-11-21 09:00")
                .arg("severity", "high")
                .arg("n", 4),
            by: (n > 2).then(|| somebody(text)),
            note: (key == "incident-event-note").then(|| format!("Backfill is **running**. {text}")),
        })
        .collect()
}

fn one(album: &Album, text: &str) -> IncidentPage {
    let mut all = some(text);
    let incident = all.remove(0);
    IncidentPage {
        chrome: album.chrome("/quality/incidents/x"),
        incident,
        rules: rules(text, true).into_iter().take(2).collect(),
        timeline: events(text),
        related: all,
        mute: Form::new("incident"),
        resolve: Form::new("resolve"),
        note: Form::new("note"),
    }
}

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    let t = album.chrome("/").t;
    let list = |incidents: Vec<Incident>, chosen| IncidentsPage {
        chrome: album.chrome("/quality/incidents"),
        filters: vec![
            Select::of_words(&t, INCIDENT_FILTERS[0], IncidentState::ALL, IncidentState::as_str, chosen),
            Select::of_words(&t, INCIDENT_FILTERS[1], Gravity::ALL, Gravity::as_str, None),
        ],
        pager: Pager { shown: 4, total: Some(incidents.len() as i64), previous: None, next: None },
        incidents,
    };
    let lists = [
        ("empty", list(Vec::new(), None)),
        ("nothing", list(Vec::new(), Some(IncidentState::Muted))),
        ("full", list(some("channel"), None)),
        ("hostile", list(some(HOSTILE), Some(IncidentState::Open))),
    ];
    let mut quiet = one(album, "channel");
    quiet.incident = some("channel").remove(3);
    (quiet.rules, quiet.related) = (Vec::new(), Vec::new());
    quiet.timeline.truncate(1);
    let mut hostile = one(album, HOSTILE);
    hostile.note = hostile.note.with("text", HOSTILE).wrong("text", "source-field-empty");
    let pages = [("empty", quiet), ("full", one(album, "channel")), ("hostile", hostile)];
    lists.iter().try_for_each(|(name, view)| album.add("quality-incidents", name, view))?;
    pages.iter().try_for_each(|(name, view)| album.add("quality-incident", name, view))?;
    let retire = ConfirmPage {
        chrome: album.chrome("/quality/rules/x/retire"),
        question: Message::new(RETIRE.0).arg("name", HOSTILE),
        consequences: RETIRE_CONSEQUENCES.into_iter().map(Message::new).collect(),
        verb: RETIRE.1,
        action: href::retire_rule(id(2000)),
        back: href::rule(id(2000)),
        hidden: vec![("version".to_owned(), "3".to_owned())],
        asks_reason: true,
        form: Form::new("retire"),
    };
    album.add("rule-retire", "hostile", &retire)
}
