//! Sinks: which topic goes where. And what is known of a connector whose class is not: its topics.

use super::config::Config;
use super::transforms::Transforms;
use super::{Flow, names};
use crate::address;
use crate::naming::DatasetRef;
use crate::notice::Remark;
use crate::secrets::scrub;

/// Where a topic goes, by the name that its records have after the transforms.
type Target<'a> = Box<dyn Fn(&str) -> Option<DatasetRef> + 'a>;

/// What a sink does, or a connector that is not known.
pub(super) fn read(config: &Config, class: &str, topics: &str) -> Flow {
    let transforms = Transforms::of(config);
    let mut flow = Flow { remarks: transforms.remarks.clone(), ..Flow::default() };
    let Some(target) = target(config, class) else {
        unknown(config, class, topics, &transforms, &mut flow);
        return flow;
    };
    let listed = listed(config, &mut flow);
    let mut told = true;
    for topic in &listed {
        let to = target(&transforms.name(topic));
        told &= to.is_some();
        flow.way(DatasetRef::new(topics, scrub(topic)), to);
    }
    if !told && class != "filestreamsinkconnector" {
        flow.say("connector.class", Remark::NotUnderstood);
    }
    flow
}

/// The topics that a sink reads.
fn listed(config: &Config, flow: &mut Flow) -> Vec<String> {
    let mut listed = config.list("topics");
    listed.extend(config.list("topic").into_iter().filter(|_| config.text_of("topics").is_none()));
    if let (true, Some(pattern)) = (listed.is_empty(), config.text_of("topics.regex")) {
        flow.say_pattern("topics.regex");
        return names::globs(&pattern);
    }
    if listed.is_empty() {
        flow.say("topics", Remark::Missing);
    }
    listed
}

/// A connector of an unknown class: its topics are known, its other end is not.
fn unknown(config: &Config, class: &str, topics: &str, transforms: &Transforms, flow: &mut Flow) {
    let word: String = config.get("connector.class").chars().take(200).collect();
    flow.say("connector.class", Remark::UnknownType { word });
    let is_source = class.contains("source") && !class.contains("sink");
    let reads =
        !is_source && (config.text_of("topics").is_some() || config.text_of("topics.regex").is_some());
    if reads || class.contains("sink") {
        for topic in listed(config, flow) {
            flow.way(DatasetRef::new(topics, scrub(&topic)), None);
        }
        return;
    }
    for topic in config.first_list(&["kafka.topic", "topic", "topics", "kafka.topics", "topic.name"]) {
        flow.way(None, DatasetRef::new(topics, scrub(&transforms.name(&topic))));
    }
}

