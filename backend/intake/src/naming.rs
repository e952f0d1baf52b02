//! Names of datasets by the naming rules of OpenLineage: a namespace says what and where, a name says which.
//! <https://openlineage.io/docs/spec/naming>

use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of a dataset exactly as a client wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DatasetRef {
    /// What and where: `postgres://db.example.org:5432`, `kafka://broker:9092`, `s3://bucket`, `file`.
    pub namespace: String,
    /// Which, in the namespace: `shop.public.orders`, `orders`, `raw/orders/2026`, `/var/log/app.log`.
    pub name: String,
}

/// What sort of thing a dataset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Rows and columns, in a database.
    Table,
    /// A topic of a log of messages.
    Topic,
    /// A file or a folder.
    Path,
    /// An index of a search engine.
    Index,
    /// A host and port that data is sent to or asked from.
    Endpoint,
    /// A queue or another stream that is no topic.
    Stream,
    /// Not known.
    Unknown,
}

impl Sort {
    /// The word as it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Topic => "topic",
            Self::Path => "path",
            Self::Index => "index",
            Self::Endpoint => "endpoint",
            Self::Stream => "stream",
            Self::Unknown => "unknown",
        }
    }
}

/// What a namespace says about the names in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    /// One word: `postgresql`, `mysql`, `kafka`, `s3`, … `unknown` where the namespace has no scheme that is known.
    pub word: &'static str,
    /// The sort of things in it.
    pub sort: Sort,
    /// Into how many parts a name falls at its points; 1 for names that are one part whatever is in them; 0 where it
    /// is not known.
    pub parts: usize,
    /// The dialect of `sql-lineage` that is spoken there.
    pub dialect: Option<&'static str>,
}

const UNKNOWN: Platform = Platform { word: "unknown", sort: Sort::Unknown, parts: 0, dialect: None };

/// A row of [`PLATFORMS`]: schemes, word, sort, parts, dialect.
type Row = (&'static [&'static str], &'static str, Sort, usize, Option<&'static str>);

