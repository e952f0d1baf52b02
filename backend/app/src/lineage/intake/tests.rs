//! Tests that others run, and what came of them.

use super::facts::digest;
use crate::error::Result;
use cadastre_intake::{DeclaredTest, TestStatus};
use cadastre_model::{AssetId, Maker};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// A test with what is known of it here.
#[derive(Debug)]
pub(super) struct ToldTest {
    /// As it was told.
    pub(super) test: DeclaredTest,
    /// The dataset that it is about, where it is one of the register.
    pub(super) dataset: Option<AssetId>,
    /// The job whose run made the result.
    pub(super) job: Option<AssetId>,
    /// When it was told.
    pub(super) told_at: DateTime<Utc>,
}

impl ToldTest {
    fn key(&self) -> Vec<u8> {
        let test = &self.test;
        let (namespace, name) =
            test.dataset.as_ref().map_or(("", ""), |at| (at.namespace.as_str(), at.name.as_str()));
        let column = test.column.as_ref().map(|path| path.join("\u{1}")).unwrap_or_default();
        digest([namespace.as_bytes(), name.as_bytes(), column.as_bytes(), test.name.as_bytes()])
    }
}

/// Writes tests and their results. Of two that tell of one test, the newer counts, of two of one time the greater.
pub(super) async fn write(conn: &mut PgConnection, maker: Maker, told: &[ToldTest]) -> Result<()> {
    let mut newest: HashMap<Vec<u8>, &ToldTest> = HashMap::new();
    for one in told {
        let place = newest.entry(one.key()).or_insert(one);
        if place.told_at <= one.told_at {
            *place = one;
        }
    }
    if newest.is_empty() {
        return Ok(());
    }
    let mut all: Vec<(Vec<u8>, &ToldTest)> = newest.into_iter().collect();
    all.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let tests = || all.iter().map(|(_, one)| &one.test);
    // Arrays of arrays of unequal length do not exist in PostgreSQL: the paths travel as JSON.
    let paths: Vec<Value> = tests()
        .map(|test| test.column.as_ref().map_or(Value::Null, |path| serde_json::json!(path)))
        .collect();
    let ids: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "with told as (
            insert into declared_tests (maker, key, name, kind, namespace, dataset, dataset_id, column_path, severity, definition,
                                        details, told_at)
            select $1, key, name, kind, namespace, dataset, dataset_id,
                   case when jsonb_typeof(path) = 'array' then array(select jsonb_array_elements_text(path)) end,
                   severity, definition, details, at
            from unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::jsonb[], $9::text[],
                        $10::text[], $11::jsonb[], $12::timestamptz[])
                 as t (key, name, kind, namespace, dataset, dataset_id, path, severity, definition, details, at)
            on conflict (maker, key) do update set kind = excluded.kind, dataset_id = excluded.dataset_id,
                severity = excluded.severity, definition = excluded.definition, details = excluded.details,
                told_at = excluded.told_at
                where (declared_tests.told_at, coalesce(declared_tests.severity, ''), declared_tests.details::text)
                      < (excluded.told_at, coalesce(excluded.severity, ''), excluded.details::text)
            returning id, key)
         select id, key from told
         union select id, key from declared_tests where maker = $1 and key = any($2)",
    )
    .bind(maker.as_str())
    .bind(all.iter().map(|(key, _)| key.as_slice()).collect::<Vec<_>>())
    .bind(tests().map(|test| test.name.as_str()).collect::<Vec<_>>())
    .bind(tests().map(|test| test.kind.as_str()).collect::<Vec<_>>())
    .bind(tests().map(|test| test.dataset.as_ref().map(|at| at.namespace.as_str())).collect::<Vec<_>>())
    .bind(tests().map(|test| test.dataset.as_ref().map(|at| at.name.as_str())).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.dataset.map(|id| id.0)).collect::<Vec<_>>())
    .bind(paths)
    .bind(tests().map(|test| test.severity.as_deref()).collect::<Vec<_>>())
    .bind(tests().map(|test| test.text.as_deref()).collect::<Vec<_>>())
    .bind(tests().map(|test| Value::Object(test.details.clone())).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, one)| one.told_at).collect::<Vec<_>>())
    .fetch_all(&mut *conn)
    .await?;
    let ids: HashMap<Vec<u8>, i64> = ids.into_iter().map(|(id, key)| (key, id)).collect();
    results(conn, told, &ids).await
}

/// Results as far as there are any: a test that was not run has none.
async fn results(conn: &mut PgConnection, told: &[ToldTest], ids: &HashMap<Vec<u8>, i64>) -> Result<()> {
    let ran: Vec<(i64, &ToldTest, &'static str)> = told
        .iter()
        .filter_map(|one| Some((*ids.get(&one.key())?, one, status_of(one.test.status)?)))
        .collect();
    if ran.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into declared_results (test_id, at, run, job_id, status, failures, message, expected, actual)
         select * from unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::bigint[], $5::text[], $6::bigint[], $7::text[],
                              $8::text[], $9::text[])
         on conflict (test_id, at, run) do nothing",
    )
    .bind(ran.iter().map(|one| one.0).collect::<Vec<_>>())
    .bind(ran.iter().map(|(_, one, _)| one.test.at.unwrap_or(one.told_at)).collect::<Vec<_>>())
    .bind(ran.iter().map(|(_, one, _)| one.test.run.unwrap_or(Uuid::nil())).collect::<Vec<_>>())
    .bind(ran.iter().map(|(_, one, _)| one.job.map(|id| id.0)).collect::<Vec<_>>())
    .bind(ran.iter().map(|one| one.2).collect::<Vec<_>>())
    .bind(ran.iter().map(|(_, one, _)| count(one.test.failures)).collect::<Vec<_>>())
    .bind(ran.iter().map(|(_, one, _)| one.test.message.as_deref()).collect::<Vec<_>>())
    .bind(ran.iter().map(|(_, one, _)| one.test.expected.as_deref()).collect::<Vec<_>>())
    .bind(ran.iter().map(|(_, one, _)| one.test.actual.as_deref()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

fn count(number: Option<u64>) -> Option<i64> {
    number.map(|number| i64::try_from(number).unwrap_or(i64::MAX))
}

const fn status_of(status: TestStatus) -> Option<&'static str> {
    Some(match status {
        TestStatus::Pass => "pass",
        TestStatus::Warn => "warn",
        TestStatus::Fail => "fail",
        TestStatus::Error => "error",
        TestStatus::Skip => "skip",
        TestStatus::NotRun => return None,
    })
}