fn target<'a>(config: &'a Config, class: &str) -> Option<Target<'a>> {
    let get = |key: &str| config.get(key);
    Some(match class {
        "jdbcsinkconnector" => jdbc(config),
        "elasticsearchsinkconnector" | "opensearchsinkconnector" => {
            let scheme = if class.starts_with("open") { "opensearch" } else { "elasticsearch" };
            let namespace = address::at(scheme, &get("connection.url"), 9200);
            let mapped = mapping(&get("topic.index.map"));
            Box::new(move |topic| {
                let index = mapped.iter().find(|(from, _)| from == topic).map(|(_, to)| to.clone());
                Some(DatasetRef::new(
                    namespace.as_str(),
                    scrub(&index.unwrap_or_else(|| topic.to_lowercase())),
                ))
            })
        }
        "s3sinkconnector" | "awss3sinkconnector" => {
            let bucket = config.first(&["s3.bucket.name", "aws.s3.bucket.name", "aws.s3.bucket"]);
            foldered(config, bucket.map(|bucket| format!("s3://{bucket}")))
        }
        "gcssinkconnector" => {
            foldered(config, config.text_of("gcs.bucket.name").map(|bucket| format!("gs://{bucket}")))
        }
        "azureblobstoragesinkconnector" => {
            let (container, account) = (get("azblob.container.name"), get("azblob.account.name"));
            let named = !container.is_empty() && !account.is_empty();
            foldered(config, named.then(|| format!("wasbs://{container}@{account}.blob.core.windows.net")))
        }
        "hdfssinkconnector" | "hdfs3sinkconnector" | "hdfs2sinkconnector" => {
            let url = config.first(&["hdfs.url", "store.url"]);
            let folder = config.text_of("topics.dir").unwrap_or_else(|| "topics".to_owned());
            Box::new(move |topic| {
                let url = url.as_ref()?.trim_end_matches('/');
                Some(address::path(&format!("{url}/{}/{topic}", folder.trim_matches('/')), "hdfs"))
            })
        }
        "filestreamsinkconnector" => {
            Box::new(|_| config.text_of("file").map(|file| address::path(&file, "file")))
        }
        "mongosinkconnector" | "mongodbsinkconnector" => {
            let namespace = address::at(
                "mongodb",
                &config.first(&["connection.uri", "mongodb.connection.string"]).unwrap_or_default(),
                27017,
            );
            Box::new(move |topic| {
                let key =
                    |name: &str| config.first(&[format!("topic.override.{topic}.{name}").as_str(), name]);
                let database = key("database").or_else(|| config.text_of("sink.database"))?;
                let collection = key("collection").unwrap_or_else(|| topic.to_owned());
                Some(DatasetRef::of_parts(namespace.as_str(), &[scrub(&database), scrub(&collection)]))
            })
        }
        "neo4jsinkconnector" | "neo4jconnector" => {
            let namespace = address::at("neo4j", &config.first(&["neo4j.uri", "neo4j.server.uri"])?, 7687);
            let database = config.text_of("neo4j.database").unwrap_or_else(|| "neo4j".to_owned());
            Box::new(move |_| Some(DatasetRef::new(namespace.as_str(), scrub(&database))))
        }
        "bigquerysinkconnector" => bigquery(config),
        "snowflakesinkconnector" | "snowflakestreamingsinkconnector" => snowflake(config),
        "cassandrasinkconnector" => cassandra(config),
        "clickhousesinkconnector" => {
            let namespace = address::at("clickhouse", &get("hostname"), get("port").parse().unwrap_or(8443));
            let database = config.text_of("database").unwrap_or_else(|| "default".to_owned());
            let mapped = mapping(&get("topic2TableMap"));
            Box::new(move |topic| {
                let table = mapped.iter().find(|(from, _)| from == topic).map_or(topic, |(_, to)| to);
                Some(DatasetRef::of_parts(namespace.as_str(), &[database.as_str(), table]))
            })
        }
        "redissinkconnector" => {
            let namespace =
                address::at("redis", &config.first(&["redis.uri", "redis.hosts"]).unwrap_or_default(), 6379);
            Box::new(move |topic| Some(DatasetRef::new(namespace.as_str(), topic)))
        }
        "httpsinkconnector" => Box::new(|topic| {
            let url = config.first(&["http.api.url", "http.url", "http.api.base.url"])?;
            address::web(&url.replace("${topic}", topic))
        }),
        "splunksinkconnector" => {
            let namespace = address::at("splunk", &get("splunk.hec.uri"), 0);
            let indexes = get("splunk.indexes");
            Box::new(move |_| {
                Some(DatasetRef::new(
                    namespace.as_str(),
                    if indexes.is_empty() { "main" } else { indexes.as_str() },
                ))
            })
        }
        "jmssinkconnector" | "activemqsinkconnector" | "ibmmqsinkconnector" | "solacesinkconnector" => {
            let scheme = if class.starts_with("solace") { "solace" } else { "jms" };
            let host =
                config.first(&["solace.host", "activemq.url", "mq.hostname", "java.naming.provider.url"]);
            let namespace = address::at(scheme, &host.unwrap_or_default(), 0);
            Box::new(move |_| {
                Some(DatasetRef::new(namespace.as_str(), scrub(&config.text_of("jms.destination.name")?)))
            })
        }
        "icebergsinkconnector" => {
            let namespace =
                address::at("iceberg", &config.first(&["iceberg.catalog.uri"]).unwrap_or_default(), 0);
            let tables = config.list("iceberg.tables");
            let one = (tables.len() == 1).then(|| tables.concat());
            Box::new(move |_| one.as_ref().map(|table| DatasetRef::new(namespace.as_str(), table.as_str())))
        }
        _ => return None,
    })
}

