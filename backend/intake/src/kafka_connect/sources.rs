//! Sources beside Debezium's: what is read into which topic.

use super::Flow;
use super::config::Config;
use super::transforms::Transforms;
use crate::address::{self, Jdbc};
use crate::declared::Definition;
use crate::naming::DatasetRef;
use crate::notice::Remark;
use crate::secrets::scrub;

/// A source while it is read.
struct Source<'a> {
    config: &'a Config,
    topics: &'a str,
    transforms: Transforms,
    flow: Flow,
}

/// What a source does; `None` where the class is no source that is known.
pub(super) fn read(config: &Config, class: &str, topics: &str) -> Option<Flow> {
    let transforms = Transforms::of(config);
    let flow = Flow { remarks: transforms.remarks.clone(), ..Flow::default() };
    let mut source = Source { config, topics, transforms, flow };
    match class {
        "jdbcsourceconnector" => source.jdbc(),
        "mirrorsourceconnector" => source.mirror(),
        "replicatorsourceconnector" => source.replicator(),
        "mirrorheartbeatconnector" | "mirrorcheckpointconnector" => {}
        "mongosourceconnector" => source.mongo(),
        "filestreamsourceconnector" | "filechunksourceconnector" => {
            source.one("file", |path| address::path(path, "file"), &["topic"]);
        }
        "datagenconnector" => source.one("", |_| DatasetRef::new("", ""), &["kafka.topic"]),
        _ if class.starts_with("spooldir") || class.starts_with("filepulse") => {
            let key = config.key_of(&["input.path", "fs.listing.directory.path"]);
            source.one(key, |path| address::path(path, "file"), &["topic"]);
        }
        "kinesissourceconnector" => {
            source.one("kinesis.stream", |name| DatasetRef::new("kinesis", name), &["kafka.topic"]);
        }
        "sqssourceconnector" => source.one("sqs.url", |url| DatasetRef::new("sqs", url), &["kafka.topic"]),
        "mqttsourceconnector" => source.brokered("mqtt", "mqtt.server.uri", "mqtt.topics"),
        "rabbitmqsourceconnector" => source.brokered("rabbitmq", "rabbitmq.host", "rabbitmq.queue"),
        "pubsubsourceconnector" => {
            source.one(
                "gcp.pubsub.subscription.id",
                |name| DatasetRef::new("pubsub", name),
                &["kafka.topic"],
            );
        }
        "jmssourceconnector"
        | "activemqsourceconnector"
        | "ibmmqsourceconnector"
        | "solacesourceconnector" => {
            let host =
                config.key_of(&["activemq.url", "mq.hostname", "solace.host", "java.naming.provider.url"]);
            source.brokered("jms", host, "jms.destination.name");
        }
        "httpsourceconnector" => {
            let key = config.key_of(&["http.request.url", "http.api.base.url", "url"]);
            source.one(
                key,
                |url| address::web(url).unwrap_or_else(|| DatasetRef::new("http", url)),
                &["kafka.topic", "topic.name.pattern", "topic"],
            );
        }
        "syslogsourceconnector" => {
            let port = config.get("syslog.port");
            source.one("syslog.port", |_| address::endpoint("syslog", "0.0.0.0", &port), &["topic"]);
        }
        "s3sourceconnector" => {
            let key = config.key_of(&["s3.bucket.name", "aws.s3.bucket.name", "aws.s3.bucket"]);
            let folder = config.first(&["topics.dir", "aws.s3.prefix"]).unwrap_or_default();
            source.one(
                key,
                |bucket| DatasetRef::new(format!("s3://{bucket}"), folder),
                &["kafka.topic", "topics", "topic"],
            );
        }
        _ => return None,
    }
    Some(source.flow)
}

