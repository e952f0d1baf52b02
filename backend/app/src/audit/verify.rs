//! Walks the chain from its first link, and everything that hangs on it, and names the first row that does not hold.

use crate::audit::heads::SignedHead;
use crate::error::Result;
use crate::keys::Keys;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{Acquire, PgConnection};
use std::fmt::{self, Display};

/// How many links are walked at a time.
const LINKS: i64 = 10_000;

/// How many batches of events are recomputed at a time.
const SEALS: i64 = 500;

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// How many change sets hold.
    pub change_sets: i64,
    /// How many sealed events hold.
    pub events: i64,
    /// How many events wait to be sealed.
    pub unsealed: i64,
    /// How many signed heads hold.
    pub heads: usize,
    /// Signed heads by keys that are not in the key file: they say nothing.
    pub unknown_keys: usize,
    /// The first that does not hold; none: the chain is whole.
    pub broken: Option<Broken>,
}

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Broken {
    /// A change set is gone.
    Missing {
        /// Its place in the chain.
        version: i64,
    },
    /// A change set is other than it was when it was recorded, or stands elsewhere in the chain.
    Changed {
        /// Its place in the chain.
        version: i64,
    },
    /// The register says that its chain ends elsewhere.
    End {
        /// Where the chain ends.
        version: i64,
        /// Where the register says that it ends.
        register: i64,
    },
    /// Events of a batch were changed, removed or added.
    Events {
        /// The place of the batch in the chain.
        version: i64,
        /// The first event of the batch that is there.
        first: Option<i64>,
        /// The last.
        last: Option<i64>,
    },
    /// An event claims to be sealed by what seals nothing.
    Event {
        /// Its number.
        event: i64,
    },
    /// The chain at a version is other than the one that was signed, or ends before it.
    Head {
        /// The version that was signed.
        version: i64,
    },
    /// A line of the head file is not a signed head, or its signature is not by our key.
    Line {
        /// Its number in the file, from 1; 0 for a row of the table.
        line: usize,
    },
}

impl Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { version } => write!(f, "change set {version} is missing"),
            Self::Changed { version } => write!(f, "change set {version} was changed, or belongs elsewhere"),
            Self::End { version, register } => {
                write!(f, "the chain ends at change set {version}, and should end at {register}")
            }
            Self::Events { version, first: Some(first), last: Some(last) } => {
                write!(
                    f,
                    "audit events {first} to {last}, sealed by change set {version}, were changed, removed or added"
                )
            }
            Self::Events { version, .. } => {
                write!(f, "the audit events sealed by change set {version} are gone")
            }
            Self::Event { event } => write!(f, "audit event {event} was not sealed by what it says"),
            Self::Head { version } => {
                write!(f, "the chain up to change set {version} is not the one that was signed")
            }
            Self::Line { line: 0 } => f.write_str("a row of signed_heads was not signed by our key"),
            Self::Line { line } => write!(f, "line {line} of the head file was not signed by our key"),
        }
    }
}

/// Verifies all of it in one snapshot: the chain, the end that the register remembers, the sealed events, and the signed
/// heads of the table and of a head file. It writes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(conn: &mut PgConnection, keys: &Keys, head_file: Option<&str>) -> Result<Verdict> {
    let mut tx = conn.begin().await?;
    sqlx::query("set transaction isolation level repeatable read, read only").execute(&mut *tx).await?;
    let mut verdict =
        Verdict { change_sets: 0, events: 0, unsealed: 0, heads: 0, unknown_keys: 0, broken: None };
    let mut link = Link::first();
    verdict.broken = walk(&mut tx, &mut link).await?;
    verdict.change_sets = link.version;
    if verdict.broken.is_none() {
        verdict.broken = events(&mut tx, &mut verdict.events).await?;
    }
    if verdict.broken.is_none() {
        verdict.broken = signed(&mut tx, keys, head_file, &mut verdict).await?;
    }
    verdict.unsealed = sqlx::query_scalar("select count(*) from audit_events where sealed_by is null")
        .fetch_one(&mut *tx)
        .await?;
    tx.rollback().await?;
    Ok(verdict)
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its place.
    pub version: i64,
    /// The hash over all up to it.
    pub head: Vec<u8>,
}

impl Link {
    /// What the first change set stands on.
    #[must_use]
    pub fn first() -> Self {
        Self { version: 0, head: Sha256::digest(b"cadastre").to_vec() }
    }
}

