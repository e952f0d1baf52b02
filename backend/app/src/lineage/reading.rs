//! Reading definitions: what each says is brought into the edges of its job.
//!
//! A reading is a function of the version and of what the names in it stand for now, so it may be done again at any time:
//! what is the same is not written, and what depends on nothing that changed is not even parsed.

use super::edges::{self, EdgeKey, FoundEdge};
use super::ground::{self, Columns, Found};
use super::said::{Said, SaidEdge};
use super::sql::Text;
use super::store::{self, JobFacts, JobVersion};
use crate::catalog::visible;
use crate::change::{Author, ChangeSet, Topic};
use crate::error::{Failure, Result};
use crate::tasks::Fence;
use cadastre_access::Scope;
use cadastre_model::{AssetId, AssetName, ColumnId};
use sha2::{Digest, Sha256};
use sql_lineage::{Dialect, Schema};
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeSet, HashMap, HashSet};

/// How many jobs are read in one transaction.
pub(super) const BATCH: usize = 200;

/// What came of reading some jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Jobs that were read: they are new, or something that they depend on has changed.
    pub read: usize,
    /// Edges that are new.
    pub opened: usize,
    /// Edges that have ended.
    pub closed: usize,
}

impl Outcome {
    pub(super) fn add(&mut self, other: Self) {
        self.read += other.read;
        self.opened += other.opened;
        self.closed += other.closed;
    }
}

/// Reads these jobs, as far as anything they depend on has changed. In a transaction of its own; nothing is recorded where
/// nothing is new.
///
/// # Errors
/// When the database does not answer; `Conflict` when the task has lost its lease.
pub(super) async fn read(
    conn: &mut PgConnection,
    author: &Author,
    fence: Option<Fence>,
    jobs: &[AssetId],
) -> Result<Outcome> {
    let versions = store::versions(conn, jobs).await?;
    let due = due(conn, versions).await?;
    if due.is_empty() {
        return Ok(Outcome::default());
    }
    let read = in_the_background(due).await?;
    let mut tx = conn.begin().await?;
    let mut change = ChangeSet::begin_set(&mut tx, "lineage.read", author).await?;
    let outcome = write(&mut tx, &mut change, read).await?;
    if !change.is_empty() || outcome.opened + outcome.closed > 0 {
        change.about(Topic::Lineage);
        change.note("read", outcome.read);
        change.note("opened", outcome.opened);
        change.note("closed", outcome.closed);
        if let Some(fence) = fence {
            fence.hold(&mut tx).await?;
        }
        change.record_set(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(outcome)
}

/// The same within a transaction that is under way: whoever hands a job in sees its edges at once. `found` and the columns
/// are read anew, so it is for a few jobs.
pub(super) async fn read_within(
    tx: &mut PgConnection,
    change: &mut ChangeSet,
    jobs: &[AssetId],
) -> Result<Outcome> {
    let versions = store::versions(tx, jobs).await?;
    let due = due(tx, versions).await?;
    let read = in_the_background(due).await?;
    let outcome = write(tx, change, read).await?;
    change.about(Topic::Lineage);
    Ok(outcome)
}

/// What definitions say, in their order, without a job and without writing anything. Under `see`, as if there were nothing
/// beyond it.
pub(super) async fn preview(
    conn: &mut PgConnection,
    definitions: Vec<JobFacts>,
    see: Option<&Scope>,
) -> Result<Vec<Said>> {
    let version = |facts| JobVersion { job: AssetId(0), row: 0, number: 0, facts };
    let mut due = with_names(conn, definitions.into_iter().map(version).collect()).await?;
    if let Some(see) = see {
        let all: BTreeSet<AssetId> = due.iter().flat_map(|due| due.found.values().copied()).collect();
        let seen = visible::of(conn, see, all).await?;
        due.iter_mut().for_each(|due| due.found.retain(|_, id| seen.contains(id)));
    }
    Ok(in_the_background(due).await?.into_iter().map(|read| read.said).collect())
}

/// The edges that definitions would have between datasets that are there, without a job and without writing anything.
pub(super) async fn found(conn: &mut PgConnection, definitions: Vec<JobFacts>) -> Result<Vec<Vec<EdgeKey>>> {
    let version = |facts| JobVersion { job: AssetId(0), row: 0, number: 0, facts };
    let due = with_names(conn, definitions.into_iter().map(version).collect()).await?;
    let read = in_the_background(due).await?;
    let keys = |one: &Read| one.said.edges.iter().filter_map(|edge| Some(one.find(edge)?.key)).collect();
    Ok(read.iter().map(keys).collect())
}

/// A job that has to be read, with what its names stand for.
struct Due {
    version: JobVersion,
    names: Vec<AssetName>,
    found: Found,
    columns: Columns,
}

/// A job that was read.
struct Read {
    due: Due,
    said: Said,
}

/// Those of the jobs whose answer may be another one than the last time.
async fn due(conn: &mut PgConnection, versions: Vec<JobVersion>) -> Result<Vec<Due>> {
    let last = last_readings(conn, &versions).await?;
    let all = with_names(conn, versions).await?;
    Ok(all.into_iter().filter(|due| last.get(&due.version.job) != Some(&due.inputs())).collect())
}

/// Definitions with what the names in them stand for.
async fn with_names(conn: &mut PgConnection, versions: Vec<JobVersion>) -> Result<Vec<Due>> {
    let versions = tokio::task::spawn_blocking(move || {
        versions.into_iter().map(|version| (names(&version), version)).collect::<Vec<_>>()
    })
    .await
    .map_err(Failure::internal)?;
    let all: HashSet<&AssetName> = versions.iter().flat_map(|(names, _)| names).collect();
    let all: Vec<AssetName> = all.into_iter().cloned().collect();
    let found = ground::find(conn, &all).await?;
    let columns = ground::columns(conn, found.values().copied().collect::<BTreeSet<_>>()).await?;
    let due = versions.into_iter().map(|(names, version)| {
        let found: Found = names.iter().filter_map(|name| Some((name.clone(), *found.get(name)?))).collect();
        let columns = found.values().filter_map(|id| Some((*id, columns.get(id)?.clone()))).collect();
        Due { version, names, found, columns }
    });
    Ok(due.collect())
}

/// What the last readings depended on.
async fn last_readings(
    conn: &mut PgConnection,
    versions: &[JobVersion],
) -> Result<HashMap<AssetId, Vec<u8>>> {
    let jobs: Vec<i64> = versions.iter().map(|version| version.job.0).collect();
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select job_id, inputs from job_readings where job_id = any($1)")
            .bind(jobs)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(job, inputs)| (AssetId(job), inputs)).collect())
}

