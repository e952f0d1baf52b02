//! Addresses as settings write them, in the names of OpenLineage. User names and passwords never come along.

use crate::naming::DatasetRef;
use crate::secrets::scrub;

/// The first of several addresses, without scheme, user and path: `host:port`.
#[must_use]
pub(crate) fn first_host(list: &str) -> Option<String> {
    let mut hosts = list.split([',', ';']).map(str::trim).filter(|host| !host.is_empty());
    let first = hosts.next()?;
    let bare = first.split_once("://").map_or(first, |(_, rest)| rest);
    let bare = bare.rsplit_once('@').map_or(bare, |(_, rest)| rest);
    let host = if bare.starts_with("${") { bare } else { bare.split(['/', '?']).next().unwrap_or(bare) };
    (!host.is_empty()).then(|| scrub(host))
}

/// The namespace of a broker's topics: `kafka://` and the first of the brokers. `kafka` where none is known.
#[must_use]
pub(crate) fn kafka(brokers: Option<&str>) -> String {
    brokers.and_then(first_host).map_or_else(|| "kafka".to_owned(), |host| format!("kafka://{host}"))
}

/// A namespace of a scheme at the first of several hosts, with the port that is usual where none is written.
#[must_use]
pub(crate) fn at(scheme: &str, hosts: &str, port: u16) -> String {
    let Some(host) = first_host(hosts) else { return scheme.to_owned() };
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && !port.contains(']'));
    if has_port || host.contains("${") || port == 0 {
        format!("{scheme}://{host}")
    } else {
        format!("{scheme}://{host}:{port}")
    }
}

/// A host and port that data is sent to: the namespace is the protocol, the name the address.
#[must_use]
pub(crate) fn endpoint(protocol: &str, host: &str, port: &str) -> DatasetRef {
    let host = host.trim();
    let name = if port.trim().is_empty() { host.to_owned() } else { format!("{host}:{}", port.trim()) };
    DatasetRef::new(protocol, scrub(&name))
}

/// An address of the web: the namespace is `http`, the name host and path.
#[must_use]
pub(crate) fn web(url: &str) -> Option<DatasetRef> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let host = rest.split('/').next().unwrap_or(rest);
    let path = rest.get(host.len()..).unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    (!host.is_empty()).then(|| DatasetRef::new("http", scrub(&format!("{host}{path}"))))
}

/// A path or the URI of one: `hdfs://nn:8020/a/b`, `s3a://bucket/key`, `file:/x`, `/x`. `bare` is the namespace of paths without scheme.
#[must_use]
pub(crate) fn path(written: &str, bare: &str) -> DatasetRef {
    let written = written.trim();
    let (scheme, rest) = match written.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => match written.strip_prefix("file:") {
            Some(rest) => return DatasetRef::new("file", scrub(rest)),
            None => return DatasetRef::new(bare, scrub(written)),
        },
    };
    let (host, inner) = rest.split_once('/').unwrap_or((rest, ""));
    // the container of Azure stands before the @, a password of anything else would
    let azure = matches!(scheme.as_str(), "abfs" | "abfss" | "wasb" | "wasbs");
    let host = if azure { host } else { host.rsplit_once('@').map_or(host, |(_, host)| host) };
    let inner = scrub(inner);
    match scheme.as_str() {
        "file" if host.is_empty() => DatasetRef::new("file", format!("/{inner}")),
        "s3a" | "s3n" | "s3" => DatasetRef::new(format!("s3://{host}"), inner),
        "gcs" | "gs" => DatasetRef::new(format!("gs://{host}"), inner),
        _ if host.is_empty() => DatasetRef::new(scheme, format!("/{inner}")),
        "hdfs" | "viewfs" => DatasetRef::new(format!("{scheme}://{host}"), format!("/{inner}")),
        _ => DatasetRef::new(format!("{scheme}://{host}"), inner),
    }
}

/// What an address of JDBC says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Jdbc {
    /// The namespace of its datasets.
    pub(crate) namespace: String,
    /// The database, where it is written.
    pub(crate) database: Option<String>,
    /// The schema of unqualified names, where it is known.
    pub(crate) schema: Option<String>,
}

/// JDBC's word, ours, and the port that is usual.
const DRIVERS: &[(&str, &str, u16)] = &[
    ("postgresql", "postgres", 5432),
    ("mysql", "mysql", 3306),
    ("mariadb", "mariadb", 3306),
    ("sqlserver", "mssql", 1433),
    ("jtds:sqlserver", "mssql", 1433),
    ("oracle:thin", "oracle", 1521),
    ("oracle:oci", "oracle", 1521),
    ("db2", "db2", 50000),
    ("redshift", "redshift", 5439),
    ("snowflake", "snowflake", 0),
    ("clickhouse", "clickhouse", 8123),
    ("ch", "clickhouse", 8123),
    ("hive2", "hive", 10000),
    ("trino", "trino", 8080),
    ("presto", "presto", 8080),
    ("vertica", "vertica", 5433),
    ("teradata", "teradata", 1025),
    ("sqlite", "sqlite", 0),
    ("h2", "h2", 0),
];

