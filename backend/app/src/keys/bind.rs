//! The register remembers the fingerprints of its keys, so that a wrong or new key file is found at start and not when a
//! secret does not open: a second replica without the first one's file, a restored database without its keys.

use std::path::Path;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::{KeyId, Keys};
use crate::start::StartError;

/// What the register remembers of its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded(Vec<KeyId>);

impl Recorded {
    /// The ids, the oldest first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.0.iter().copied()
    }

    /// Whether the register needs this key.
    pub fn has(&self, id: KeyId) -> bool {
        self.0.contains(&id)
    }

    /// The first key that the register needs and `keys` does not have.
    pub fn missing(&self, keys: &Keys) -> Option<KeyId> {
        self.0.iter().copied().find(|id| !keys.has(*id))
    }
}

/// Checks that the key file in `path` has every key of the migrated register that `owner` reaches, and notes the current
/// one. Of two that start on an empty register with different files, one is refused.
pub async fn bind(keys: &Keys, path: &Path, owner: &PgConnectOptions) -> Result<(), StartError> {
    let failed =
        |why: sqlx::Error| StartError::Database { place: "of the register".into(), why: why.to_string() };
    let mut connection = owner.clone().application_name("cadastre start").connect().await.map_err(failed)?;
    let mut transaction = connection.begin().await.map_err(failed)?;
    let lock = sqlx::raw_sql("set local lock_timeout = '10s'; lock table register_keys in exclusive mode");
    lock.execute(&mut *transaction).await.map_err(failed)?;
    let recorded = recorded(&mut transaction).await.map_err(failed)?;
    if let Some(id) = recorded.missing(keys) {
        let why = format!(
            "this register is sealed by key {id}, which is not in it: put the register's own key file there (from another \
             replica, or from where you keep the copy), or name it by --key-file"
        );
        return Err(StartError::Keys { file: path.to_owned(), why });
    }
    sqlx::query("insert into register_keys (key_id) values ($1) on conflict do nothing")
        .bind(keys.current().to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

/// The keys that the register remembers; none where the schema is older.
pub async fn recorded(connection: &mut PgConnection) -> Result<Recorded, sqlx::Error> {
    let there: bool = sqlx::query_scalar("select to_regclass('public.register_keys') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        return Ok(Recorded::default());
    }
    let ids: Vec<String> = sqlx::query_scalar("select key_id from public.register_keys order by since")
        .fetch_all(connection)
        .await?;
    Ok(Recorded(ids.iter().filter_map(|id| id.parse().ok()).collect()))
}
