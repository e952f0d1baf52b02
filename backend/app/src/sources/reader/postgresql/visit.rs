//! A visit to PostgreSQL. A query goes by the extended protocol, so that it is one statement whatever stands in it; its answer comes as
//! the server writes it, cut there, and no longer than asked for.

use std::pin::pin;
use std::time::Duration;

use async_trait::async_trait;
use futures::TryStreamExt;
use tokio::time::timeout;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};
use tokio_postgres::types::Type;
use tokio_postgres::{Error, Row};

use super::super::visit::{AskError, Cell, Most, Rows, RowsColumn, Visit, Wrong};
use super::super::{Connection, FailureClass, Policy, SourceError};
use super::faults;
use super::server::{Server, too_much};
use super::session::Session;
use super::text::optional;

/// How much longer than the server's own limit we wait.
const GRACE: Duration = Duration::from_secs(2);
/// How long leaving may take.
const LEAVING: Duration = Duration::from_secs(3);

/// Ends a savepoint, keeping what was done since.
const DONE: &str = "RELEASE SAVEPOINT cadastre";
/// Ends a savepoint, as if nothing had been done since.
const BACK: &str = "ROLLBACK TO SAVEPOINT cadastre; RELEASE SAVEPOINT cadastre";

/// How values are written, whatever the role or the database has set; and what people hold back by policies stays back.
const WRITTEN: &str = "
    SET LOCAL TimeZone = 'UTC';
    SET LOCAL DateStyle = 'ISO, YMD';
    SET LOCAL IntervalStyle = 'postgres';
    SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1;
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL transform_null_equals = off;
    SET LOCAL row_security = on";

/// The server looks whether we are still there, and ends what runs for nobody: for what catches a cancel, and for the day when this process
/// dies. From PostgreSQL 14 on, and not on every system.
const WATCH: &str = "
    SELECT set_config(name, '1000', true) FROM pg_settings WHERE name = 'client_connection_check_interval'";

/// A visit.
#[derive(Debug)]
pub(super) struct PostgresqlVisit {
    session: Option<Session>,
    pid: i32,
    too_much: Vec<String>,
    lock: Duration,
    /// A query is under way, or was left alone.
    asking: bool,
}

/// Begins a visit: READ ONLY, one snapshot, which is taken before anything of others is asked.
pub(super) async fn begin(connection: &Connection, policy: &Policy) -> Result<PostgresqlVisit, SourceError> {
    let mut nobody = |_| {};
    let session = Session::open(connection, policy, &mut nobody).await.map_err(|(_, error)| error)?;
    session.begin().await?;
    session.command(WRITTEN).await?;
    session.command("SAVEPOINT cadastre").await?;
    let watches = session.command(WATCH).await.is_ok();
    session.command(if watches { DONE } else { BACK }).await?;
    let pid = session.one("SELECT 1, pg_backend_pid()", |row| row.try_get(1)).await?;
    Server::read(&session).await?.admit(policy.own.as_ref())?;
    let too_much = too_much(&session).await?;
    Ok(PostgresqlVisit { session: Some(session), pid, too_much, lock: policy.limits.lock, asking: false })
}

#[async_trait]
impl Visit for PostgresqlVisit {
    fn pid(&self) -> i32 {
        self.pid
    }

    fn too_much(&self) -> &[String] {
        &self.too_much
    }

    async fn ask(&mut self, sql: &str, most: &Most) -> Result<Rows, AskError> {
        if self.asking {
            self.give_up().await;
        }
        let Some(session) = &self.session else { return Err(AskError::Source(over())) };
        self.asking = true;
        let answered = timeout(most.time + GRACE, answer(session, sql, most, self.lock)).await;
        let settled = match &answered {
            Ok(Err(AskError::Source(error))) if error.server_text.is_none() => false,
            Err(_) => false,
            // What a view of the source has set or made in passing is undone too, before the next query.
            Ok(_) => session.command(BACK).await.is_ok(),
        };
        if !settled {
            self.give_up().await;
        }
        self.asking = false;
        answered.unwrap_or(Err(AskError::Slow))
    }

    async fn close(mut self: Box<Self>) {
        if self.asking {
            self.give_up().await;
        }
        if let Some(session) = self.session.take() {
            // What was locked or made in passing goes with the transaction, and with the session what outlives it.
            let _ = timeout(LEAVING, session.command("ROLLBACK")).await;
            session.close();
        }
    }
}

impl PostgresqlVisit {
    /// Has what runs cancelled from a second connection, and leaves.
    async fn give_up(&mut self) {
        if let Some(session) = self.session.take() {
            session.cancel().await;
        }
    }
}

fn over() -> SourceError {
    SourceError::new(FailureClass::Silent, cadastre_model::Message::new("source-lost"), "the visit is over")
}

