//! The catalogue as JSON: what goes out.

use crate::catalog::dataset::{Above, Column, Dataset, Key};
use crate::catalog::described::Described;
use crate::catalog::history::{Change, Entry};
use crate::catalog::owners::{Owner, Subject};
use crate::catalog::rows::{DatasetRow, Named};
use crate::catalog::search::{Counts, Hit};
use crate::catalog::texts::Said;
use crate::catalog::tree::{Child, SourceRow};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A text in a language, with who said it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TextBody {
    /// `display_name`, `description` or `docs`.
    field: &'static str,
    /// `en` or `zh`.
    language: &'static str,
    /// `person` or `source`; where both say something, the person's is shown.
    origin: &'static str,
    /// Plain text for names, Markdown otherwise.
    body: String,
    /// Whether this is only the first part of it.
    is_cut: bool,
}

impl From<&Said> for TextBody {
    fn from(said: &Said) -> Self {
        Self {
            field: said.field.as_str(),
            language: said.language.as_str(),
            origin: said.origin.as_str(),
            body: said.body.clone(),
            is_cut: said.is_cut,
        }
    }
}

/// A person or a team.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SubjectBody {
    /// `person` or `team`.
    kind: &'static str,
    /// The id.
    id: Uuid,
    /// The name that is shown.
    name: String,
}

impl From<&Subject> for SubjectBody {
    fn from(subject: &Subject) -> Self {
        Self { kind: subject.kind.as_str(), id: subject.id.0, name: subject.name.clone() }
    }
}

/// Somebody who answers for an asset.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnerBody {
    /// What tells it from the other owners of the asset: its place below `/owners`.
    id: String,
    /// `business` or `technical`.
    kind: &'static str,
    /// Who.
    who: SubjectBody,
    /// `person` or `source`: who said so.
    origin: &'static str,
}

impl From<&Owner> for OwnerBody {
    fn from(owner: &Owner) -> Self {
        let (kind, origin) = (owner.kind.as_str(), owner.origin.as_str());
        Self { id: owner.id(), kind, who: (&owner.who).into(), origin }
    }
}

/// An asset around another one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceBody {
    /// The id.
    id: Uuid,
    /// What it is.
    kind: &'static str,
    /// Its name.
    name: String,
}

impl From<&Above> for PlaceBody {
    fn from(above: &Above) -> Self {
        Self { id: above.id.0, kind: above.kind.as_str(), name: above.name.clone() }
    }
}

/// An asset of any kind.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AssetBody {
    /// The id.
    id: Uuid,
    /// `domain`, `source`, `database`, `schema` or `dataset`.
    kind: &'static str,
    /// The machine name.
    name: String,
    /// `live`, `referenced`, `tombstoned` (gone at its source) or `out_of_scope`.
    state: &'static str,
    /// What it lies in, from the source down, as far as the caller sees it.
    above: Vec<PlaceBody>,
    /// Its own domain or the one that it takes over, if the caller sees it.
    domain: Option<PlaceBody>,
    /// The level in force.
    sensitivity: &'static str,
    /// What is said about it.
    texts: Vec<TextBody>,
    /// Who owns it.
    owners: Vec<OwnerBody>,
}

impl From<&Described> for AssetBody {
    fn from(described: &Described) -> Self {
        let standing = &described.standing;
        Self {
            id: described.asset.public_id.0,
            kind: described.asset.kind.as_str(),
            name: standing.name.clone(),
            state: standing.state.as_str(),
            above: standing.above.iter().map(Into::into).collect(),
            domain: standing.domain.as_ref().map(Into::into),
            sensitivity: standing.sensitivity.as_str(),
            texts: described.texts.iter().map(Into::into).collect(),
            owners: described.owners.iter().map(Into::into).collect(),
        }
    }
}

/// A key, check or index.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyBody {
    /// `primary`, `unique`, `foreign`, `check` or `index`.
    kind: &'static str,
    /// Its name at the source.
    name: String,
    /// Its columns.
    columns: Vec<String>,
    /// The path, within the source, of what a foreign key points to.
    refers_to: Option<Vec<String>>,
    /// Its id, where the register knows it.
    refers_to_id: Option<Uuid>,
    /// The columns that it points to.
    ref_columns: Vec<String>,
    /// As the source writes it.
    definition: String,
    /// Whether it forbids equal values.
    is_unique: bool,
    /// Whether the rows that were there before were checked.
    validated: bool,
}

impl From<&Key> for KeyBody {
    fn from(key: &Key) -> Self {
        let (path, id) = key.refers_to.clone().unzip();
        Self {
            kind: key.kind.as_str(),
            name: key.name.clone(),
            columns: key.columns.clone(),
            refers_to: path,
            refers_to_id: id.flatten().map(|id| id.0),
            ref_columns: key.ref_columns.clone(),
            definition: key.definition.clone(),
            is_unique: key.is_unique,
            validated: key.validated,
        }
    }
}