/// All names that a definition may ask for, each once, in one order.
pub(super) fn names(version: &JobVersion) -> Vec<AssetName> {
    let facts = &version.facts;
    let mut names: Vec<AssetName> = text(version).map(|text| text.names()).unwrap_or_default();
    if let Some(ways) = &facts.declared {
        names.extend(ways.said(facts.kind).names());
    }
    names.sort_unstable_by(|one, other| (&one.namespace, &one.path).cmp(&(&other.namespace, &other.path)));
    names.dedup();
    names
}

/// The SQL of a version, where it has some in a dialect that is read. Where who runs it told of the columns, they know better
/// than its text.
fn text(version: &JobVersion) -> Option<Text<'_>> {
    let facts = &version.facts;
    if facts.declared.as_ref().is_some_and(|ways| !ways.columns.is_empty()) {
        return None;
    }
    let dialect: Dialect = facts.dialect.as_deref()?.parse().ok()?;
    Some(Text {
        sql: facts.definition.as_deref()?,
        dialect,
        place: &facts.place,
        fills: facts.fills.as_ref(),
    })
}

/// Parses away from the threads that serve requests.
async fn in_the_background(due: Vec<Due>) -> Result<Vec<Read>> {
    tokio::task::spawn_blocking(move || due.into_iter().map(Due::read).collect())
        .await
        .map_err(Failure::internal)
}

impl Due {
    /// All that the answer depends on.
    fn inputs(&self) -> Vec<u8> {
        let mut digest = Sha256::new();
        digest.update(self.version.row.to_le_bytes());
        for name in &self.names {
            let Some(id) = self.found.get(name) else { continue };
            digest.update(name.to_string().as_bytes());
            digest.update(id.0.to_le_bytes());
            for (column, name) in self.columns.get(id).into_iter().flatten() {
                digest.update(column.0.to_le_bytes());
                digest.update(name.as_bytes());
                digest.update([0]);
            }
        }
        digest.finalize().to_vec()
    }

    fn read(self) -> Read {
        let mut said = match text(&self.version) {
            Some(text) => text.read(&self.schema()),
            None => Said::default(),
        };
        if let Some(ways) = &self.version.facts.declared {
            said.add(ways.said(self.version.facts.kind));
        }
        Read { due: self, said }
    }

    /// The tables of the text with their columns.
    fn schema(&self) -> Schema {
        let mut schema = Schema::new();
        let namespace = &self.version.facts.place.namespace;
        for (name, id) in self.found.iter().filter(|(name, _)| name.namespace == *namespace) {
            let columns = self.columns.get(id).into_iter().flatten().map(|(_, name)| name);
            // Of a table without known columns a star has to stay one.
            if self.columns.get(id).is_some_and(|columns| !columns.is_empty()) {
                schema.add_table(&name.path, columns);
            }
        }
        schema
    }
}