async fn answer(session: &Session, sql: &str, most: &Most, lock: Duration) -> Result<Rows, AskError> {
    let set = format!(
        "SAVEPOINT cadastre; SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
        most.time.as_millis().max(1),
        lock.as_millis().max(1)
    );
    session.command(&set).await.map_err(AskError::Source)?;
    let columns = describe(session, sql, most).await?;
    let wrapped = wrapped(sql, columns.len(), most);
    let none: [(bool, Type); 0] = [];
    let asked = session.client().query_typed_raw(&wrapped, none).await;
    let mut stream = pin!(asked.map_err(|error| fault(session, &error, false))?);
    let mut answer = Rows { columns, ..Rows::default() };
    let mut bytes = 0;
    while let Some(row) = stream.try_next().await.map_err(|error| fault(session, &error, false))? {
        // What is too much is read to its end all the same, which is near: the line has to be free for the next query.
        if answer.more || answer.rows.len() >= most.rows as usize {
            answer.more = true;
            continue;
        }
        let cells = cells(&row, most.cell).map_err(|error| fault(session, &error, false))?;
        bytes += cells.iter().filter_map(|cell| cell.text.as_ref()).map(String::len).sum::<usize>();
        if bytes > most.bytes {
            answer.more = true;
            continue;
        }
        answer.rows.push(cells);
    }
    Ok(answer)
}

/// What the server makes of the query, before it runs: this is where most of what is wrong with it is said, with its place.
async fn describe(session: &Session, sql: &str, most: &Most) -> Result<Vec<RowsColumn>, AskError> {
    let described = session.client().prepare(sql).await.map_err(|error| fault(session, &error, true))?;
    if !described.params().is_empty() || described.columns().is_empty() {
        return Err(AskError::Shapeless);
    }
    if described.columns().len() > most.columns {
        return Err(AskError::Wide(described.columns().len()));
    }
    let column = |column: &tokio_postgres::Column| RowsColumn {
        name: column.name().to_owned(),
        kind: column.type_().name().to_owned(),
    };
    Ok(described.columns().iter().map(column).collect())
}

/// The query as a derived table: each column as the type's own output function writes it (a cast to text is another for some types), cut.
fn wrapped(sql: &str, columns: usize, most: &Most) -> String {
    let cell = |n: usize| {
        format!(
            "CASE WHEN pg_catalog.num_nulls(q.c{n}) = 0 THEN pg_catalog.left(pg_catalog.format('%s', q.c{n}), {}) END",
            u64::from(most.cell) + 1
        )
    };
    let cells: Vec<String> = (0..columns).map(cell).collect();
    let names: Vec<String> = (0..columns).map(|n| format!("c{n}")).collect();
    format!(
        "SELECT {} FROM (\n{sql}\n) AS q ({}) LIMIT {}",
        cells.join(", "),
        names.join(", "),
        u64::from(most.rows) + 1
    )
}

fn cells(row: &Row, longest: u32) -> Result<Vec<Cell>, Error> {
    (0..row.len())
        .map(|n| {
            let Some(mut text) = optional(row, n)? else { return Ok(Cell::default()) };
            let end = text.char_indices().nth(longest as usize).map(|(at, _)| at);
            if let Some(end) = end {
                text.truncate(end);
            }
            Ok(Cell { text: Some(text), cut: end.is_some() })
        })
        .collect()
}

/// Whose fault it is: the query's, the time's, or the source's.
fn fault(session: &Session, error: &Error, places: bool) -> AskError {
    let Some(said) = error.as_db_error() else { return AskError::Source(session.fault(error)) };
    match said.code() {
        &SqlState::QUERY_CANCELED => AskError::Slow,
        &SqlState::READ_ONLY_SQL_TRANSACTION => AskError::Writes(wrong(said, places)),
        code if is_of_the_query(code) => AskError::Wrong(wrong(said, places)),
        _ => AskError::Source(faults::of_query(error, session.seen())),
    }
}

/// Classes of codes: data, what is refused to the role, syntax and names, what is not made for it, limits of the server, functions.
fn is_of_the_query(code: &SqlState) -> bool {
    const CLASSES: [&str; 14] =
        ["0A", "21", "22", "23", "25", "2F", "34", "38", "39", "42", "44", "54", "P0", "XX"];
    CLASSES.iter().any(|class| code.code().starts_with(class))
}

fn wrong(said: &DbError, places: bool) -> Wrong {
    let position = match said.position() {
        Some(ErrorPosition::Original(position)) if places => Some(*position),
        _ => None,
    };
    let line: String =
        said.message().chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    Wrong { text: line, code: said.code().code().to_owned(), position }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_put_where_nothing_of_it_can_reach_out() {
        let most = Most { rows: 10, cell: 5, ..Most::default() };
        let sql = wrapped("SELECT a, a FROM s.t -- all", 2, &most);
        assert!(sql.contains("\n) AS q (c0, c1) LIMIT 11"), "{sql}");
        assert!(sql.contains("pg_catalog.left(pg_catalog.format('%s', q.c1), 6)"), "{sql}");
    }

    #[test]
    fn codes_say_whose_fault_it_is() {
        for code in [SqlState::DIVISION_BY_ZERO, SqlState::UNDEFINED_TABLE, SqlState::INSUFFICIENT_PRIVILEGE]
        {
            assert!(is_of_the_query(&code));
        }
        for code in [SqlState::ADMIN_SHUTDOWN, SqlState::LOCK_NOT_AVAILABLE, SqlState::OUT_OF_MEMORY] {
            assert!(!is_of_the_query(&code));
        }
    }
}
