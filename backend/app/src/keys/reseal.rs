//! Taking a new key into use, and an old one out of it: what the older key sealed is opened and sealed anew, batch by batch,
//! so that a run that was ended half way is simply run again. Both keys open all the while.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use sqlx::{Connection, PgConnection};
use thiserror::Error;

use super::{KeyId, Keys, SealError, file};
use crate::audit::shell;
use crate::start::StartError;

/// How many rows are sealed anew in one transaction.
const BATCH: i64 = 100;

/// What a key is still needed for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Use {
    /// Secrets of sources, and addresses and keys of webhooks, that it seals.
    pub secrets: i64,
    /// Answers to requests that it seals; they are kept for two days.
    pub answers: i64,
    /// Heads of the history that it signed. They stay: without it they say nothing any more.
    pub heads: i64,
}

/// What was sealed anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Secrets of sources, and addresses and keys of webhooks.
    pub secrets: u64,
    /// Kept answers.
    pub answers: u64,
    /// What does not open, by its place, and why.
    pub unopened: Vec<(String, SealError)>,
}

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum RotateError {
    /// The key file.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The database.
    #[error("the database answers: {0}")]
    Database(#[from] sqlx::Error),
    /// What stands against it, and what to do.
    #[error("{0}")]
    Refused(String),
}

/// What each key is needed for.
pub async fn uses(conn: &mut PgConnection) -> Result<BTreeMap<String, Use>, sqlx::Error> {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "select key, sum(secrets)::bigint, sum(answers)::bigint, sum(heads)::bigint
         from (select encode(substring(secret from 2 for 8), 'hex') as key, 1 as secrets, 0 as answers, 0 as heads
               from public.sources where secret is not null
               union all
               select encode(substring(target from 2 for 8), 'hex'), 1, 0, 0
               from public.subscriptions where target is not null
               union all
               select encode(substring(body from 2 for 8), 'hex'), 0, 1, 0
               from public.idempotency_keys where body is not null
               union all
               select split_part(signature, '.', 1), 0, 0, 1 from public.signed_heads) used
         group by key",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(key, secrets, answers, heads)| (key, Use { secrets, answers, heads }))
        .collect())
}

