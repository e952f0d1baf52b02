//! Change sets: every transaction that writes facts opens one, and ends in `record_change()` (migrations/0001).
//!
//! A use case about one object writes with sea-orm, a set with sqlx; both open and record a change set here.

use crate::error::Result;
use cadastre_model::{AssetId, ChangeSetId, PersonId, TaskId, TokenId, Version, Via};
use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Who writes, and by what.
#[derive(Debug, Clone)]
pub struct Author {
    /// The person, or none where the register itself writes.
    pub person: Option<PersonId>,
    /// The way by which it came.
    pub via: Via,
    /// The token, where one was used.
    pub token: Option<TokenId>,
    /// The task, where one did it.
    pub task: Option<TaskId>,
    /// The request, as in the log.
    pub request_id: Option<String>,
}

impl Author {
    /// The register itself, by a task.
    #[must_use]
    pub const fn task(task: TaskId, via: Via) -> Self {
        Self { person: None, via, token: None, task: Some(task), request_id: None }
    }

    /// Somebody at the command line, beside the database.
    #[must_use]
    pub const fn cli() -> Self {
        Self { person: None, via: Via::Cli, token: None, task: None, request_id: None }
    }
}

/// Which read models have to look at a change set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// Grants, memberships, teams, people, owners.
    Rights,
    /// Assets, columns, texts.
    Catalogue,
    /// Jobs and edges.
    Lineage,
}

impl Topic {
    /// The word as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rights => "rights",
            Self::Catalogue => "catalogue",
            Self::Lineage => "lineage",
        }
    }
}

const BEGIN: &str = "select nextval('change_set_ids'), clock_timestamp()";
const RECORD: &str = "select record_change(jsonb_populate_record(null::change_sets, $1))";

/// A change set under way. What it touched is collected, and written by [`ChangeSet::record`].
#[derive(Debug)]
pub struct ChangeSet {
    /// What the facts carry.
    pub id: ChangeSetId,
    /// The database's clock, once per transaction: `valid_from` of what is opened. Take it after the row is locked.
    pub at: DateTime<Utc>,
    kind: &'static str,
    author: Author,
    reason: Option<String>,
    topics: BTreeSet<Topic>,
    assets: BTreeSet<AssetId>,
    summary: Map<String, Value>,
}

impl ChangeSet {
    fn new(id: i64, at: DateTime<Utc>, kind: &'static str, author: &Author) -> Self {
        Self {
            id: ChangeSetId(id),
            at,
            kind,
            author: author.clone(),
            reason: None,
            topics: BTreeSet::new(),
            assets: BTreeSet::new(),
            summary: Map::new(),
        }
    }

    /// Opens a change set in a transaction of sea-orm. `kind` names the use case, as `text.edit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(tx: &DatabaseTransaction, kind: &'static str, author: &Author) -> Result<Self> {
        let row = tx
            .query_one_raw(Statement::from_string(DbBackend::Postgres, BEGIN))
            .await?
            .ok_or_else(|| crate::error::Failure::internal("no change set id"))?;
        Ok(Self::new(row.try_get_by_index(0)?, row.try_get_by_index(1)?, kind, author))
    }

    /// Opens a change set in a transaction of sqlx.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_set(
        conn: &mut sqlx::PgConnection,
        kind: &'static str,
        author: &Author,
    ) -> Result<Self> {
        let (id, at) = sqlx::query_as(BEGIN).fetch_one(conn).await?;
        Ok(Self::new(id, at, kind, author))
    }

    /// Why, in the author's words.
    pub fn because(&mut self, reason: Option<&str>) {
        self.reason = reason.map(str::trim).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    }

    /// It touched an asset: the asset's ETag changes, and its History shows this change set.
    pub fn touch(&mut self, asset: AssetId) {
        self.assets.insert(asset);
    }

    /// It touched several.
    pub fn touch_all(&mut self, assets: impl IntoIterator<Item = AssetId>) {
        self.assets.extend(assets);
    }

    /// What it has touched so far.
    #[must_use]
    pub fn touched(&self) -> Vec<AssetId> {
        self.assets.iter().copied().collect()
    }

    /// Whether it has touched nothing: then there is nothing to record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }

    /// A read model has to look at it.
    pub fn about(&mut self, topic: Topic) {
        self.topics.insert(topic);
    }

    /// Something countable or nameable for the list of changes; never a value, never a secret.
    pub fn note(&mut self, name: &str, value: impl Into<Value>) {
        self.summary.insert(name.to_owned(), value.into());
    }

    fn row(&self) -> Value {
        json!({
            "id": self.id,
            "at": self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            "kind": self.kind,
            "person_id": self.author.person,
            "via": self.author.via,
            "token_id": self.author.token,
            "task_id": self.author.task,
            "request_id": self.author.request_id,
            "reason": self.reason,
            "topics": self.topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>(),
            "assets": self.assets,
            "summary": self.summary,
        })
    }

    /// Gives the version. Nothing may be written after it: commit.
    ///
    /// # Errors
    /// `Unavailable` when the row of the register stays locked for longer than three seconds.
    pub async fn record(self, tx: &DatabaseTransaction) -> Result<Version> {
        let row = tx
            .query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, RECORD, [self.row().into()]))
            .await?
            .ok_or_else(|| crate::error::Failure::internal("no version"))?;
        Ok(Version(row.try_get_by_index(0)?))
    }

    /// The same in a transaction of sqlx.
    ///
    /// # Errors
    /// As [`ChangeSet::record`].
    pub async fn record_set(self, conn: &mut sqlx::PgConnection) -> Result<Version> {
        let version = sqlx::query_scalar(RECORD).bind(self.row()).fetch_one(conn).await?;
        Ok(Version(version))
    }
}