/// A dataset.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DatasetBody {
    /// The id.
    id: Uuid,
    /// `table`, `partitioned_table`, `view`, `materialized_view` or `foreign_table`.
    kind: &'static str,
    /// The machine name.
    name: String,
    /// `live`, `referenced`, `tombstoned` (gone at its source) or `out_of_scope`.
    state: &'static str,
    /// What it lies in, from the source down, as far as the caller sees it.
    above: Vec<PlaceBody>,
    /// Its own domain or the one that it takes over, if the caller sees it.
    domain: Option<PlaceBody>,
    /// The level in force.
    sensitivity: &'static str,
    /// What is said about it; of long texts the first part.
    texts: Vec<TextBody>,
    /// Who owns it.
    owners: Vec<OwnerBody>,
    /// Keys, checks and indexes; a foreign key only for who sees what it points to.
    keys: Vec<KeyBody>,
    /// How many columns it has.
    columns: i64,
    /// The source's estimate of its rows.
    rows: Option<i64>,
    /// Its size on disk, in bytes.
    bytes: Option<i64>,
    /// Its owner at the source, a role of the database.
    source_owner: Option<String>,
    /// The statement of a view, for who sees all of its source.
    definition: Option<String>,
    /// What else the crawl noted.
    details: serde_json::Value,
    /// When what is known of it last changed.
    changed: Option<DateTime<Utc>>,
    /// When its data was last written: the end of a run of a job that writes it, or the crawl that found more written.
    written: Option<DateTime<Utc>>,
    /// How often it was read, where its source counts that.
    reads: Option<ReadsBody>,
    /// When its source was last crawled completely.
    crawled: Option<DateTime<Utc>>,
    /// The roles that the caller has here.
    my_roles: Vec<&'static str>,
    /// The instant that was asked for; none: now.
    at: Option<DateTime<Utc>>,
}

impl From<&Dataset> for DatasetBody {
    fn from(dataset: &Dataset) -> Self {
        let (standing, facts) = (&dataset.standing, &dataset.facts);
        Self {
            id: dataset.asset.public_id.0,
            kind: facts.kind.as_str(),
            name: standing.name.clone(),
            state: standing.state.as_str(),
            above: standing.above.iter().map(Into::into).collect(),
            domain: standing.domain.as_ref().map(Into::into),
            sensitivity: standing.sensitivity.as_str(),
            texts: dataset.texts.iter().map(Into::into).collect(),
            owners: dataset.owners.iter().map(Into::into).collect(),
            keys: dataset.keys.iter().map(Into::into).collect(),
            columns: dataset.columns,
            rows: facts.rows,
            bytes: facts.bytes,
            source_owner: facts.source_owner.clone(),
            definition: dataset.definition.clone(),
            details: facts.details.clone(),
            changed: dataset.changed,
            written: dataset.activity.written,
            reads: dataset.activity.reads.map(|(times, days)| ReadsBody { times, days }),
            crawled: facts.crawled,
            my_roles: dataset.my_roles.iter().map(|role| role.as_str()).collect(),
            at: dataset.at,
        }
    }
}

/// How often a dataset was read: scans of it and of its indexes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReadsBody {
    /// So often.
    times: i64,
    /// In the last so many days.
    days: i64,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ColumnBody {
    /// The id; survives retype, reorder and rename.
    id: Uuid,
    /// Its path; more than one part where it lies in another.
    path: Vec<String>,
    /// Its place, from 1.
    ordinal: i32,
    /// Its type as the source writes it.
    type_written: String,
    /// What it holds, whatever the source calls it.
    r#type: &'static str,
    /// Whether it may be empty.
    nullable: bool,
    /// Its default or the expression that makes it, as the source writes it.
    default: Option<String>,
    /// Where its values come from, when not from the writer, in the source's word.
    generated: Option<String>,
    /// Its own level, where it has one.
    sensitivity: Option<&'static str>,
    /// What is said about it; in lists the first part.
    texts: Vec<TextBody>,
}

impl From<&Column> for ColumnBody {
    fn from(column: &Column) -> Self {
        Self {
            id: column.public_id.0,
            path: column.path.clone(),
            ordinal: column.ordinal,
            type_written: column.type_written.clone(),
            r#type: column.kind.as_str(),
            nullable: column.nullable,
            default: column.default.clone(),
            generated: column.generated.clone(),
            sensitivity: column.sensitivity.map(cadastre_model::Sensitivity::as_str),
            texts: column.texts.iter().map(Into::into).collect(),
        }
    }
}

/// A dataset in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DatasetRowBody {
    /// The id.
    id: Uuid,
    /// What kind of dataset.
    kind: &'static str,
    /// The machine name.
    name: String,
    /// The name for people in the caller's language.
    display_name: Option<String>,
    /// The names of what it lies in, from the source down, as far as the caller sees it.
    path: Vec<String>,
    /// Its description's first part.
    description: Option<String>,
    /// How many columns it has.
    columns: i64,
    /// The source's estimate of its rows.
    rows: Option<i64>,
    /// The level in force.
    sensitivity: &'static str,
    /// The name of its first owner.
    owner: Option<String>,
    /// Where it stands in its life.
    state: &'static str,
}

