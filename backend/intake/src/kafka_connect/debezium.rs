//! Debezium's sources: which tables become which topics.

use super::config::Config;
use super::transforms::Transforms;
use super::{Flow, names};
use crate::address;
use crate::naming::DatasetRef;
use crate::notice::Remark;
use crate::secrets::scrub;

/// A database that Debezium reads.
struct Database {
    /// The scheme of the namespace.
    scheme: &'static str,
    port: u16,
    /// The levels of a name in its lists: schema and table, or database and table.
    levels: usize,
    /// Whether a list's outer level is a schema in one database, or the database itself.
    has_schemas: bool,
}

const fn with_schemas(scheme: &'static str, port: u16) -> Database {
    Database { scheme, port, levels: 2, has_schemas: true }
}

const fn without_schemas(scheme: &'static str, port: u16) -> Database {
    Database { scheme, port, levels: 2, has_schemas: false }
}

fn database(class: &str) -> Option<Database> {
    Some(match class {
        "postgresconnector" => with_schemas("postgres", 5432),
        "sqlserverconnector" => with_schemas("mssql", 1433),
        "oracleconnector" => with_schemas("oracle", 1521),
        "db2connector" | "db2asconnector" => with_schemas("db2", 50000),
        "informixconnector" => with_schemas("informix", 9088),
        "mysqlconnector" => without_schemas("mysql", 3306),
        "mariadbconnector" => without_schemas("mariadb", 3306),
        "mongodbconnector" => without_schemas("mongodb", 27017),
        "cassandra4connector" | "cassandraconnector" => without_schemas("cassandra", 9042),
        "vitessconnector" => without_schemas("vitess", 15991),
        _ => return None,
    })
}

const TABLES: &[&str] =
    &["table.include.list", "collection.include.list", "table.whitelist", "collection.whitelist"];
const SCHEMAS: &[&str] = &["schema.include.list", "schema.whitelist"];
const DATABASES: &[&str] = &["database.include.list", "database.whitelist"];

/// What a source of Debezium does; `None` where the class is none of its sources.
pub(super) fn read(config: &Config, class: &str, topics: &str) -> Option<Flow> {
    if !config.get("connector.class").starts_with("io.debezium.") {
        return None;
    }
    let database = database(class)?;
    let mut flow = Flow::default();
    let prefix = config.first(&["topic.prefix", "database.server.name", "mongodb.name"]);
    if prefix.is_none() {
        flow.say("topic.prefix", Remark::Missing);
    }
    let prefix = prefix.unwrap_or_else(|| "*".to_owned());
    let namespace = namespace(config, &database);
    let transforms = Transforms::of(config);
    flow.remarks.extend(transforms.remarks.iter().cloned());
    for (parts, in_topic) in captured(config, &database, &mut flow) {
        let from = DatasetRef::of_parts(namespace.as_str(), &parts);
        let topic = names::topic(&format!("{prefix}.{}", in_topic.join(".")));
        flow.way(from, DatasetRef::new(topics, scrub(&transforms.name(&topic))));
    }
    Some(flow)
}

fn namespace(config: &Config, database: &Database) -> String {
    let host = config.first(&["database.hostname", "cassandra.hosts", "vitess.vtgate.host"]);
    if let Some(host) = host {
        let port =
            config.text_of("database.port").and_then(|port| port.parse().ok()).unwrap_or(database.port);
        return address::at(database.scheme, &host, port);
    }
    if let Some(jdbc) = config.text_of("database.url").as_deref().and_then(address::jdbc) {
        return jdbc.namespace;
    }
    let hosts = config.first(&["mongodb.connection.string", "mongodb.hosts"]).unwrap_or_default();
    // `rs0/host:port` of older versions
    let plain =
        if hosts.contains("://") { hosts.as_str() } else { hosts.rsplit('/').next().unwrap_or_default() };
    address::at(database.scheme, plain, database.port)
}

/// The tables that are captured: the parts of the dataset's name, and those of the topic's after the prefix.
fn captured(config: &Config, database: &Database, flow: &mut Flow) -> Vec<(Vec<String>, Vec<String>)> {
    let outer_key = config.key_of(if database.has_schemas { SCHEMAS } else { DATABASES });
    let outer: Vec<String> = config.list(outer_key).iter().flat_map(|item| names::globs(item)).collect();
    let named = config.first_list(TABLES);
    let tables: Vec<String> = named.iter().flat_map(|item| names::globs(item)).collect();
    let mut found = Vec::new();
    let mut add = |parts: Vec<String>| {
        for pair in placed(config, database, parts) {
            if !found.contains(&pair) && found.len() < 2_000 {
                found.push(pair);
            }
        }
    };
    for table in &tables {
        if table.contains('.') {
            add(table.split('.').map(str::to_owned).collect());
            continue;
        }
        // a pattern that covers the outer level as well
        let any = ["*".to_owned()];
        let within = if outer.is_empty() { &any[..] } else { &outer };
        within.iter().for_each(|outer| add(vec![outer.clone(), table.clone()]));
    }
    if tables.is_empty() {
        let any = ["*".to_owned()];
        let all = if outer.is_empty() { &any[..] } else { &outer };
        all.iter().for_each(|outer| add(vec![outer.clone(), "*".to_owned()]));
    }
    if found.iter().any(|(parts, _)| parts.iter().any(|part| part.contains('*'))) {
        let key = if tables.is_empty() { outer_key } else { config.key_of(TABLES) };
        flow.say_pattern(key);
    }
    found
}

/// The parts of a list's entry, placed in the database that they are of.
fn placed(config: &Config, database: &Database, mut parts: Vec<String>) -> Vec<(Vec<String>, Vec<String>)> {
    if !database.has_schemas {
        let table = parts.split_off(1).join(".");
        parts.push(table);
        return vec![(parts.clone(), parts)];
    }
    // SQL Server of several databases has the database in its lists and in its topics
    let several = config.list("database.names");
    let in_topic = |parts: &[String], db: &str| {
        let outer = (!several.is_empty()).then(|| db.to_owned());
        outer.into_iter().chain(parts.iter().cloned()).collect::<Vec<_>>()
    };
    let one = config.first(&["database.pdb.name", "database.dbname"]);
    let databases = if several.is_empty() { one.into_iter().collect() } else { several.clone() };
    let known = parts.len() > database.levels
        && databases.iter().any(|db| db.eq_ignore_ascii_case(&parts[0]) || parts[0] == "*");
    let own = known.then(|| parts.remove(0)).filter(|db| db != "*");
    let table = parts.split_off(1).join(".");
    parts.push(table);
    let databases = own.map_or(databases, |db| vec![db]);
    if databases.is_empty() {
        return vec![(parts.clone(), parts)];
    }
    let place = |db: &String| {
        let whole: Vec<String> = std::iter::once(db.clone()).chain(parts.iter().cloned()).collect();
        (whole, in_topic(&parts, db))
    };
    databases.iter().map(place).collect()
}
