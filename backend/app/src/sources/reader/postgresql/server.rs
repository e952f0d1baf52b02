//! Who answers: version, database, which cluster, and what the account may do there.

use cadastre_model::Message;
use chrono::{DateTime, Utc};

use super::super::{FailureClass, OwnCluster, SourceError};
use super::session::Session;
use super::text::{optional, text};

/// The oldest PostgreSQL that is read, as `server_version_num`.
const OLDEST: i32 = 120_000;

/// The server and the database, as they say of themselves.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) version: String,
    pub(super) version_num: i32,
    pub(super) database: String,
    pub(super) database_oid: u32,
    pub(super) database_comment: Option<String>,
    pub(super) now: DateTime<Utc>,
    pub(super) started_at: DateTime<Utc>,
    /// The system identifier, where the account may read it.
    pub(super) identifier: Option<String>,
}

const SERVER: &str = "
    SELECT current_setting('server_version'), current_setting('server_version_num')::int4,
           d.datname::text, d.oid, left(s.description, 4194305), transaction_timestamp(), pg_postmaster_start_time(),
           coalesce(has_function_privilege(to_regprocedure('pg_catalog.pg_control_system()')::oid, 'EXECUTE'), false)
    FROM pg_database d
    LEFT JOIN pg_shdescription s ON s.classoid = 'pg_database'::regclass AND s.objoid = d.oid
    WHERE d.datname = current_database()";

/// Needs only EXECUTE, which PostgreSQL gives to everybody; an administrator may have taken it away.
const IDENTIFIER: &str = "SELECT system_identifier::text FROM pg_control_system()";

impl Server {
    /// Asks.
    pub(super) async fn read(session: &Session) -> Result<Self, SourceError> {
        let (mut server, may_identify) = session
            .one(SERVER, |row| {
                let server = Self {
                    version: text(row, 0)?,
                    version_num: row.try_get(1)?,
                    database: text(row, 2)?,
                    database_oid: row.try_get(3)?,
                    database_comment: optional(row, 4)?,
                    now: row.try_get(5)?,
                    started_at: row.try_get(6)?,
                    identifier: None,
                };
                Ok((server, row.try_get::<_, bool>(7)?))
            })
            .await?;
        if may_identify {
            server.identifier = Some(session.one(IDENTIFIER, |row| text(row, 0)).await?);
        }
        Ok(server)
    }

    /// Refuses what is not read: versions that are too old, and the register's own cluster.
    pub(super) fn admit(&self, own: Option<&OwnCluster>) -> Result<(), SourceError> {
        if own.is_some_and(|own| self.is(own)) {
            let message = Message::new("source-own-cluster");
            return Err(SourceError::new(FailureClass::Denied, message, "the register's own cluster"));
        }
        if self.version_num < OLDEST {
            let message = Message::new("source-version-old").arg("version", &self.version);
            return Err(SourceError::new(FailureClass::Query, message, &self.version));
        }
        Ok(())
    }

    /// By its identifier; where that may not be read, by the microsecond in which it was started.
    fn is(&self, own: &OwnCluster) -> bool {
        match &self.identifier {
            Some(identifier) => *identifier == own.system_identifier,
            None => own.started_at == Some(self.started_at),
        }
    }
}

/// What the account may do in the database.
#[derive(Debug)]
pub(super) struct Rights {
    /// Superuser, or may read files of the server or run programs there.
    pub(super) too_much: bool,
    /// Schemas of users.
    pub(super) schemas: i64,
    /// Those of them that it may not look into.
    pub(super) closed_schemas: i64,
    /// Tables, views and the like.
    pub(super) datasets: i64,
    /// Those of them that it may select from.
    pub(super) readable: i64,
}

