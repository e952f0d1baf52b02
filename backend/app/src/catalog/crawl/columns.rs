//! Columns: rows with an id that survives retype, reorder and rename. Matched by the source's number where the dataset is
//! the same by identity, else by name.

use super::datasets::Placed;
use crate::change::ChangeSet;
use crate::error::Result;
use crate::sources::reader::{Column, Generated};
use cadastre_model::{AssetId, ColumnId};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// What became of the columns.
pub(super) struct Columns<'a> {
    /// Every column of the listing with its id.
    pub(super) ids: Vec<(AssetId, ColumnId, &'a Column)>,
    /// The datasets whose columns changed.
    pub(super) changed: BTreeSet<AssetId>,
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    fact: i64,
    column_id: i64,
    dataset_id: i64,
    attnum: Option<i32>,
    path: Vec<String>,
    ordinal: i32,
    type_written: String,
    #[sqlx(rename = "type")]
    kind: String,
    nullable: bool,
    default_value: Option<String>,
    generated: Option<String>,
    details: Value,
}

impl Row {
    fn says(&self, column: &Column, details: &Value) -> bool {
        self.path.len() == 1
            && self.path[0] == column.name
            && i64::from(self.ordinal) == i64::from(column.ordinal)
            && self.type_written == column.data_type.written
            && self.kind == column.data_type.kind.as_str()
            && self.nullable == column.nullable
            && self.default_value == column.default
            && self.generated.as_deref() == column.generated.map(generated)
            && self.details == *details
    }
}

/// The columns that a dataset had, each to be taken once. By maps, since a dataset may have ten thousand.
struct Old {
    rows: Vec<Option<Row>>,
    numbers: HashMap<i32, usize>,
    names: HashMap<String, usize>,
}

impl Old {
    fn of(rows: Vec<Row>) -> Self {
        let numbers = rows.iter().enumerate().filter_map(|(place, row)| Some((row.attnum?, place))).collect();
        let whole = rows.iter().enumerate().filter(|(_, row)| row.path.len() == 1);
        let names = whole.map(|(place, row)| (row.path[0].clone(), place)).collect();
        Self { rows: rows.into_iter().map(Some).collect(), numbers, names }
    }

    fn numbered(&mut self, number: i16) -> Option<Row> {
        self.numbers.get(&i32::from(number)).and_then(|place| self.rows[*place].take())
    }

    fn named(&mut self, name: &str) -> Option<Row> {
        self.names.get(name).and_then(|place| self.rows[*place].take())
    }

    fn left(self) -> Vec<Row> {
        self.rows.into_iter().flatten().collect()
    }
}

/// Brings the columns of these datasets to what the listing says.
pub(super) async fn apply<'a>(
    conn: &mut PgConnection,
    change: &ChangeSet,
    placed: &[Placed<'a>],
) -> Result<Columns<'a>> {
    let mut before = load(conn, placed).await?;
    let mut result = Columns { ids: Vec::new(), changed: BTreeSet::new() };
    let (mut closed, mut opened, mut new, mut renumbered) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for dataset in placed {
        let mut old = Old::of(before.remove(&dataset.asset.0).unwrap_or_default());
        let mut left: Vec<&Column> = Vec::new();
        let mut pair = |row: Row, column: &'a Column| {
            let id = ColumnId(row.column_id);
            result.ids.push((dataset.asset, id, column));
            if row.attnum != Some(i32::from(column.attnum)) {
                renumbered.push((row.column_id, i32::from(column.attnum)));
            }
            let details = details(column);
            if !row.says(column, &details) {
                result.changed.insert(dataset.asset);
                closed.push(row.fact);
                opened.push((id, dataset.asset, column, details));
            }
        };
        for column in &dataset.listed.columns {
            let row = if dataset.same { old.numbered(column.attnum) } else { None };
            match row {
                Some(row) => pair(row, column),
                None => left.push(column),
            }
        }
        for column in left {
            match old.named(&column.name) {
                Some(row) => pair(row, column),
                None => new.push((dataset.asset, column)),
            }
        }
        let gone = old.left();
        if !gone.is_empty() {
            result.changed.insert(dataset.asset);
            closed.extend(gone.into_iter().map(|row| row.fact));
        }
    }
    for ((asset, column), id) in new.iter().zip(create(conn, &new).await?) {
        result.changed.insert(*asset);
        result.ids.push((*asset, id, column));
        opened.push((id, *asset, column, details(column)));
    }
    renumber(conn, &renumbered).await?;
    close(conn, change, &closed).await?;
    open(conn, change, &opened).await?;
    Ok(result)
}