/// The schemes of namespaces, by the naming rules and by what clients send beside them.
const PLATFORMS: &[Row] = &[
    (&["postgres", "postgresql"], "postgresql", Sort::Table, 3, Some("postgres")),
    (&["redshift"], "redshift", Sort::Table, 3, Some("redshift")),
    (&["cockroachdb"], "cockroachdb", Sort::Table, 3, Some("postgres")),
    (&["mysql"], "mysql", Sort::Table, 2, Some("mysql")),
    (&["mariadb"], "mariadb", Sort::Table, 2, Some("mysql")),
    (&["oceanbase"], "oceanbase", Sort::Table, 2, Some("mysql")),
    (&["mssql", "sqlserver", "synapse"], "mssql", Sort::Table, 3, Some("mssql")),
    (&["oracle"], "oracle", Sort::Table, 3, Some("oracle")),
    (&["informix"], "informix", Sort::Table, 3, Some("ansi")),
    (&["vitess"], "vitess", Sort::Table, 2, Some("mysql")),
    (&["db2"], "db2", Sort::Table, 3, Some("ansi")),
    (&["teradata"], "teradata", Sort::Table, 2, Some("teradata")),
    (&["vertica"], "vertica", Sort::Table, 3, Some("vertica")),
    (&["bigquery"], "bigquery", Sort::Table, 3, Some("bigquery")),
    (&["snowflake"], "snowflake", Sort::Table, 3, Some("snowflake")),
    (&["databricks", "unitycatalog"], "databricks", Sort::Table, 3, Some("databricks")),
    (&["spanner"], "spanner", Sort::Table, 3, Some("ansi")),
    (&["awsathena"], "athena", Sort::Table, 3, Some("trino")),
    (&["trino"], "trino", Sort::Table, 3, Some("trino")),
    (&["presto"], "presto", Sort::Table, 3, Some("trino")),
    (&["hive", "hive2"], "hive", Sort::Table, 2, Some("hive")),
    (&["iceberg"], "iceberg", Sort::Table, 2, Some("spark")),
    (&["spark"], "spark", Sort::Table, 2, Some("spark")),
    (&["impala"], "impala", Sort::Table, 2, Some("hive")),
    (&["clickhouse"], "clickhouse", Sort::Table, 2, Some("clickhouse")),
    (&["duckdb"], "duckdb", Sort::Table, 3, Some("duckdb")),
    (&["sqlite"], "sqlite", Sort::Table, 2, Some("sqlite")),
    (&["h2"], "h2", Sort::Table, 3, Some("ansi")),
    (&["crate"], "crate", Sort::Table, 3, Some("postgres")),
    (&["cassandra"], "cassandra", Sort::Table, 2, Some("ansi")),
    (&["azurekusto"], "kusto", Sort::Table, 2, None),
    (&["azurecosmos"], "cosmos", Sort::Table, 2, None),
    (&["mongodb", "mongodb+srv"], "mongodb", Sort::Table, 2, None),
    (&["hbase"], "hbase", Sort::Table, 1, None),
    (&["neo4j", "bolt", "neo4j+s", "bolt+s"], "neo4j", Sort::Table, 1, None),
    (&["dynamodb"], "dynamodb", Sort::Table, 1, None),
    (&["redis", "rediss"], "redis", Sort::Stream, 1, None),
    (&["kafka"], "kafka", Sort::Topic, 1, None),
    (&["pulsar"], "pulsar", Sort::Topic, 1, None),
    (&["pubsub"], "pubsub", Sort::Topic, 1, None),
    (&["kinesis"], "kinesis", Sort::Stream, 1, None),
    (&["sqs"], "sqs", Sort::Stream, 1, None),
    (&["jms"], "jms", Sort::Stream, 1, None),
    (&["amqp", "rabbitmq"], "rabbitmq", Sort::Stream, 1, None),
    (&["mqtt"], "mqtt", Sort::Stream, 1, None),
    (&["s3", "s3a", "s3n"], "s3", Sort::Path, 1, None),
    (&["gs", "gcs"], "gcs", Sort::Path, 1, None),
    (&["abfs", "abfss", "wasb", "wasbs", "azblob"], "azure", Sort::Path, 1, None),
    (&["hdfs", "viewfs"], "hdfs", Sort::Path, 1, None),
    (&["dbfs"], "dbfs", Sort::Path, 1, None),
    (&["file"], "file", Sort::Path, 1, None),
    (&["ftp", "sftp"], "ftp", Sort::Path, 1, None),
    (&["elasticsearch"], "elasticsearch", Sort::Index, 1, None),
    (&["opensearch"], "opensearch", Sort::Index, 1, None),
    (&["solr"], "solr", Sort::Index, 1, None),
    (&["splunk"], "splunk", Sort::Index, 1, None),
    (&["http", "https"], "http", Sort::Endpoint, 1, None),
    (&["avro"], "avro", Sort::Endpoint, 1, None),
    (&["thrift"], "thrift", Sort::Endpoint, 1, None),
    (&["tcp"], "tcp", Sort::Endpoint, 1, None),
    (&["udp"], "udp", Sort::Endpoint, 1, None),
    (&["syslog"], "syslog", Sort::Endpoint, 1, None),
    (&["beats"], "beats", Sort::Endpoint, 1, None),
    (&["solace"], "solace", Sort::Stream, 1, None),
];

/// What a namespace says, by its scheme: the part before `:`, or the whole where it has none.
#[must_use]
pub fn platform_of(namespace: &str) -> Platform {
    if namespace.starts_with("arn:aws:glue:") {
        return Platform { word: "glue", sort: Sort::Table, parts: 2, dialect: Some("hive") };
    }
    let rest = namespace.strip_prefix("jdbc:").unwrap_or(namespace);
    let scheme = rest.split(':').next().unwrap_or(rest);
    let found = PLATFORMS.iter().find(|row| row.0.iter().any(|known| known.eq_ignore_ascii_case(scheme)));
    found.map_or(UNKNOWN, |&(_, word, sort, parts, dialect)| Platform { word, sort, parts, dialect })
}

impl DatasetRef {
    /// A name in a namespace.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }

    /// A name from its parts. A part with a point in it is quoted, so that [`Self::path`] gives the parts again.
    pub fn of_parts<P: AsRef<str>>(namespace: impl Into<String>, parts: &[P]) -> Self {
        let quoted: Vec<String> = parts.iter().map(|part| quote(part.as_ref())).collect();
        Self::new(namespace, quoted.join("."))
    }

    /// What the namespace says about the name.
    #[must_use]
    pub fn platform(&self) -> Platform {
        platform_of(&self.namespace)
    }

    /// What sort of thing it is, by the namespace.
    #[must_use]
    pub fn sort(&self) -> Sort {
        self.platform().sort
    }