const RIGHTS: &str = "
    SELECT (SELECT coalesce(bool_or(r.rolsuper OR r.rolname IN
                ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')), false)
            FROM pg_roles r
            WHERE r.rolname = current_user AND r.rolsuper
               OR r.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
                  AND pg_has_role(r.oid, 'MEMBER')),
           n.schemas, n.closed, c.datasets, c.readable
    FROM (SELECT count(*) AS schemas, count(*) FILTER (WHERE NOT has_schema_privilege(oid, 'USAGE')) AS closed
          FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema') AS n,
         (SELECT count(*) AS datasets,
                 count(*) FILTER (WHERE has_schema_privilege(n.oid, 'USAGE')
                     AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))) AS readable
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
            AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') AS c";

impl Rights {
    /// Asks.
    pub(super) async fn read(session: &Session) -> Result<Self, SourceError> {
        session
            .one(RIGHTS, |row| {
                Ok(Self {
                    too_much: row.try_get(0)?,
                    schemas: row.try_get(1)?,
                    closed_schemas: row.try_get(2)?,
                    datasets: row.try_get(3)?,
                    readable: row.try_get(4)?,
                })
            })
            .await
    }

    /// In words, and whether there is something to look at.
    pub(super) fn say(&self) -> (bool, Message) {
        let counted = |key| {
            Message::new(key)
                .arg("schemas", self.schemas)
                .arg("closed", self.closed_schemas)
                .arg("datasets", self.datasets)
                .arg("readable", self.readable)
        };
        if self.too_much {
            (true, counted("source-rights-too-much"))
        } else if self.datasets == 0 {
            (true, counted("source-rights-empty"))
        } else if self.readable < self.datasets {
            (true, counted("source-rights-some"))
        } else {
            (false, counted("source-rights-all"))
        }
    }
}

/// What makes a role one that no query of others is asked with: each reaches beyond what may be read, or beyond a transaction that only
/// reads. In the words of the server.
const BEYOND: &str = "
    SELECT unnest(array_remove(ARRAY[
               CASE WHEN r.rolsuper THEN 'superuser' END,
               CASE WHEN r.rolreplication THEN 'replication' END,
               CASE WHEN r.rolbypassrls THEN 'bypassrls' END,
               CASE WHEN r.rolcreaterole THEN 'createrole' END], NULL))
    FROM pg_roles r WHERE r.rolname = session_user
    UNION
    SELECT g.rolname::text FROM pg_roles g, pg_roles r
    WHERE r.rolname = session_user AND NOT r.rolsuper AND pg_has_role(r.oid, g.oid, 'MEMBER')
      AND (g.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_signal_backend',
                         'pg_write_all_data', 'pg_create_subscription', 'pg_maintain', 'pg_checkpoint')
           OR g.oid <> r.oid AND g.rolsuper)
    ORDER BY 1";

/// What the account may do beyond reading, in the words of the server; empty for a role that only reads.
pub(super) async fn too_much(session: &Session) -> Result<Vec<String>, SourceError> {
    let mut words = Vec::new();
    session
        .each(BEYOND, &[], |row| {
            words.push(text(row, 0)?);
            Ok(())
        })
        .await?;
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(identifier: Option<&str>, started: i64) -> Server {
        Server {
            version: "11.2".into(),
            version_num: 150_000,
            database: "d".into(),
            database_oid: 1,
            database_comment: None,
            now: DateTime::UNIX_EPOCH,
            started_at: DateTime::from_timestamp_micros(started).unwrap(),
            identifier: identifier.map(Into::into),
        }
    }

    fn own(started: Option<i64>) -> OwnCluster {
        OwnCluster {
            system_identifier: "7".into(),
            started_at: started.map(|at| DateTime::from_timestamp_micros(at).unwrap()),
        }
    }

    #[test]
    fn the_own_cluster_is_known_by_its_identifier() {
        assert!(server(Some("7"), 5).admit(Some(&own(None))).is_err());
        assert!(server(Some("8"), 5).admit(Some(&own(Some(5)))).is_ok());
    }

    #[test]
    fn where_the_identifier_is_hidden_its_start_gives_it_away() {
        assert!(server(None, 5).admit(Some(&own(Some(5)))).is_err());
        assert!(server(None, 6).admit(Some(&own(Some(5)))).is_ok());
        assert!(server(None, 6).admit(None).is_ok());
    }

    #[test]
    fn an_old_server_is_refused_in_words() {
        let old = Server { version_num: 110_002, ..server(None, 0) };
        assert_eq!(
            old.admit(None).unwrap_err().message,
            Message::new("source-version-old").arg("version", "11.2")
        );
    }
}
