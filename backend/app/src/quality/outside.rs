//! Results of tests that others run (dbt, assertions in events), beside those of the register's own rules.

use super::read::Eyes;
use crate::catalog::asset::Asset;
use crate::error::Result;
use cadastre_frontend::quality::tab::OutsideRow;
use cadastre_frontend::quality::{Outside, Verdict};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

#[derive(Debug, sqlx::FromRow)]
struct Row {
    name: String,
    maker: String,
    column_path: Option<Vec<String>>,
    status: String,
    failures: Option<i64>,
    message: Option<String>,
    at: DateTime<Utc>,
}

/// The newest result of each test of a dataset; who may not see figures gets whether it holds.
pub(super) async fn of_dataset(conn: &mut PgConnection, dataset: &Asset, eyes: Eyes) -> Result<Vec<OutsideRow>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select t.name, t.maker, t.column_path, r.status, r.failures, r.message, r.at
         from declared_tests t
         cross join lateral (select * from declared_results r where r.test_id = t.id order by r.at desc limit 1) r
         where t.dataset_id = $1 and r.status <> 'skip'
         order by r.status not in ('fail', 'error'), r.status <> 'warn', t.name limit 200",
    )
    .bind(dataset.id.0)
    .fetch_all(conn)
    .await?;
    let row = |row: Row| OutsideRow {
        name: row.name,
        from: if row.maker == "dbt" { Outside::Dbt } else { Outside::OpenLineage },
        column: row.column_path.map(|path| path.join(".")),
        verdict: Verdict::of_word(&row.status).unwrap_or(Verdict::Error),
        failing: row.failures.filter(|_| eyes.figures),
        said: row.message.filter(|_| eyes.figures),
        at: row.at,
        job: None,
    };
    Ok(rows.into_iter().map(row).collect())
}