    /// The parts of the name by the rules of its namespace: database, schema and table of a `postgres://`, one part of a
    /// `kafka://` or `s3://`. Never empty. A name with more points than its platform has levels keeps the rest in
    /// the last part (in the first for BigQuery, whose projects may hold points).
    #[must_use]
    pub fn path(&self) -> Vec<String> {
        let platform = self.platform();
        match (platform.word, platform.parts) {
            ("glue", _) => slashed(&self.name, "table/"),
            ("cosmos", _) => slashed(&self.name, "colls/"),
            ("kusto", _) => slashed(&self.name, ""),
            ("bigquery", most) => fold_first(split(&self.name), most),
            (_, 1) => vec![self.name.clone()],
            (_, 0) => split(&self.name),
            (_, most) => fold_last(split(&self.name), most),
        }
    }

    /// Whether the name stands for several things: it holds a `*`.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.name.contains('*')
    }
}

impl fmt::Display for DatasetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.namespace, self.name)
    }
}

fn quote(part: &str) -> String {
    if part.contains(['.', '"']) { format!("\"{}\"", part.replace('"', "\"\"")) } else { part.to_owned() }
}

fn slashed(name: &str, prefix: &str) -> Vec<String> {
    name.strip_prefix(prefix).unwrap_or(name).split('/').map(str::to_owned).collect()
}

/// Splits at points outside of quotes (`"…"`, `` `…` ``, `[…]`), and takes the quotes away.
fn split(name: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut rest = name.chars().peekable();
    let mut at_start = true;
    while let Some(c) = rest.next() {
        match (c, at_start) {
            ('.', _) => {
                parts.push(std::mem::take(&mut part));
                at_start = true;
                continue;
            }
            ('"' | '`' | '[', true) => {
                let close = if c == '[' { ']' } else { c };
                while let Some(inner) = rest.next() {
                    if inner != close {
                        part.push(inner);
                    } else if rest.peek() == Some(&close) {
                        rest.next();
                        part.push(close);
                    } else {
                        break;
                    }
                }
            }
            _ => part.push(c),
        }
        at_start = false;
    }
    parts.push(part);
    parts
}

fn fold_last(mut parts: Vec<String>, most: usize) -> Vec<String> {
    if parts.len() > most {
        let rest = parts.split_off(most - 1);
        parts.push(rest.join("."));
    }
    parts
}

fn fold_first(mut parts: Vec<String>, most: usize) -> Vec<String> {
    if parts.len() > most {
        let rest = parts.split_off(parts.len() + 1 - most);
        let mut folded = vec![parts.join(".")];
        folded.extend(rest);
        return folded;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(namespace: &str, name: &str) -> Vec<String> {
        DatasetRef::new(namespace, name).path()
    }

    #[test]
    fn each_platform_has_its_levels() {
        for (namespace, name, parts) in [
            ("postgres://h:5432", "db.s.t", vec!["db", "s", "t"]),
            ("mysql://h:3306", "db.t", vec!["db", "t"]),
            ("mysql://h:3306", "db.t.with.points", vec!["db", "t.with.points"]),
            ("bigquery", "p.d.t", vec!["p", "d", "t"]),
            ("bigquery", "example.com:p.d.t", vec!["example.com:p", "d", "t"]),
            ("snowflake://o-a", "DB.S.\"a.b\"", vec!["DB", "S", "a.b"]),
            ("kafka://b:9092", "server.public.t", vec!["server.public.t"]),
            ("s3://bucket", "raw/a.b/c", vec!["raw/a.b/c"]),
            ("file", "/var/log/a.log", vec!["/var/log/a.log"]),
            ("food_delivery", "public.customers", vec!["public", "customers"]),
            ("arn:aws:glue:us-east-1:1", "table/db/t", vec!["db", "t"]),
            ("jdbc:postgresql://h:5432", "db.s.t", vec!["db", "s", "t"]),
        ] {
            assert_eq!(path(namespace, name), parts, "{namespace} {name}");
        }
    }

    #[test]
    fn parts_come_back_as_they_were() {
        for parts in [["db", "a.b", "t"], ["d\"b", "s", "x"], ["数据", "公共", "订单"]] {
            assert_eq!(DatasetRef::of_parts("postgres://h:1", &parts).path(), parts);
        }
    }

    #[test]
    fn strange_names_are_no_reason_to_stop() {
        for name in ["", ".", "..", "\"", "[", "a.\"b", "\"\"\"", "`a``b`.c"] {
            assert!(!path("postgres://h:1", name).is_empty(), "{name}");
        }
    }

    #[test]
    fn the_scheme_tells_the_platform() {
        assert_eq!(platform_of("postgres://h:1").word, "postgresql");
        assert_eq!(platform_of("S3://b").word, "s3");
        assert_eq!(platform_of("file").sort, Sort::Path);
        assert_eq!(platform_of("my-namespace"), UNKNOWN);
    }
}
