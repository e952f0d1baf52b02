//! The dialects: their names, how each folds identifiers, and what each allows that changes what a name means.
//! The grammar is sqlparser's; what it lacks is in [`crate::prepass`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sqlparser::dialect as grammar;

/// An SQL dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// No dialect in particular: the most tolerant grammar, names kept as written.
    #[default]
    Ansi,
    /// PostgreSQL, and what speaks like it (Greenplum, Materialize, Vertica's queries).
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// Apache Hive.
    Hive,
    /// Spark SQL and Databricks.
    Spark,
    /// Databricks: Spark's grammar, with catalogs before databases.
    Databricks,
    /// Apache Flink SQL.
    Flink,
    /// ClickHouse.
    ClickHouse,
    /// Google BigQuery.
    BigQuery,
    /// Snowflake.
    Snowflake,
    /// Amazon Redshift.
    Redshift,
    /// DuckDB.
    DuckDb,
    /// Trino, Presto, Amazon Athena.
    Trino,
    /// Microsoft SQL Server.
    MsSql,
    /// Oracle.
    Oracle,
    /// SQLite.
    Sqlite,
    /// Teradata.
    Teradata,
    /// Vertica.
    Vertica,
}

/// What an identifier without quotes becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folding {
    /// Stays as written.
    Keep,
    /// Lower case, unless quoted.
    Lower,
    /// Lower case, quoted or not.
    AlwaysLower,
    /// Upper case, unless quoted.
    Upper,
}

/// What `USE x` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UseMeans {
    /// The catalog: schema names stand under it.
    Catalog,
    /// The schema (a MySQL or Hive database is one).
    Schema,
}

/// A name that no dialect has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no dialect is called {0:?}; known are {known}", known = Dialect::NAMES.join(", "))]
pub struct UnknownDialect(pub String);

impl Dialect {
    /// The names that [`Dialect::from_str`] takes first; it knows some synonyms besides (presto, athena, mariadb, tsql …).
    pub const NAMES: [&'static str; 18] = [
        "ansi",
        "postgres",
        "mysql",
        "hive",
        "spark",
        "databricks",
        "flink",
        "clickhouse",
        "bigquery",
        "snowflake",
        "redshift",
        "duckdb",
        "trino",
        "mssql",
        "oracle",
        "sqlite",
        "teradata",
        "vertica",
    ];

    /// The dialect's own name, as in [`Dialect::NAMES`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Ansi => "ansi",
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
            Self::Hive => "hive",
            Self::Spark => "spark",
            Self::Databricks => "databricks",
            Self::Flink => "flink",
            Self::ClickHouse => "clickhouse",
            Self::BigQuery => "bigquery",
            Self::Snowflake => "snowflake",
            Self::Redshift => "redshift",
            Self::DuckDb => "duckdb",
            Self::Trino => "trino",
            Self::MsSql => "mssql",
            Self::Oracle => "oracle",
            Self::Sqlite => "sqlite",
            Self::Teradata => "teradata",
            Self::Vertica => "vertica",
        }
    }

    /// sqlparser's grammar for the dialect. Where it has none, the generic one is the nearest.
    pub(crate) fn grammar(self) -> &'static dyn grammar::Dialect {
        match self {
            Self::Ansi | Self::Flink | Self::Trino => &grammar::GenericDialect {},
            Self::Postgres | Self::Vertica => &grammar::PostgreSqlDialect {},
            Self::MySql => &grammar::MySqlDialect {},
            Self::Hive => &grammar::HiveDialect {},
            Self::Spark => &grammar::SparkSqlDialect {},
            Self::Databricks => &grammar::DatabricksDialect {},
            Self::ClickHouse => &grammar::ClickHouseDialect {},
            Self::BigQuery => &grammar::BigQueryDialect {},
            Self::Snowflake => &grammar::SnowflakeDialect {},
            Self::Redshift => &grammar::RedshiftSqlDialect {},
            Self::DuckDb => &grammar::DuckDbDialect {},
            Self::MsSql => &grammar::MsSqlDialect {},
            Self::Oracle => &grammar::OracleDialect {},
            Self::Sqlite => &grammar::SQLiteDialect {},
            Self::Teradata => &grammar::TeradataDialect {},
        }
    }

    pub(crate) fn folding(self) -> Folding {
        match self {
            Self::Postgres | Self::Redshift => Folding::Lower,
            Self::Hive | Self::Trino => Folding::AlwaysLower,
            Self::Snowflake | Self::Oracle => Folding::Upper,
            _ => Folding::Keep,
        }
    }

    /// What `USE x` sets.
    pub(crate) fn use_means(self) -> UseMeans {
        match self {
            Self::MySql
            | Self::Hive
            | Self::Spark
            | Self::Databricks
            | Self::Flink
            | Self::ClickHouse
            | Self::Trino
            | Self::Teradata => UseMeans::Schema,
            _ => UseMeans::Catalog,
        }
    }

    /// Whether a select item may use the alias of an item before it.
    pub(crate) fn has_lateral_aliases(self) -> bool {
        matches!(
            self,
            Self::Redshift
                | Self::Snowflake
                | Self::Spark
                | Self::Databricks
                | Self::DuckDb
                | Self::ClickHouse
                | Self::Teradata
        )
    }

    /// Whether one quoted identifier may hold a whole path: `` `project.dataset.table` ``.
    pub(crate) fn splits_quoted_paths(self) -> bool {
        self == Self::BigQuery
    }

    /// Whether statements may follow each other without a semicolon.
    pub(crate) fn semicolons_are_optional(self) -> bool {
        self == Self::MsSql
    }

    pub(crate) fn is_spark(self) -> bool {
        matches!(self, Self::Spark | Self::Databricks)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "ansi" | "generic" | "sql" | "non-validating" | "db2" | "dremio" | "exasol" | "" => Self::Ansi,
            "postgres" | "postgresql" | "greenplum" | "materialize" | "cockroachdb" => Self::Postgres,
            "mysql" | "mariadb" | "doris" | "starrocks" | "tidb" => Self::MySql,
            "hive" | "impala" => Self::Hive,
            "spark" | "sparksql" | "spark3" | "spark2" => Self::Spark,
            "databricks" => Self::Databricks,
            "flink" | "flinksql" => Self::Flink,
            "clickhouse" => Self::ClickHouse,
            "bigquery" => Self::BigQuery,
            "snowflake" => Self::Snowflake,
            "redshift" => Self::Redshift,
            "duckdb" => Self::DuckDb,
            "trino" | "presto" | "athena" => Self::Trino,
            "mssql" | "tsql" | "t-sql" | "sqlserver" | "fabric" => Self::MsSql,
            "oracle" => Self::Oracle,
            "sqlite" => Self::Sqlite,
            "teradata" => Self::Teradata,
            "vertica" => Self::Vertica,
            _ => return Err(UnknownDialect(name.to_owned())),
        })
    }
}