/// Reads an address of JDBC; `None` where it is none, or its driver is not known.
#[must_use]
pub(crate) fn jdbc(url: &str) -> Option<Jdbc> {
    let rest = url.trim().strip_prefix("jdbc:")?;
    let driver =
        |(word, ..): &&(&str, &str, u16)| rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(':'));
    let (word, scheme, port) = DRIVERS.iter().find(driver)?;
    let address = rest.get(word.len() + 1..)?;
    let params = parameters(address);
    let param = |names: &[&str]| {
        let mut found =
            params.iter().filter(|(name, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
        found.next().map(|(_, value)| value.clone())
    };
    let address = address.split(['?', ';', '&']).next().unwrap_or(address);
    let (hosts, written) = match *scheme {
        "oracle" => oracle(address),
        "sqlite" | "h2" => {
            return Some(Jdbc {
                namespace: (*scheme).to_owned(),
                database: Some(scrub(address)),
                schema: None,
            });
        }
        _ => {
            let bare = address.trim_start_matches('/');
            bare.split_once('/').map_or((bare, None), |(hosts, path)| (hosts, path.split('/').next()))
        }
    };
    let database = param(&["databaseName", "database", "db"])
        .or_else(|| written.map(str::to_owned))
        .filter(|name| !name.is_empty());
    let schema = param(&["currentSchema", "schema"]).or_else(|| match *scheme {
        "postgres" | "redshift" => Some("public".to_owned()),
        "mssql" => Some("dbo".to_owned()),
        _ => None,
    });
    let namespace = if hosts.is_empty() { (*scheme).to_owned() } else { at(scheme, hosts, *port) };
    Some(Jdbc { namespace, database: database.map(|name| scrub(&name)), schema })
}

fn parameters(address: &str) -> Vec<(String, String)> {
    let tail = address.find(['?', ';']).and_then(|start| address.get(start + 1..)).unwrap_or_default();
    let pairs = tail.split(['&', ';']).filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// `user/password@//host:port/service`, `@host:port:sid`, `@host:port/service`, `@(DESCRIPTION=…)`
fn oracle(address: &str) -> (&str, Option<&str>) {
    let bare = address.rsplit_once('@').map_or(address, |(_, rest)| rest).trim_start_matches('/');
    if bare.starts_with('(') {
        return ("", None);
    }
    if let Some((host, service)) = bare.split_once('/') {
        return (host, Some(service));
    }
    match bare.match_indices(':').nth(1) {
        Some((second, _)) => (&bare[..second], bare.get(second + 1..)),
        None => (bare, None),
    }
}

impl Jdbc {
    /// A table as it is written: unqualified, or with schema or database before it.
    #[must_use]
    pub(crate) fn table(&self, written: &str) -> DatasetRef {
        let plain = DatasetRef::new(self.namespace.as_str(), scrub(written));
        let levels = plain.platform().parts;
        let written = plain.path();
        let mut parts: Vec<String> = Vec::new();
        if levels > written.len() {
            parts.extend(self.database.clone());
        }
        if levels > written.len() + 1 {
            parts.extend(self.schema.clone());
        }
        parts.extend(written);
        DatasetRef::of_parts(self.namespace.as_str(), &parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_jdbc_are_read() {
        for (url, table, namespace, name) in [
            ("jdbc:postgresql://h/d?user=u&password=p", "t", "postgres://h:5432", "d.public.t"),
            ("jdbc:postgresql://h:1/d?currentSchema=s", "t", "postgres://h:1", "d.s.t"),
            ("jdbc:postgresql://h:1/d", "s.t", "postgres://h:1", "d.s.t"),
            ("jdbc:postgresql://h:1/d", "x.s.t", "postgres://h:1", "x.s.t"),
            ("jdbc:mysql://u:p@h:3306/d", "t", "mysql://h:3306", "d.t"),
            ("jdbc:sqlserver://h:1433;databaseName=d;password=p", "t", "mssql://h:1433", "d.dbo.t"),
            ("jdbc:oracle:thin:u/p@h:1521:x", "S.T", "oracle://h:1521", "x.S.T"),
            ("jdbc:oracle:thin:@//h:1521/svc", "S.T", "oracle://h:1521", "svc.S.T"),
            ("jdbc:sqlite:/tmp/a", "t", "sqlite", "/tmp/a.t"),
            ("jdbc:postgresql://a:1,b:2/d", "t", "postgres://a:1", "d.public.t"),
        ] {
            let at = jdbc(url).map(|jdbc| jdbc.table(table));
            assert_eq!(at, Some(DatasetRef::new(namespace, name)), "{url}");
        }
        assert_eq!(jdbc("jdbc:nobody://h"), None);
        assert_eq!(jdbc("http://h"), None);
    }

    #[test]
    fn paths_are_read() {
        for (written, namespace, name) in [
            ("hdfs://nn:8020/a/%Y", "hdfs://nn:8020", "/a/%Y"),
            ("hdfs:///a", "hdfs", "/a"),
            ("s3a://b/k/x", "s3://b", "k/x"),
            ("s3a://key:secret@b/k", "s3://b", "k"),
            ("abfss://c@a.dfs.core.windows.net/x", "abfss://c@a.dfs.core.windows.net", "x"),
            ("file:///x/y", "file", "/x/y"),
            ("file:/x", "file", "/x"),
            ("/x/y", "file", "/x/y"),
        ] {
            assert_eq!(path(written, "file"), DatasetRef::new(namespace, name), "{written}");
        }
    }

    #[test]
    fn hosts_are_read() {
        assert_eq!(kafka(Some("PLAINTEXT://a:9092, b:9092")), "kafka://a:9092");
        assert_eq!(kafka(Some("${env:BROKERS}")), "kafka://${env:BROKERS}");
        assert_eq!(kafka(None), "kafka");
        assert_eq!(at("elasticsearch", "http://u:p@h", 9200), "elasticsearch://h:9200");
        assert_eq!(web("https://u:p@h/a?token=1").map(|at| at.name), Some("h/a".into()));
    }
}
