//! Columns of datasets that no crawl has written: brought to what clients say of them.

use super::types::kind_of;
use crate::change::ChangeSet;
use crate::error::Result;
use cadastre_intake::Field;
use cadastre_model::AssetId;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// What is said of the columns of one dataset.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) dataset: AssetId,
    /// The columns that there are; where none are said, `named` are added, and no column ends.
    pub(super) fields: Option<Vec<Field>>,
    /// The columns were told and are no more: those that are not only named end.
    pub(super) is_untold: bool,
    /// Columns that something names of which no schema is told.
    pub(super) named: Vec<Vec<String>>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    fact: i64,
    column_id: i64,
    dataset_id: i64,
    path: Vec<String>,
    ordinal: i32,
    type_written: String,
    is_named: bool,
}

/// A fact to be opened.
struct Fact {
    column: Option<i64>,
    dataset: i64,
    path: Vec<String>,
    ordinal: i32,
    written: String,
    is_named: bool,
}

/// A column to be.
struct Column {
    path: Vec<String>,
    ordinal: i32,
    written: String,
    is_named: bool,
}

/// Brings columns to what is wanted; gives the datasets that changed.
pub(super) async fn apply(
    conn: &mut PgConnection,
    change: &mut ChangeSet,
    wanted: &[Wanted],
) -> Result<BTreeSet<AssetId>> {
    let mut before = load(conn, wanted).await?;
    let (mut closed, mut opened, mut changed) = (Vec::new(), Vec::new(), BTreeSet::new());
    for one in wanted {
        let mut old = before.remove(&one.dataset.0).unwrap_or_default();
        let next = old.values().map(|row| row.ordinal).max().unwrap_or(0) + 1;
        for Column { path, ordinal, written, is_named } in one.columns(next, &old) {
            let row = old.remove(&path);
            if row.as_ref().is_some_and(|row| {
                row.ordinal == ordinal && row.type_written == written && row.is_named == is_named
            }) {
                continue;
            }
            closed.extend(row.as_ref().map(|row| row.fact));
            changed.insert(one.dataset);
            let column = row.map(|row| row.column_id);
            opened.push(Fact { column, dataset: one.dataset.0, path, ordinal, written, is_named });
        }
        let ends = |row: &Row| one.fields.is_some() || (one.is_untold && !row.is_named);
        let gone: Vec<i64> = old.into_values().filter(ends).map(|row| row.fact).collect();
        if !gone.is_empty() {
            changed.insert(one.dataset);
            closed.extend(gone);
        }
    }
    close(conn, change, &closed).await?;
    open(conn, change, opened).await?;
    change.touch_all(changed.iter().copied());
    Ok(changed)
}

impl Wanted {
    /// The columns to be, each path once.
    fn columns(&self, next: i32, known: &HashMap<Vec<String>, Row>) -> Vec<Column> {
        let mut seen = BTreeSet::new();
        let said = self.fields.iter().flatten().map(|field| {
            let ordinal = i32::try_from(field.ordinal).unwrap_or(i32::MAX);
            let written = field.type_written.clone().unwrap_or_default();
            Column { path: field.path.clone(), ordinal, written, is_named: false }
        });
        let named = self.named.iter().filter(|path| {
            self.fields.is_none() && known.get(*path).is_none_or(|row| self.is_untold && !row.is_named)
        });
        let named = named.zip(next..).map(|(path, ordinal)| Column {
            path: path.clone(),
            ordinal,
            written: String::new(),
            is_named: true,
        });
        said.chain(named).filter(|column| seen.insert(column.path.clone())).collect()
    }
}

