//! The source: makes the datasets, runs plans.

use super::world::{COLUMNS, World};
use ::rules::{Cells, Dialect, Plan, Statement, Type, Value};
use cadastre_tests::postgres::{TestCluster, TestDatabase};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

/// A connection to a database of one's own.
pub(crate) struct Server {
    pub(crate) connection: PgConnection,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::on(&TestCluster::source().fresh_database().await).await
    }

    /// The same in a database that is known elsewhere too.
    pub(crate) async fn on(database: &TestDatabase) -> Self {
        let mut connection = database.connect().await;
        connection.execute("CREATE SCHEMA \"hostile \"\"s\"").await.unwrap();
        connection.execute("CREATE TYPE mood AS ENUM ('ok', 'so-so', 'bad')").await.unwrap();
        // A zone that is not UTC, or its mistakes would not be seen.
        connection.execute("SET TimeZone = 'Asia/Kathmandu'").await.unwrap();
        Self { connection }
    }

    /// Makes the datasets anew.
    pub(crate) async fn fill(&mut self, world: &World) {
        let table = Dialect::PostgreSql;
        let schema = "\"hostile \"\"s\"";
        let columns: Vec<String> =
            COLUMNS.iter().map(|(name, written, _)| format!("{} {written}", table.name(name))).collect();
        let sql = format!(
            "DROP TABLE IF EXISTS {schema}.\"t'x\"; DROP TABLE IF EXISTS {schema}.p;
             CREATE TABLE {schema}.p (id integer UNIQUE, name text);
             CREATE TABLE {schema}.\"t'x\" ({}, CONSTRAINT t_pkey PRIMARY KEY (k),
                 CONSTRAINT t_q UNIQUE (q), CONSTRAINT t_pid FOREIGN KEY (pid) REFERENCES {schema}.p (id));
             ALTER TABLE {schema}.\"t'x\" ALTER m SET NOT NULL",
            columns.join(", ")
        );
        self.connection.execute(AssertSqlSafe(sql)).await.unwrap();
        for (id, name) in &world.others {
            let sql = format!("INSERT INTO {schema}.p VALUES ($1::int, $2)");
            sqlx::query(AssertSqlSafe(sql)).bind(id).bind(name).execute(&mut self.connection).await.unwrap();
        }
        self.insert(&world.rows).await;
    }

    pub(crate) async fn insert(&mut self, rows: &[super::world::Row]) {
        // Times without a zone are meant in UTC.
        let values: Vec<String> = COLUMNS
            .iter()
            .enumerate()
            .map(|(i, (_, written, _))| match *written {
                "timestamp with time zone" => {
                    format!("CASE WHEN isfinite(c{i}::timestamp) THEN c{i}::timestamp AT TIME ZONE 'UTC' ELSE c{i}::timestamptz END")
                }
                _ => format!("c{i}::{written}"),
            })
            .collect();
        let arrays: Vec<String> = (1..=COLUMNS.len()).map(|i| format!("${i}::text[]")).collect();
        let names: Vec<String> = (0..COLUMNS.len()).map(|i| format!("c{i}")).collect();
        let sql = format!(
            "INSERT INTO \"hostile \"\"s\".\"t'x\" SELECT {} FROM unnest({}) AS u({})",
            values.join(", "),
            arrays.join(", "),
            names.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for i in 0..COLUMNS.len() {
            query = query.bind(rows.iter().map(|row| row[i].clone()).collect::<Vec<_>>());
        }
        query.execute(&mut self.connection).await.unwrap();
    }

    /// Runs all statements, in parts where one fails.
    pub(crate) async fn run(&mut self, plan: &Plan) -> Cells {
        let mut cells = plan.cells();
        let mut waiting: Vec<Statement> = plan.statements().to_vec();
        while let Some(statement) = waiting.pop() {
            match self.one(&statement).await {
                Ok(row) => cells.fill(&statement, row).unwrap(),
                Err(error) => {
                    let parts = statement.split();
                    if parts.is_empty() {
                        cells.fail(&statement, &error.to_string());
                    }
                    waiting.extend(parts);
                }
            }
        }
        cells
    }

    /// The one row that a statement gives; the types of its columns have to be those that are promised.
    pub(crate) async fn one(&mut self, statement: &Statement) -> Result<Vec<Value>, sqlx::Error> {
        let mut tx = self.connection.begin().await?;
        tx.execute("SET TRANSACTION READ ONLY").await?;
        let rows = sqlx::query(AssertSqlSafe(statement.sql())).fetch_all(&mut *tx).await?;
        tx.rollback().await?;
        let [row] = rows.as_slice() else { panic!("{} rows of {}", rows.len(), statement.sql()) };
        let outputs = statement.outputs();
        assert_eq!(row.len(), outputs.len(), "{}", statement.sql());
        Ok(outputs
            .iter()
            .map(|output| match output.is {
                Type::Count => Value::Count(row.try_get::<i64, _>(output.name.as_str()).unwrap()),
                Type::Text => Value::Text(row.try_get::<Option<String>, _>(output.name.as_str()).unwrap()),
            })
            .collect())
    }

    /// The rows of a query as texts.
    pub(crate) async fn texts(&mut self, sql: &str) -> Result<Vec<Option<String>>, sqlx::Error> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.connection).await?;
        rows.iter().map(|row| row.try_get::<Option<String>, _>(0)).collect()
    }
}