async fn write(conn: &mut PgConnection, change: &mut ChangeSet, mut read: Vec<Read>) -> Result<Outcome> {
    refer_missing(conn, change, &mut read).await?;
    let jobs: Vec<AssetId> = read.iter().map(|one| one.due.version.job).collect();
    lock(conn, &jobs).await?;
    let edges: Vec<FoundEdge> =
        read.iter().flat_map(|one| one.said.edges.iter().filter_map(|edge| one.find(edge))).collect();
    let (opened, closed) = edges::apply(conn, change, &jobs, edges).await?;
    let readings: Vec<store::Reading<'_>> = read
        .iter()
        .map(|one| store::Reading {
            job: one.due.version.job,
            version: one.due.version.row,
            inputs: one.due.inputs(),
            names: one.due.names.iter().map(ToString::to_string).collect(),
            statements: &one.said.statements,
        })
        .collect();
    store::note(conn, &readings).await?;
    Ok(Outcome { read: jobs.len(), opened, closed })
}

/// Makes what nothing has the name of. Two readings that name the same at once would make it twice: one waits.
async fn refer_missing(conn: &mut PgConnection, change: &mut ChangeSet, read: &mut [Read]) -> Result<()> {
    let missing = |read: &[Read]| -> Vec<AssetName> {
        let said = read
            .iter()
            .flat_map(|one| one.said.names().into_iter().filter(|name| !one.due.found.contains_key(name)));
        said.collect::<HashSet<_>>().into_iter().collect()
    };
    let mut names = missing(read);
    if names.is_empty() {
        return Ok(());
    }
    sqlx::query("select pg_advisory_xact_lock(hashtext('cadastre.referenced'))").execute(&mut *conn).await?;
    let mut found = ground::find(conn, &names).await?;
    names.retain(|name| !found.contains_key(name));
    names.sort_unstable_by(|one, other| (&one.namespace, &one.path).cmp(&(&other.namespace, &other.path)));
    found.extend(ground::refer(conn, change, &names).await?);
    for one in read {
        for name in one.said.names() {
            if let Some(id) = found.get(&name) {
                one.due.found.insert(name, *id);
            }
        }
    }
    Ok(())
}

/// Holds the jobs, so that no two readings of one write beside each other.
async fn lock(conn: &mut PgConnection, jobs: &[AssetId]) -> Result<()> {
    let ids: Vec<i64> = jobs.iter().map(|id| id.0).collect();
    sqlx::query("select id from assets where id = any($1) order by id for update")
        .bind(ids)
        .execute(conn)
        .await?;
    Ok(())
}

impl Read {
    /// An edge between datasets and columns; none where it says no more than the edge of its datasets.
    fn find(&self, edge: &SaidEdge) -> Option<FoundEdge> {
        let end = |end: &Option<super::said::SaidEnd>| -> Option<(AssetId, Option<ColumnId>)> {
            let end = end.as_ref()?;
            let id = *self.due.found.get(&end.name)?;
            Some((id, end.column.as_deref().and_then(|name| self.due.column(id, name))))
        };
        let (from, to) = (end(&edge.from), end(&edge.to));
        let columns = [&edge.from, &edge.to].into_iter().flatten().any(|end| end.column.is_some());
        let found = [from, to].into_iter().flatten().any(|(_, column)| column.is_some());
        if (columns && !found && !edge.star) || (from.is_none() && to.is_none()) {
            return None;
        }
        let key = EdgeKey {
            from: from.map(|end| end.0),
            to: to.map(|end| end.0),
            from_column: from.and_then(|end| end.1),
            to_column: to.and_then(|end| end.1),
            how: edge.how,
            star: edge.star,
        };
        // What stays where it is goes nowhere.
        if key.from == key.to && (key.from_column == key.to_column || key.to_column.is_none()) {
            return None;
        }
        Some(FoundEdge {
            job: self.due.version.job,
            key,
            maker: self.due.version.facts.maker,
            confidence: edge.confidence,
            spot: edge.spot,
        })
    }
}

impl Due {
    /// A column by its name: as it is written, else whatever its case.
    fn column(&self, dataset: AssetId, name: &str) -> Option<ColumnId> {
        let columns = self.columns.get(&dataset)?;
        let exact = columns.iter().find(|(_, known)| known == name);
        exact
            .or_else(|| columns.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)))
            .map(|(id, _)| *id)
    }
}