/// Seals with the current key what another one sealed. `told` hears how many rows are done, and how many there are.
///
/// # Errors
/// `Refused` while a process works that does not have the current key: it could not open what is sealed by it.
pub async fn reseal(
    keys: &Keys,
    conn: &mut PgConnection,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Resealed, RotateError> {
    alone(keys, conn).await?;
    let current = keys.current().to_string();
    let others = uses(conn).await?.into_iter().filter(|(key, _)| *key != current);
    let all = others.map(|(_, used)| used.secrets + used.answers).sum::<i64>();
    let all = u64::try_from(all).unwrap_or(0);
    let mut done = Resealed::default();
    for of in &SEALED {
        let mut after = i64::MIN;
        while let Some(last) = secrets(keys, conn, of, after, &mut done).await? {
            after = last;
            told(done.secrets, all);
        }
    }
    let mut after = (i64::MIN, String::new());
    while let Some(last) = answers(keys, conn, after, &mut done).await? {
        after = last;
        told(done.secrets + done.answers, all);
    }
    let detail = [
        ("key", current.into()),
        ("secrets", done.secrets.into()),
        ("answers", done.answers.into()),
        ("unopened", done.unopened.len().into()),
    ];
    shell::note(conn, "keys.reseal", detail).await?;
    Ok(done)
}

/// A column of sealed texts, in a table whose rows have one number for an id.
struct Sealed {
    table: &'static str,
    column: &'static str,
    /// Rows whose text another key sealed, after one on.
    rows: &'static str,
    update: &'static str,
    /// What a row of it is called.
    named: &'static str,
}

const SEALED: [Sealed; 2] = [
    Sealed {
        table: "sources",
        column: "secret",
        rows: "select asset_id, secret from sources
               where secret is not null and substring(secret from 2 for 8) <> $1 and asset_id > $2
               order by asset_id limit $3 for update",
        update: "update sources set secret = $2 where asset_id = $1",
        named: "the secret of source",
    },
    Sealed {
        table: "subscriptions",
        column: "target",
        rows: "select id, target from subscriptions
               where target is not null and substring(target from 2 for 8) <> $1 and id > $2
               order by id limit $3 for update",
        update: "update subscriptions set target = $2 where id = $1",
        named: "the webhook of subscription",
    },
];

/// A batch of a column; gives the last row that was looked at.
async fn secrets(
    keys: &Keys,
    conn: &mut PgConnection,
    of: &Sealed,
    after: i64,
    done: &mut Resealed,
) -> Result<Option<i64>, RotateError> {
    let mut tx = conn.begin().await?;
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(of.rows)
        .bind(&keys.current().0[..])
        .bind(after)
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
    let last = rows.last().map(|(row, _)| *row);
    for (row, sealed) in rows {
        match anew(keys, of.table, row, of.column, &sealed) {
            Ok(sealed) => {
                sqlx::query(of.update).bind(row).bind(sealed).execute(&mut *tx).await?;
                done.secrets += 1;
            }
            Err(why) => done.unopened.push((format!("{} {row}", of.named), why)),
        }
    }
    tx.commit().await?;
    Ok(last)
}

/// A batch of kept answers.
async fn answers(
    keys: &Keys,
    conn: &mut PgConnection,
    after: (i64, String),
    done: &mut Resealed,
) -> Result<Option<(i64, String)>, RotateError> {
    let mut tx = conn.begin().await?;
    let rows: Vec<(i64, String, Vec<u8>)> = sqlx::query_as(
        "select person_id, key, body from idempotency_keys
         where body is not null and substring(body from 2 for 8) <> $1 and (person_id, key) > ($2, $3)
         order by person_id, key limit $4 for update",
    )
    .bind(&keys.current().0[..])
    .bind(after.0)
    .bind(&after.1)
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    let last = rows.last().map(|(person, key, _)| (*person, key.clone()));
    for (person, key, sealed) in rows {
        match anew(keys, "idempotency_keys", person, &key, &sealed) {
            Ok(sealed) => {
                sqlx::query("update idempotency_keys set body = $3 where person_id = $1 and key = $2")
                    .bind(person)
                    .bind(key)
                    .bind(sealed)
                    .execute(&mut *tx)
                    .await?;
                done.answers += 1;
            }
            Err(why) => done.unopened.push((format!("an answer kept for person {person}"), why)),
        }
    }
    tx.commit().await?;
    Ok(last)
}

fn anew(keys: &Keys, table: &str, row: i64, column: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let plain = keys.open(table, row, column, sealed)?;
    keys.seal(table, row, column, &plain)
}

/// Takes a key out of the register and out of the key file. Its line goes into a file of its own beside it, since backups
/// that were made before need it; gives that file.
///
/// # Errors
/// `Refused` for the current key, one that seals something, one that is nowhere, and while a process works that seals by
/// another key than the current one.
pub async fn remove(
    keys: &Keys,
    id: KeyId,
    path: &Path,
    conn: &mut PgConnection,
) -> Result<Option<std::path::PathBuf>, RotateError> {
    let refused = |why: String| Err(RotateError::Refused(why));
    if id == keys.current() {
        return refused(format!("key {id} seals now: add another one first, and seal anew with it"));
    }
    let mut tx = conn.begin().await?;
    sqlx::raw_sql("set local lock_timeout = '10s'; lock table register_keys in exclusive mode")
        .execute(&mut *tx)
        .await?;
    alone(keys, &mut tx).await?;
    let used = uses(&mut tx).await?.remove(&id.to_string()).unwrap_or_default();
    if used.secrets + used.answers > 0 {
        let Use { secrets, answers, .. } = used;
        return refused(format!(
            "key {id} still seals {secrets} secrets and {answers} answers: run `cadastre keys reseal` first"
        ));
    }
    let known =
        sqlx::query("delete from register_keys where key_id = $1").bind(id.to_string()).execute(&mut *tx);
    if known.await?.rows_affected() == 0 && !keys.has(id) {
        return refused(format!("neither the register nor {} has a key {id}", path.display()));
    }
    shell::note(&mut tx, "keys.remove", [("key", id.to_string().into())]).await?;
    tx.commit().await?;
    // Last: a key too many in the file does no harm, and the command may be run again.
    Ok(file_without(id, path)?)
}

/// The key file without the line of this key.
fn file_without(id: KeyId, path: &Path) -> Result<Option<std::path::PathBuf>, StartError> {
    let text = file::read(path)?;
    let is_it = |line: &&str| Keys::parse(line).is_ok_and(|keys| keys.current() == id);
    let Some(line) = text.lines().find(is_it) else { return Ok(None) };
    let aside = path.with_added_extension(format!("{id}.old"));
    file::make(&aside, line.trim())?;
    let kept: String = text.lines().filter(|line| !is_it(line)).map(|line| format!("{line}\n")).collect();
    file::replace(path, &kept)?;
    Ok(Some(aside))
}

/// Refuses while a process works on this database that seals by another key than the current one.
async fn alone(keys: &Keys, conn: &mut PgConnection) -> Result<(), RotateError> {
    let stale: Option<String> = sqlx::query_scalar(
        "select application_name from pg_stat_activity
         where datname = current_database() and application_name ~ '^cadastre (web|tasks)'
           and application_name !~ $1
         limit 1",
    )
    .bind(format!(" {}$", keys.current()))
    .fetch_optional(conn)
    .await?;
    match stale {
        None => Ok(()),
        Some(_) => Err(RotateError::Refused(format!(
            "a cadastre serve works on this database without key {}: give it the key file as it is now and start it again",
            keys.current()
        ))),
    }
}
