//! From what the catalogue's functions give to what the templates take.

use crate::catalog::dataset::Above;
use crate::catalog::history::{self, Change, Entry, Sign};
use crate::catalog::owners::{self, OwnerKind};
use crate::catalog::rows::{DatasetRow, Named};
use crate::catalog::texts::Said;
use crate::catalog::tree::SourceRow;
use cadastre_frontend::catalog::dataset as shown;
use cadastre_frontend::catalog::history as shown_history;
use cadastre_frontend::parts::{self, AssetLink, Crumb, SourceState, Subject, Texts};
use cadastre_frontend::{Message, T, excerpt, href};
use cadastre_model::{
    AssetKind, AssetState, DatasetKind, Language, Origin, PersonState, PublicId, Sensitivity, TextField,
};
use chrono::{DateTime, SecondsFormat, Utc};

/// How much of a description a list shows, in characters.
const LINE: usize = 160;

/// An instant in an address.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// An address as of an instant.
pub(crate) fn as_of(href: String, at: Option<DateTime<Utc>>) -> String {
    match at {
        Some(at) => href::with_query(href, "at", &instant(at)),
        None => href,
    }
}

pub(crate) fn link(named: &Named) -> AssetLink {
    AssetLink {
        id: named.public_id.to_string(),
        kind: named.kind,
        name: named.name.clone(),
        display_name: named.display_name.clone(),
        path: named.path.clone(),
    }
}

/// A container or domain without what it lies in.
pub(crate) fn place(above: &Above) -> AssetLink {
    AssetLink {
        id: above.id.to_string(),
        kind: above.kind,
        name: above.name.clone(),
        display_name: None,
        path: Vec::new(),
    }
}

/// The containers above a page, at the instant that is looked at.
pub(crate) fn crumbs(above: &[Above], at: Option<DateTime<Utc>>) -> Vec<Crumb> {
    let of = |above: &Above| match above.kind {
        AssetKind::Domain => Crumb::new(&*above.name, href::domain(above.id)),
        _ => Crumb::new(&*above.name, as_of(href::container(above.id), at)),
    };
    above.iter().map(of).collect()
}

/// All that is said in one place.
pub(crate) fn texts(said: &[Said], field: TextField) -> Texts {
    let of = said.iter().filter(|said| said.field == field);
    Texts(
        of.map(|said| parts::Said { body: said.body.clone(), language: said.language, origin: said.origin })
            .collect(),
    )
}

pub(crate) fn subject(subject: &owners::Subject) -> Subject {
    Subject { kind: subject.kind, id: subject.id.to_string(), name: subject.name.clone() }
}

pub(crate) fn owner(owner: &owners::Owner) -> shown::Owner {
    shown::Owner {
        id: owner.id(),
        who: subject(&owner.who),
        kind: match owner.kind {
            OwnerKind::Business => shown::OwnerKind::Business,
            OwnerKind::Technical => shown::OwnerKind::Technical,
        },
        origin: owner.origin,
    }
}

pub(crate) fn dataset_row(row: &DatasetRow) -> parts::DatasetRow {
    parts::DatasetRow {
        link: link(&row.named),
        kind: row.kind,
        description: row
            .description
            .as_deref()
            .map(|text| excerpt(text, LINE))
            .filter(|text| !text.is_empty()),
        columns: row.columns,
        rows: row.rows,
        sensitivity: row.sensitivity,
        owner: row.owner.clone(),
        changed: Some(row.changed),
        is_gone: row.state == AssetState::Tombstoned,
    }
}

pub(crate) fn source_row(row: &SourceRow) -> parts::SourceRow {
    let figures = &row.figures;
    let state = if figures.is_crawling {
        SourceState::Crawling
    } else if figures.failing_since.is_some() {
        SourceState::Failing
    } else if figures.is_paused {
        SourceState::Paused
    } else if figures.last_crawl.is_none() {
        SourceState::New
    } else {
        SourceState::Fine
    };
    parts::SourceRow {
        id: row.named.public_id.to_string(),
        name: row.named.name.clone(),
        kind: figures.kind,
        state,
        datasets: figures.datasets,
        last_crawl: figures.last_crawl,
        next_crawl: figures.next_crawl,
    }
}

