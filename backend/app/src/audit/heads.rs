//! Signed heads of the chain: what holds even against who can write to every table.

use crate::app::App;
use crate::error::{Failure, Result};
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt::{self, Display};
use std::path::Path;
use std::str::FromStr;
use tokio::io::AsyncWriteExt;

/// How long a signed head is recent enough, in seconds.
const EVERY: f64 = 60.0;

/// The head of the chain at a version, signed. As text it is one line of the head file: time, version, head, signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// The version of the last change set.
    pub version: i64,
    /// The hash over all change sets up to it.
    pub head: Vec<u8>,
    /// By which key, and the signature, as [`crate::keys::Keys::sign_head`] writes them.
    pub signature: String,
}

impl Display for SignedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        write!(f, "{at} {} {} {}", self.version, hex::encode(&self.head), self.signature)
    }
}

impl FromStr for SignedHead {
    type Err = &'static str;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let mut words = line.split_ascii_whitespace();
        let mut word = || words.next().ok_or("time, version, head and signature are expected");
        let at = word()?.parse().map_err(|_| "the first word is no time")?;
        let version = word()?.parse().map_err(|_| "the second word is no version")?;
        let head = hex::decode(word()?).map_err(|_| "the third word is no hash")?;
        let signature = word()?.to_owned();
        if words.next().is_some() {
            return Err("there are more than four words");
        }
        Ok(Self { at, version, head, signature })
    }
}

/// Signs the head when the last signature is a minute old and the chain has grown since.
pub(super) async fn sign_when_due(app: &App) -> Result<Option<SignedHead>> {
    sign_older_than(app, EVERY).await
}

/// Signs the head now, if the chain has grown since it was last signed.
///
/// # Errors
/// When the database does not take it.
pub async fn sign(app: &App) -> Result<Option<SignedHead>> {
    sign_older_than(app, 0.0).await
}

async fn sign_older_than(app: &App, seconds: f64) -> Result<Option<SignedHead>> {
    let mut tx = app.db().tasks.begin().await?;
    let mine: bool = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtext('cadastre.sign'))")
        .fetch_one(&mut *tx)
        .await?;
    if !mine {
        return Ok(None);
    }
    let due: Option<(i64, Vec<u8>, DateTime<Utc>)> = sqlx::query_as(
        "select version, head, clock_timestamp() from register r
         where not exists (select from signed_heads s where s.version = r.version
               or s.at > clock_timestamp() - make_interval(secs => $1))",
    )
    .bind(seconds)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((version, head, at)) = due else { return Ok(None) };
    let signature = app.keys().sign_head(version, &head);
    let signed = SignedHead { at, version, head, signature };
    sqlx::query("insert into signed_heads (version, head, signature, at) values ($1, $2, $3, $4)")
        .bind(signed.version)
        .bind(&signed.head)
        .bind(&signed.signature)
        .bind(signed.at)
        .execute(&mut *tx)
        .await?;
    // Into the file first: a head that the table knows is also where the database can't reach.
    if let Some(file) = &app.options().head_file {
        append(file, &signed)
            .await
            .map_err(|why| Failure::internal(format!("head file {}: {why}", file.display())))?;
    }
    tx.commit().await?;
    tracing::info!(
        version = signed.version,
        head = hex::encode(&signed.head),
        signature = signed.signature,
        "signed head"
    );
    Ok(Some(signed))
}

async fn append(file: &Path, signed: &SignedHead) -> std::io::Result<()> {
    let mut file = tokio::fs::OpenOptions::new().create(true).append(true).open(file).await?;
    file.write_all(format!("{signed}\n").as_bytes()).await?;
    file.sync_data().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_head_file_reads_back() {
        let signed = SignedHead {
            at: DateTime::from_timestamp_micros(1_763_700_000_123_456).unwrap(),
            version: 42,
            head: vec![0, 127, 255],
            signature: "00ff.AbC-_".to_owned(),
        };
        assert_eq!(signed.to_string(), "2025-11-21T04:40:00.123456Z 42 007fff 00ff.AbC-_");
        assert_eq!(signed.to_string().parse(), Ok(signed));
    }

    #[test]
    fn what_is_no_line_of_a_head_file_is_refused() {
        for bad in [
            "",
            "2025-11-21T04:40:00Z",
            "x 42 00 s",
            "2025-11-21T04:40:00Z 4x 00 s",
            "2025-11-21T04:40:00Z 4 0 s",
            "2025-11-21T04:40:00Z 4 00 s t",
        ] {
            assert!(bad.parse::<SignedHead>().is_err(), "{bad}");
        }
    }
}