/// Link by link: each is there, and its hash follows from its content and the link before.
pub(super) async fn walk(conn: &mut PgConnection, walked: &mut Link) -> Result<Option<Broken>> {
    loop {
        let links: Vec<(i64, bool, Vec<u8>)> = sqlx::query_as(
            "select version, sha256(coalesce(lag(head) over (order by version), $2) || body) = head, head
             from (select c.version, c.head, change_set_body(c) as body from change_sets c
                   where c.version > $1 order by c.version limit $3) links
             order by version",
        )
        .bind(walked.version)
        .bind(&walked.head)
        .bind(LINKS)
        .fetch_all(&mut *conn)
        .await?;
        let more = !links.is_empty();
        for (version, whole, head) in links {
            let expected = walked.version + 1;
            if version != expected {
                return Ok(Some(Broken::Missing { version: expected }));
            }
            if !whole {
                return Ok(Some(Broken::Changed { version: expected }));
            }
            *walked = Link { version: expected, head };
        }
        if !more {
            break;
        }
    }
    let (register, known): (i64, Vec<u8>) =
        sqlx::query_as("select version, head from register").fetch_one(conn).await?;
    let ends = register == walked.version && known == walked.head;
    Ok((!ends).then_some(Broken::End { version: walked.version, register }))
}

/// Batch by batch: the events are those that were sealed.
async fn events(conn: &mut PgConnection, held: &mut i64) -> Result<Option<Broken>> {
    type Batch = (i64, i64, bool, Option<i64>, Option<i64>);
    let mut after = 0;
    loop {
        let batches: Vec<Batch> = sqlx::query_as(
            "select c.version, count(e.id),
                    coalesce(count(e.id) = (c.summary->>'events')::bigint
                        and encode(sha256(string_agg(audit_event_body(e), ''::bytea order by e.id)), 'hex') = c.summary->>'sha256', false),
                    min(e.id), max(e.id)
             from (select * from change_sets where kind = 'audit.seal' and version > $1 order by version limit $2) c
             left join audit_events e on e.sealed_by = c.id
             group by c.id, c.version, c.summary order by c.version",
        )
        .bind(after)
        .bind(SEALS)
        .fetch_all(&mut *conn)
        .await?;
        for &(version, count, whole, first, last) in &batches {
            if !whole {
                return Ok(Some(Broken::Events { version, first, last }));
            }
            *held += count;
        }
        match batches.last() {
            Some((version, ..)) => after = *version,
            None => break,
        }
    }
    let stray: Option<i64> = sqlx::query_scalar(
        "select min(e.id) from audit_events e where e.sealed_by is not null
         and not exists (select from change_sets c where c.id = e.sealed_by and c.kind = 'audit.seal')",
    )
    .fetch_one(conn)
    .await?;
    Ok(stray.map(|event| Broken::Event { event }))
}

/// Head by head: it is by our key, and the chain that it was made of is the one that is here.
async fn signed(
    conn: &mut PgConnection,
    keys: &Keys,
    head_file: Option<&str>,
    verdict: &mut Verdict,
) -> Result<Option<Broken>> {
    let lines = head_file.unwrap_or_default().lines().enumerate();
    let mut heads = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        match line.parse::<SignedHead>() {
            Ok(head) => heads.push((number + 1, head)),
            Err(_) => return Ok(Some(Broken::Line { line: number + 1 })),
        }
    }
    let rows: Vec<(chrono::DateTime<chrono::Utc>, i64, Vec<u8>, String)> =
        sqlx::query_as("select at, version, head, signature from signed_heads order by version")
            .fetch_all(&mut *conn)
            .await?;
    heads.extend(
        rows.into_iter()
            .map(|(at, version, head, signature)| (0, SignedHead { at, version, head, signature })),
    );
    heads.sort_by_key(|(_, head)| head.version);
    let versions: Vec<i64> = heads.iter().map(|(_, head)| head.version).collect();
    let known: std::collections::HashMap<i64, Vec<u8>> =
        sqlx::query_as("select version, head from change_sets where version = any($1)")
            .bind(&versions)
            .fetch_all(conn)
            .await?
            .into_iter()
            .collect();
    for (line, head) in heads {
        match keys.verify_head(head.version, &head.head, &head.signature) {
            Ok(()) => {}
            Err(crate::keys::SealError::UnknownKey(_)) => {
                verdict.unknown_keys += 1;
                continue;
            }
            Err(_) => return Ok(Some(Broken::Line { line })),
        }
        if known.get(&head.version) != Some(&head.head) {
            return Ok(Some(Broken::Head { version: head.version }));
        }
        verdict.heads += 1;
    }
    Ok(None)
}