impl Source<'_> {
    fn topic(&self, name: &str) -> DatasetRef {
        DatasetRef::new(self.topics, scrub(&self.transforms.name(name)))
    }

    /// One thing that is named by a setting, into one topic.
    fn one(&mut self, key: &str, from: impl FnOnce(&str) -> DatasetRef, to: &[&str]) {
        let topic = self.config.first(to).map(|name| self.topic(&name));
        if topic.is_none() {
            self.flow.say(to.first().copied().unwrap_or_default(), Remark::Missing);
        }
        let written = self.config.text_of(key).filter(|_| !key.is_empty());
        if written.is_none() && !key.is_empty() {
            self.flow.say(key, Remark::Missing);
        }
        let from = written.map(|written| from(&scrub(&written)));
        self.flow.way(from, topic);
    }

    /// The same from a broker: its host gives the namespace.
    fn brokered(&mut self, scheme: &str, host: &str, name: &str) {
        let namespace = address::at(scheme, &self.config.get(host), 0);
        self.one(name, |name| DatasetRef::new(namespace, name), &["kafka.topic", "topic"]);
    }

    fn jdbc(&mut self) {
        let config = self.config;
        let Some(url) = address::jdbc(&config.get("connection.url")) else {
            return self.flow.say("connection.url", Remark::NotUnderstood);
        };
        let prefix = config.get("topic.prefix");
        if let Some(query) = config.text_of("query") {
            let topic = self.topic(&prefix);
            self.flow.query = Some(asked(&query, &url, &topic));
            self.flow.say("query", Remark::Dynamic);
            return self.flow.way(None, topic);
        }
        let keys = ["table.whitelist", "table.include.list"];
        let mut tables = config.first_list(&keys);
        if tables.is_empty() {
            self.flow.say_pattern(config.key_of(&keys));
            let schema =
                config.text_of("schema.pattern").map(|schema| format!("{}.*", schema.replace('%', "*")));
            tables.push(schema.unwrap_or_else(|| "*".to_owned()));
        }
        for table in tables {
            // the topic has the table's name alone
            let last = table.rsplit('.').next().unwrap_or(&table).trim_matches('"').to_owned();
            let topic = self.topic(&format!("{prefix}{last}"));
            self.flow.way(url.table(&table), topic);
        }
    }

    fn mirror(&mut self) {
        let config = self.config;
        let cluster = |side: &str| {
            let brokers = config.text_of(&format!("{side}.cluster.bootstrap.servers"));
            address::kafka(brokers.as_deref())
        };
        let (from, to) = (cluster("source"), cluster("target"));
        let to = if to == "kafka" { self.topics.to_owned() } else { to };
        let identity = config.get("replication.policy.class").ends_with("IdentityReplicationPolicy");
        let separator = config.text_of("replication.policy.separator").unwrap_or_else(|| ".".to_owned());
        let alias = config.text_of("source.cluster.alias").unwrap_or_else(|| "source".to_owned());
        for topic in self.listed(&["topics", "topics.regex"]) {
            let renamed = if identity { topic.clone() } else { format!("{alias}{separator}{topic}") };
            let renamed = scrub(&self.transforms.name(&renamed));
            self.flow.way(DatasetRef::new(from.as_str(), topic), DatasetRef::new(to.as_str(), renamed));
        }
    }

    fn replicator(&mut self) {
        let config = self.config;
        let from = address::kafka(config.text_of("src.kafka.bootstrap.servers").as_deref());
        let dest = config.text_of("dest.kafka.bootstrap.servers");
        let to = dest.map_or_else(|| self.topics.to_owned(), |brokers| address::kafka(Some(&brokers)));
        let format = config.text_of("topic.rename.format").unwrap_or_else(|| "${topic}".to_owned());
        for topic in self.listed(&["topic.whitelist", "topic.regex"]) {
            let renamed = scrub(&self.transforms.name(&format.replace("${topic}", &topic)));
            self.flow.way(DatasetRef::new(from.as_str(), topic), DatasetRef::new(to.as_str(), renamed));
        }
    }

    /// Topics that are listed, or the names of their patterns.
    fn listed(&mut self, keys: &[&str]) -> Vec<String> {
        let listed = self.config.first_list(keys);
        if listed.is_empty() {
            self.flow.say(keys.first().copied().unwrap_or_default(), Remark::Missing);
        }
        let names: Vec<String> =
            listed.iter().flat_map(|item| super::names::globs(item)).map(|name| scrub(&name)).collect();
        if names.iter().any(|name| name.contains('*')) {
            self.flow.say_pattern(self.config.key_of(keys));
        }
        names
    }

    fn mongo(&mut self) {
        let config = self.config;
        let namespace = address::at("mongodb", &config.get("connection.uri"), 27017);
        let database = config.text_of("database").unwrap_or_else(|| "*".to_owned());
        let collection = config.text_of("collection").unwrap_or_else(|| "*".to_owned());
        if database == "*" || collection == "*" {
            self.flow.say_pattern(config.key_of(&["collection", "database"]));
        }
        let prefix = config.text_of("topic.prefix").map(|prefix| format!("{prefix}.")).unwrap_or_default();
        let topic = self.topic(&format!("{prefix}{database}.{collection}"));
        self.flow.way(DatasetRef::of_parts(namespace, &[database, collection]), topic);
    }
}

/// The SQL that a source asks, whose rows go into a topic.
fn asked(query: &str, url: &Jdbc, topic: &DatasetRef) -> Definition {
    let mut definition = Definition::new("sql", scrub(query));
    definition.dialect = crate::naming::platform_of(&url.namespace).dialect.map(str::to_owned);
    definition.default_namespace = Some(url.namespace.clone());
    definition.default_database.clone_from(&url.database);
    definition.default_schema.clone_from(&url.schema);
    definition.fills = Some(topic.clone());
    definition
}