/// What a change set did, in one line.
pub(crate) fn what(kind: &str) -> Message {
    let key = match kind {
        "incident.act" => "change-incident-act",
        "rule.apply" => "change-rule-apply",
        "rule.retire" => "change-rule-retire",
        "rule.save" => "change-rule-save",
        "rule.switch" => "change-rule-switch",
        "text.edit" => "change-text-edit",
        "owner.add" => "change-owner-add",
        "owner.remove" => "change-owner-remove",
        "crawl" => "change-crawl",
        "lineage.crawled" | "lineage.read" => "change-lineage",
        "edge.draw" => "change-edge-draw",
        "edge.strike" => "change-edge-strike",
        "edge.restore" => "change-edge-restore",
        "job.hand_in" => "change-job-hand-in",
        "grant.give" => "change-grant-give",
        "grant.revoke" => "change-grant-revoke",
        "asset.domain" => "change-asset-domain",
        "asset.sensitivity" => "change-asset-sensitivity",
        "column.sensitivity" => "change-column-sensitivity",
        "domain.create" => "change-domain-create",
        "domain.change" => "change-domain-change",
        "domain.remove" => "change-domain-remove",
        "source.create" => "change-source-create",
        "source.edit" => "change-source-edit",
        "source.remove" => "change-source-remove",
        "grant.give_self" => "change-grant-give-self",
        "grant.deny" => "change-grant-deny",
        "person.create" => "change-person-create",
        "person.edit" => "change-person-edit",
        "person.disable" => "change-person-disable",
        "person.enable" => "change-person-enable",
        "team.create" => "change-team-create",
        "team.edit" => "change-team-edit",
        "team.remove" => "change-team-remove",
        "team.member.add" | "team.member.add_self" => "change-team-member-add",
        "team.member.remove" => "change-team-member-remove",
        "register.create" | "register.set_up" => "change-register",
        "sign_in" => "change-sign-in",
        "sign_in.refused" => "change-sign-in-refused",
        "sign_out" => "change-sign-out",
        "session.end" => "change-session-end",
        "set_up" => "change-set-up",
        "password.change" => "change-password-change",
        "password.reset" => "change-password-reset",
        "audit.export" => "change-audit-export",
        "export.columns" => "change-export-columns",
        "export.lineage" => "change-export-lineage",
        "export.search" => "change-export-search",
        "rights.to_oneself" => "change-rights-to-oneself",
        "source.test" => "change-source-test",
        "values.read" => "change-values-read",
        "task.cancel" => "change-task-cancel",
        "restore" => "change-restore",
        "keys.reseal" => "change-keys-reseal",
        "keys.remove" => "change-keys-remove",
        "token.create" => "change-token-create",
        "token.revoke" => "change-token-revoke",
        "subscription.create" => "change-subscription-create",
        "subscription.remove" => "change-subscription-remove",
        "audit.seal" => "change-audit-seal",
        other => return Message::new("change-other").arg("kind", other),
    };
    Message::new(key)
}

/// A change for the list; `page` is the address of what it changed.
pub(crate) fn change(change: &Change, t: &T, page: &str) -> shown_history::Change {
    let as_of = Some(as_of(page.to_owned(), Some(change.at)));
    shown_history::Change { as_of, ..change_of_somebody(change, t) }
}

/// The same of what has no page as of then.
pub(crate) fn change_of_somebody(change: &Change, t: &T) -> shown_history::Change {
    shown_history::Change {
        id: change.id.to_string(),
        at: change.at,
        who: change.who.as_ref().map(subject),
        via: change.via,
        what: what(&change.kind),
        reason: change.reason.clone(),
        entries: change.entries.iter().map(|one| entry(one, t)).collect(),
        more: i64::try_from(change.more).unwrap_or(i64::MAX),
        as_of: None,
    }
}