impl From<&DatasetRow> for DatasetRowBody {
    fn from(row: &DatasetRow) -> Self {
        Self {
            id: row.named.public_id.0,
            kind: row.kind.as_str(),
            name: row.named.name.clone(),
            display_name: row.named.display_name.clone(),
            path: row.named.path.clone(),
            description: row.description.clone(),
            columns: row.columns,
            rows: row.rows,
            sensitivity: row.sensitivity.as_str(),
            owner: row.owner.clone(),
            state: row.state.as_str(),
        }
    }
}

/// A dataset that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HitBody {
    /// The dataset.
    #[serde(flatten)]
    dataset: DatasetRowBody,
    /// What matched beside name and description.
    reasons: Vec<ReasonBody>,
}

/// Why a dataset was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReasonBody {
    /// `column` for a column's name, else the field of a text.
    field: String,
    /// The column that the text is about.
    column: Option<String>,
    /// The piece that matched.
    text: String,
}

impl From<&Hit> for HitBody {
    fn from(hit: &Hit) -> Self {
        let reasons = hit.reasons.iter().map(|reason| ReasonBody {
            field: reason.field.clone(),
            column: reason.column.clone(),
            text: reason.piece.iter().map(|piece| piece.0.as_str()).collect(),
        });
        Self { dataset: (&hit.dataset).into(), reasons: reasons.collect() }
    }
}

/// How many there are of what.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CountsBody {
    /// How many are found.
    total: i64,
    /// By the name of each filter its values, counted without regard to the filter itself.
    facets: BTreeMap<&'static str, Vec<ValueBody>>,
}

/// A value of a filter.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ValueBody {
    /// As the filter takes it.
    value: String,
    /// Its name, where the value is an id.
    label: Option<String>,
    /// How many.
    count: i64,
}

impl From<&Counts> for CountsBody {
    fn from(counts: &Counts) -> Self {
        let value = |value: &crate::catalog::search::Value| ValueBody {
            value: value.value.clone().unwrap_or_else(|| "none".to_owned()),
            label: value.label.clone(),
            count: value.count,
        };
        let facets =
            counts.facets.iter().map(|(facet, values)| (facet.as_str(), values.iter().map(value).collect()));
        Self { total: counts.total, facets: facets.collect() }
    }
}

/// A change set, as far as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeBody {
    /// The id.
    id: Uuid,
    /// When.
    at: DateTime<Utc>,
    /// The use case, as `text.edit`.
    kind: String,
    /// Who; none: the register itself.
    who: Option<SubjectBody>,
    /// `page`, `token`, `cli`, `crawl`, `event` or `task`.
    via: &'static str,
    /// Why, in their words.
    reason: Option<String>,
    /// What is other than before.
    entries: Vec<EntryBody>,
    /// How many more entries there are.
    more: usize,
}

/// One thing that is other than before.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EntryBody {
    /// `added`, `removed` or `changed`.
    sign: &'static str,
    /// Which: the name of a column or key, language and origin of a text; empty: the asset itself.
    subject: String,
    /// What of it.
    field: String,
    /// Before.
    before: Option<String>,
    /// After.
    after: Option<String>,
}

impl From<&Entry> for EntryBody {
    fn from(entry: &Entry) -> Self {
        Self {
            sign: entry.sign.as_str(),
            subject: entry.subject.clone(),
            field: entry.field.clone(),
            before: entry.before.clone(),
            after: entry.after.clone(),
        }
    }
}

impl From<&Change> for ChangeBody {
    fn from(change: &Change) -> Self {
        Self {
            id: change.id.0,
            at: change.at,
            kind: change.kind.clone(),
            who: change.who.as_ref().map(Into::into),
            via: change.via.as_str(),
            reason: change.reason.clone(),
            entries: change.entries.iter().map(Into::into).collect(),
            more: change.more,
        }
    }
}

/// Something in the tree.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NodeBody {
    /// The id.
    id: Uuid,
    /// `source`, `database`, `schema` or `dataset`.
    kind: &'static str,
    /// The machine name.
    name: String,
    /// The name for people in the caller's language.
    display_name: Option<String>,
    /// How many datasets lie in it at any depth that the caller sees; none for a dataset.
    datasets: Option<i64>,
    /// How many of them nobody owns; none for a dataset or a source.
    unowned: Option<i64>,
}

impl NodeBody {
    fn of(named: &Named, datasets: Option<i64>, unowned: Option<i64>) -> Self {
        Self {
            id: named.public_id.0,
            kind: named.kind.as_str(),
            name: named.name.clone(),
            display_name: named.display_name.clone(),
            datasets,
            unowned,
        }
    }
}

impl From<&Child> for NodeBody {
    fn from(child: &Child) -> Self {
        match child {
            Child::Container(row) => {
                Self::of(&row.named, Some(row.figures.datasets), Some(row.figures.unowned))
            }
            Child::Dataset(row) => Self::of(&row.named, None, None),
        }
    }
}

impl From<&SourceRow> for NodeBody {
    fn from(row: &SourceRow) -> Self {
        Self::of(&row.named, Some(row.figures.datasets), None)
    }
}