async fn load(conn: &mut PgConnection, wanted: &[Wanted]) -> Result<HashMap<i64, HashMap<Vec<String>, Row>>> {
    let ids: Vec<i64> = wanted.iter().map(|one| one.dataset.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select id as fact, column_id, dataset_id, path, ordinal, type_written, details ? 'named' as is_named
         from column_facts where dataset_id = any($1) and valid_to is null",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let mut before: HashMap<i64, HashMap<Vec<String>, Row>> = HashMap::new();
    for row in rows {
        before.entry(row.dataset_id).or_default().insert(row.path.clone(), row);
    }
    Ok(before)
}

async fn close(conn: &mut PgConnection, change: &ChangeSet, facts: &[i64]) -> Result<()> {
    if facts.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update column_facts set valid_to = greatest($2, valid_from + interval '1 microsecond'), closed_by = $3
         where id = any($1)",
    )
    .bind(facts)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Opens facts. A column that comes back is the one that it was, by its path.
async fn open(conn: &mut PgConnection, change: &ChangeSet, mut facts: Vec<Fact>) -> Result<()> {
    if facts.is_empty() {
        return Ok(());
    }
    come_back(conn, &mut facts).await?;
    let new: Vec<&mut Fact> = facts.iter_mut().filter(|fact| fact.column.is_none()).collect();
    let datasets: Vec<i64> = new.iter().map(|fact| fact.dataset).collect();
    let ids: Vec<i64> = sqlx::query_scalar(
        "select nextval(pg_get_serial_sequence('columns', 'id')) from unnest($1::bigint[]) order by 1",
    )
    .bind(&datasets)
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query("insert into columns (id, dataset_id) select * from unnest($1::bigint[], $2::bigint[])")
        .bind(&ids)
        .bind(&datasets)
        .execute(&mut *conn)
        .await?;
    for (fact, id) in new.into_iter().zip(ids) {
        fact.column = Some(id);
    }
    let paths: Vec<Value> = facts.iter().map(|fact| json!(fact.path)).collect();
    let kinds: Vec<&str> = facts.iter().map(|fact| kind_of(&fact.written).as_str()).collect();
    sqlx::query(
        "insert into column_facts (column_id, dataset_id, path, ordinal, type_written, type, nullable, details, valid_from, change_set)
         select t.id, t.dataset, array(select jsonb_array_elements_text(t.path)), t.ordinal, t.written, t.kind, true,
                case when t.is_named then jsonb_build_object('named', true) else '{}' end,
                greatest($7, (select max(f.valid_to) from column_facts f where f.column_id = t.id)), $8
         from unnest($1::bigint[], $2::bigint[], $3::jsonb[], $4::int[], $5::text[], $6::text[], $9::bool[])
              as t (id, dataset, path, ordinal, written, kind, is_named)",
    )
    .bind(facts.iter().map(|fact| fact.column).collect::<Vec<_>>())
    .bind(facts.iter().map(|fact| fact.dataset).collect::<Vec<_>>())
    .bind(paths)
    .bind(facts.iter().map(|fact| fact.ordinal).collect::<Vec<_>>())
    .bind(facts.iter().map(|fact| fact.written.as_str()).collect::<Vec<_>>())
    .bind(kinds)
    .bind(change.at)
    .bind(change.id.0)
    .bind(facts.iter().map(|fact| fact.is_named).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// Finds columns that ended and have the path of one that is to be opened.
async fn come_back(conn: &mut PgConnection, facts: &mut [Fact]) -> Result<()> {
    let datasets: BTreeSet<i64> =
        facts.iter().filter(|fact| fact.column.is_none()).map(|fact| fact.dataset).collect();
    let rows: Vec<(i64, i64, Vec<String>)> = sqlx::query_as(
        "select distinct on (f.dataset_id, f.path) f.column_id, f.dataset_id, f.path
         from column_facts f where f.dataset_id = any($1)
         and not exists (select from column_facts o where o.column_id = f.column_id and o.valid_to is null)
         order by f.dataset_id, f.path, f.valid_from desc",
    )
    .bind(datasets.into_iter().collect::<Vec<_>>())
    .fetch_all(conn)
    .await?;
    let mut ended: HashMap<(i64, Vec<String>), i64> =
        rows.into_iter().map(|(id, dataset, path)| ((dataset, path), id)).collect();
    // What this change itself closed is open no more, and is not taken twice.
    let taken: BTreeSet<i64> = facts.iter().filter_map(|fact| fact.column).collect();
    ended.retain(|_, id| !taken.contains(id));
    for fact in facts.iter_mut().filter(|fact| fact.column.is_none()) {
        fact.column = ended.remove(&(fact.dataset, fact.path.clone()));
    }
    Ok(())
}

/// Ends columns that were only named, by edges of which this change has ended the last.
pub(super) async fn end_unnamed(conn: &mut PgConnection, change: &mut ChangeSet) -> Result<()> {
    let datasets: Vec<i64> = sqlx::query_scalar(
        "update column_facts f set valid_to = greatest($2, f.valid_from + interval '1 microsecond'), closed_by = $1
         where f.valid_to is null and f.details ? 'named'
           and f.column_id in (select unnest(array[e.from_column, e.to_column]) from lineage_edges e where e.closed_by = $1)
           and not exists (select from lineage_edges e where e.valid_to is null and e.from_column = f.column_id)
           and not exists (select from lineage_edges e where e.valid_to is null and e.to_column = f.column_id)
         returning f.dataset_id",
    )
    .bind(change.id.0)
    .bind(change.at)
    .fetch_all(conn)
    .await?;
    change.touch_all(datasets.into_iter().map(AssetId));
    Ok(())
}