async fn load(conn: &mut PgConnection, placed: &[Placed<'_>]) -> Result<HashMap<i64, Vec<Row>>> {
    let ids: Vec<i64> = placed.iter().map(|dataset| dataset.asset.0).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "select f.id as fact, f.column_id, f.dataset_id, c.attnum, f.path, f.ordinal, f.type_written, f.type,
                f.nullable, f.default_value, f.generated, f.details
         from column_facts f join columns c on c.id = f.column_id
         where f.dataset_id = any($1) and f.valid_to is null order by f.dataset_id, f.ordinal",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let mut before: HashMap<i64, Vec<Row>> = HashMap::new();
    for row in rows {
        before.entry(row.dataset_id).or_default().push(row);
    }
    Ok(before)
}

async fn create(conn: &mut PgConnection, new: &[(AssetId, &Column)]) -> Result<Vec<ColumnId>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = sqlx::query_scalar(
        "select nextval(pg_get_serial_sequence('columns', 'id')) from generate_series(1, $1) order by 1",
    )
    .bind(i64::try_from(new.len()).unwrap_or(i64::MAX))
    .fetch_all(&mut *conn)
    .await?;
    let datasets: Vec<i64> = new.iter().map(|(asset, _)| asset.0).collect();
    let numbers: Vec<i32> = new.iter().map(|(_, column)| i32::from(column.attnum)).collect();
    sqlx::query(
        "insert into columns (id, dataset_id, attnum)
         select id, dataset, attnum from unnest($1::bigint[], $2::bigint[], $3::int[]) as t (id, dataset, attnum)",
    )
    .bind(&ids)
    .bind(datasets)
    .bind(numbers)
    .execute(conn)
    .await?;
    Ok(ids.into_iter().map(ColumnId).collect())
}

async fn renumber(conn: &mut PgConnection, columns: &[(i64, i32)]) -> Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    let (ids, numbers): (Vec<i64>, Vec<i32>) = columns.iter().copied().unzip();
    sqlx::query("update columns c set attnum = t.attnum from unnest($1::bigint[], $2::int[]) as t (id, attnum) where c.id = t.id")
        .bind(ids)
        .bind(numbers)
        .execute(conn)
        .await?;
    Ok(())
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

async fn open(
    conn: &mut PgConnection,
    change: &ChangeSet,
    facts: &[(ColumnId, AssetId, &Column, Value)],
) -> Result<()> {
    if facts.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = facts.iter().map(|fact| fact.0.0).collect();
    let datasets: Vec<i64> = facts.iter().map(|fact| fact.1.0).collect();
    let names: Vec<&str> = facts.iter().map(|fact| fact.2.name.as_str()).collect();
    let ordinals: Vec<i32> =
        facts.iter().map(|fact| i32::try_from(fact.2.ordinal).unwrap_or(i32::MAX)).collect();
    let written: Vec<&str> = facts.iter().map(|fact| fact.2.data_type.written.as_str()).collect();
    let kinds: Vec<&str> = facts.iter().map(|fact| fact.2.data_type.kind.as_str()).collect();
    let nullable: Vec<bool> = facts.iter().map(|fact| fact.2.nullable).collect();
    let defaults: Vec<Option<&str>> = facts.iter().map(|fact| fact.2.default.as_deref()).collect();
    let origins: Vec<Option<&str>> = facts.iter().map(|fact| fact.2.generated.map(generated)).collect();
    let details: Vec<&Value> = facts.iter().map(|fact| &fact.3).collect();
    sqlx::query(
        "insert into column_facts (column_id, dataset_id, path, ordinal, type_written, type, nullable, default_value,
                                   generated, details, valid_from, change_set)
         select id, dataset, array[name], ordinal, written, kind, nullable, default_value, generated, details, $11, $12
         from unnest($1::bigint[], $2::bigint[], $3::text[], $4::int[], $5::text[], $6::text[], $7::boolean[],
                     $8::text[], $9::text[], $10::jsonb[])
              as t (id, dataset, name, ordinal, written, kind, nullable, default_value, generated, details)",
    )
    .bind(ids)
    .bind(datasets)
    .bind(names)
    .bind(ordinals)
    .bind(written)
    .bind(kinds)
    .bind(nullable)
    .bind(defaults)
    .bind(origins)
    .bind(details)
    .bind(change.at)
    .bind(change.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

const fn generated(generated: Generated) -> &'static str {
    match generated {
        Generated::IdentityAlways => "identity_always",
        Generated::IdentityByDefault => "identity_by_default",
        Generated::Stored => "stored",
        Generated::Virtual => "virtual",
    }
}

fn details(column: &Column) -> Value {
    let mut details = Map::new();
    if let Some(element) = column.data_type.element {
        details.insert("element".to_owned(), json!(element));
    }
    if !column.data_type.labels.is_empty() {
        details.insert("labels".to_owned(), json!(column.data_type.labels));
    }
    Value::Object(details)
}