fn entry(entry: &Entry, t: &T) -> shown_history::Entry {
    let read = |value: &Option<String>| value.as_deref().map(|value| in_words(&entry.field, value, t));
    shown_history::Entry {
        sign: match entry.sign {
            Sign::Added => shown_history::Sign::Added,
            Sign::Removed => shown_history::Sign::Removed,
            Sign::Changed => shown_history::Sign::Changed,
        },
        subject: about(entry, t),
        field: field(&entry.field),
        before: read(&entry.before),
        after: read(&entry.after),
    }
}

/// What an entry is about. That of a text ends in its language and origin, which are read as words.
fn about(entry: &Entry, t: &T) -> String {
    let mut parts = entry.subject.rsplitn(3, ' ');
    let origin = parts.next().and_then(|word| word.parse::<Origin>().ok());
    let language = parts.next().and_then(|word| word.parse::<Language>().ok());
    match (origin, language) {
        (Some(origin), Some(language)) if entry.field.starts_with("text-") => {
            let said = format!("{} · {}", t.w(&language), t.w(&origin));
            parts.next().map_or(said.clone(), |column| format!("{column} · {said}"))
        }
        _ => entry.subject.clone(),
    }
}

fn field(name: &str) -> Message {
    Message::new(match name {
        "asset" => "history-asset",
        "name" => "history-name",
        "type" => "history-type",
        "nullable" => "history-nullable",
        "default" => "history-default",
        "order" => "history-order",
        "column" => "history-column",
        "kind" => "history-kind",
        "definition" => "history-definition",
        "owner" => "history-owner",
        "source-owner" => "history-source-owner",
        "domain" => "history-domain",
        "sensitivity" => "history-sensitivity",
        "state" => "history-state",
        "parent" => "history-parent",
        "grant" => "history-grant",
        "person" => "history-person",
        "email" => "history-email",
        "team" | "membership" => "history-team",
        "member" => "history-member",
        "above" => "history-above",
        "connection" => "history-connection",
        "schedule" => "history-schedule",
        "text-display-name" => "text-display-name",
        "text-description" => "text-description",
        "text-docs" => "text-docs",
        _ => "history-key",
    })
}

/// Words of closed sets are read in the reader's language; all else as it stands.
fn in_words(field: &str, value: &str, t: &T) -> String {
    let word = match field {
        "sensitivity" => value.parse::<Sensitivity>().ok().map(|word| t.w(&word)),
        "state" => state_in_words(value, t),
        "kind" => value.parse::<DatasetKind>().ok().map(|word| t.w(&word)),
        "nullable" if value == "yes" => Some(t.s("column-may-be-empty")),
        "nullable" => Some(t.s("column-always")),
        _ => None,
    };
    word.unwrap_or_else(|| value.to_owned())
}

/// The state of an asset, or of a person.
fn state_in_words(value: &str, t: &T) -> Option<String> {
    let of_person = |state| match state {
        PersonState::Active => t.s("person-active"),
        PersonState::Disabled => t.s("person-disabled"),
    };
    let of_asset = || value.parse::<AssetState>().ok().map(|word| t.w(&word));
    value.parse().ok().map(of_person).or_else(of_asset)
}

/// When something last happened to an asset, for home.
pub(crate) fn recent(named: &Named, row: &history::ChangeSetRow) -> cadastre_frontend::home::Recent {
    cadastre_frontend::home::Recent {
        asset: link(named),
        at: row.at,
        what: Some(what(&row.kind)),
        by: row.who.as_ref().map(subject),
    }
}

/// The page of an asset.
pub(crate) fn page_of(kind: AssetKind, id: PublicId) -> String {
    match kind {
        AssetKind::Dataset => href::dataset(id),
        AssetKind::Domain => href::domain(id),
        AssetKind::Register => href::home(),
        AssetKind::Source | AssetKind::Database | AssetKind::Schema | AssetKind::Namespace => {
            href::container(id)
        }
        AssetKind::Job => href::job(id),
    }
}