fn jdbc(config: &Config) -> Target<'_> {
    let url = address::jdbc(&config.get("connection.url"));
    let debezium = config.get("connector.class").starts_with("io.debezium.");
    let format = config
        .first(&["collection.name.format", "table.name.format"])
        .unwrap_or_else(|| "${topic}".to_owned());
    Box::new(move |topic| {
        let parts: Vec<&str> = topic.split('.').collect();
        let from_end = |place: usize| {
            parts.len().checked_sub(place).and_then(|at| parts.get(at)).copied().unwrap_or("*")
        };
        // Debezium writes the points of a topic as underscores
        let whole = if debezium { topic.replace('.', "_") } else { topic.to_owned() };
        let table = format
            .replace("${topic}", &whole)
            .replace("${source.table}", from_end(1))
            .replace("${source.schema}", from_end(2))
            .replace("${source.db}", from_end(2));
        Some(url.as_ref()?.table(&table))
    })
}

/// A folder of a bucket for each topic.
fn foldered(config: &Config, namespace: Option<String>) -> Target<'_> {
    let folder = config.first(&["topics.dir", "aws.s3.prefix", "file.name.prefix"]);
    let aiven = config.get("connector.class").starts_with("io.aiven.");
    let folder = folder.unwrap_or_else(|| if aiven { String::new() } else { "topics".to_owned() });
    Box::new(move |topic| {
        let path = format!("{}/{topic}", folder.trim_matches('/'));
        Some(DatasetRef::new(scrub(namespace.as_ref()?), path.trim_start_matches('/')))
    })
}

fn bigquery(config: &Config) -> Target<'_> {
    let mapped = mapping(&config.get("topic2TableMap"));
    let dataset = config.text_of("defaultDataset").or_else(|| {
        // `.*=dataset` of older versions
        let pairs = mapping_by(&config.get("datasets"), '=');
        pairs.into_iter().next().map(|(_, dataset)| dataset)
    });
    let sanitize = config.is("sanitizeTopics");
    Box::new(move |topic| {
        let table = mapped.iter().find(|(from, _)| from == topic).map_or(topic, |(_, to)| to);
        let table = if sanitize { table.replace(['.', '-'], "_") } else { table.to_owned() };
        Some(DatasetRef::of_parts("bigquery", &[config.text_of("project")?, dataset.clone()?, table]))
    })
}

fn snowflake(config: &Config) -> Target<'_> {
    let host = address::first_host(&config.get("snowflake.url.name")).unwrap_or_default();
    let account =
        host.split(':').next().unwrap_or_default().trim_end_matches(".snowflakecomputing.com").to_owned();
    let namespace =
        if account.is_empty() { "snowflake".to_owned() } else { format!("snowflake://{account}") };
    let mapped = mapping(&config.get("snowflake.topic2table.map"));
    Box::new(move |topic| {
        let table = mapped.iter().find(|(from, _)| from == topic).map(|(_, to)| to.clone());
        let table = table.unwrap_or_else(|| topic.replace(['.', '-'], "_").to_uppercase());
        let parts =
            [config.text_of("snowflake.database.name")?, config.text_of("snowflake.schema.name")?, table];
        Some(DatasetRef::of_parts(namespace.as_str(), &parts))
    })
}

/// `topic.<topic>.<keyspace>.<table>.mapping` names where a topic goes.
fn cassandra(config: &Config) -> Target<'_> {
    let port = config.get("port").parse().unwrap_or(9042);
    let hosts = config.first(&["contactPoints", "cassandra.contact.points"]).unwrap_or_default();
    let namespace = address::at("cassandra", &hosts, port);
    Box::new(move |topic| {
        let prefix = format!("topic.{topic}.");
        let named = config.keys().find_map(|key| key.strip_prefix(&prefix)?.strip_suffix(".mapping"));
        let keyspace = || Some(format!("{}.{topic}", config.text_of("cassandra.keyspace")?));
        let name = named.map(str::to_owned).or_else(keyspace)?;
        Some(DatasetRef::new(namespace.as_str(), name))
    })
}

/// `a:b,c:d`
fn mapping(text: &str) -> Vec<(String, String)> {
    mapping_by(text, ':')
}

fn mapping_by(text: &str, mark: char) -> Vec<(String, String)> {
    let pairs = text.split(',').filter_map(|pair| pair.rsplit_once(mark));
    pairs.map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned())).collect()
}
