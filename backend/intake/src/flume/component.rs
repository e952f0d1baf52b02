//! Which dataset a component stands for, by its type and settings.

use super::Options;
use super::agent::Component;
use crate::address;
use crate::naming::DatasetRef;
use crate::secrets::scrub;

/// What is known of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It reads or writes data that has a name.
    Data,
    /// It is known to stand for nothing: a sequence, a log, the void.
    Nothing,
    /// It is not known.
    No,
}

/// The simple name of a type: `org.apache.flume.source.kafka.KafkaSource` and `TAILDIR` in lower case without packages.
pub(super) fn simple(written: &str) -> String {
    written.rsplit('.').next().unwrap_or(written).to_ascii_lowercase()
}

/// What is known of the type of a component.
pub(super) fn known(kind: &str, written: &str) -> Known {
    match (kind, simple(written).as_str()) {
        (
            "sources",
            "exec"
            | "execsource"
            | "spooldir"
            | "spooldirectorysource"
            | "taildir"
            | "taildirsource"
            | "kafkasource"
            | "avro"
            | "avrosource"
            | "thrift"
            | "thriftsource"
            | "netcat"
            | "netcatsource"
            | "netcatudp"
            | "netcatudpsource"
            | "syslogtcp"
            | "syslogtcpsource"
            | "syslogudp"
            | "syslogudpsource"
            | "multiport_syslogtcp"
            | "multiportsyslogtcpsource"
            | "http"
            | "httpsource"
            | "jms"
            | "jmssource"
            | "sqlsource"
            | "scribesource",
        )
        | (
            "sinks",
            "hdfs" | "hdfseventsink" | "hive" | "hivesink" | "hbase" | "hbasesink" | "hbase2" | "hbase2sink"
            | "asynchbase" | "asynchbasesink" | "elasticsearch" | "elasticsearchsink" | "avro" | "avrosink"
            | "thrift" | "thriftsink" | "kafkasink" | "http" | "httpsink" | "file_roll" | "rollingfilesink"
            | "morphlinesolrsink" | "datasetsink" | "irc" | "ircsink",
        )
        | ("channels", "kafkachannel") => Known::Data,
        ("sources", "seq" | "sequencegeneratorsource" | "stresssource" | "embedded")
        | ("sinks", "null" | "nullsink" | "logger" | "loggersink")
        | (
            "channels",
            "memory"
            | "memorychannel"
            | "file"
            | "filechannel"
            | "jdbc"
            | "jdbcchannel"
            | "spillablememory"
            | "spillablememorychannel"
            | "pseudotxnmemorychannel",
        ) => Known::Nothing,
        _ => Known::No,
    }
}

/// The datasets of a component; none where its settings do not tell, or it stands for nothing.
pub(super) fn data_of(kind: &str, component: &Component, options: &Options) -> Vec<DatasetRef> {
    let kind_of = component.get("type").map(simple).unwrap_or_default();
    match kind {
        "sources" => source(&kind_of, component, options),
        "sinks" => sink(&kind_of, component, options).into_iter().collect(),
        "channels" if kind_of == "kafkachannel" => {
            let brokers = component.first(&["kafka.bootstrap.servers", "brokerList"]);
            let topic = component.first(&["kafka.topic", "topic"]).unwrap_or("flume-channel");
            vec![DatasetRef::new(address::kafka(brokers), scrub(topic))]
        }
        _ => Vec::new(),
    }
}

fn source(kind: &str, source: &Component, options: &Options) -> Vec<DatasetRef> {
    let files = options.files();
    let file = |path: &str| address::path(path, &files);
    match kind {
        "exec" | "execsource" => {
            tailed(source.get("command").unwrap_or_default()).iter().map(|path| file(path)).collect()
        }
        "spooldir" | "spooldirectorysource" => source.get("spoolDir").map(file).into_iter().collect(),
        "taildir" | "taildirsource" => {
            let groups = source.get("filegroups").unwrap_or_default().split_whitespace();
            groups.filter_map(|group| source.get(&format!("filegroups.{group}"))).map(file).collect()
        }
        "kafkasource" => topics(source),
        "avro" | "avrosource" => listens("avro", source),
        "thrift" | "thriftsource" => listens("thrift", source),
        "netcat" | "netcatsource" => listens("tcp", source),
        "netcatudp" | "netcatudpsource" => listens("udp", source),
        "syslogtcp" | "syslogtcpsource" | "syslogudp" | "syslogudpsource" => listens("syslog", source),
        "multiport_syslogtcp" | "multiportsyslogtcpsource" => {
            let host = source.first(&["host", "bind"]).unwrap_or("0.0.0.0");
            let ports = source.get("ports").unwrap_or_default().split_whitespace();
            ports.map(|port| address::endpoint("syslog", host, port)).collect()
        }
        "http" | "httpsource" => listens("http", source),
        "scribesource" => listens("thrift", source),
        "jms" | "jmssource" => {
            let name = source.get("destinationName").map(scrub);
            let provider = source.get("providerURL").and_then(address::first_host);
            let namespace = provider.map_or_else(|| "jms".to_owned(), |host| format!("jms://{host}"));
            name.map(|name| DatasetRef::new(namespace, name)).into_iter().collect()
        }
        "sqlsource" => {
            let url = source.first(&["hibernate.connection.url", "connection.url"]).and_then(address::jdbc);
            let table = url.and_then(|url| Some(url.table(source.get("table")?)));
            table.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The address that a source listens on.
fn listens(protocol: &str, source: &Component) -> Vec<DatasetRef> {
    let host = source.first(&["bind", "host"]).unwrap_or("0.0.0.0");
    source.get("port").map(|port| address::endpoint(protocol, host, port)).into_iter().collect()
}

fn topics(source: &Component) -> Vec<DatasetRef> {
    let brokers = source.first(&["kafka.bootstrap.servers", "brokerList"]);
    let namespace = address::kafka(brokers);
    let listed = source.first(&["kafka.topics", "topic", "kafka.topic"]).unwrap_or_default();
    let names: Vec<&str> = listed.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let pattern = source.get("kafka.topics.regex").filter(|_| names.is_empty());
    names.into_iter().chain(pattern).map(|name| DatasetRef::new(namespace.as_str(), scrub(name))).collect()
}

fn sink(kind: &str, sink: &Component, options: &Options) -> Option<DatasetRef> {
    match kind {
        "hdfs" | "hdfseventsink" => sink.get("hdfs.path").map(|path| address::path(path, "hdfs")),
        "hive" | "hivesink" => {
            let namespace = address::at("hive", sink.first(&["hive.metastore"]).unwrap_or_default(), 9083);
            let table = [sink.first(&["hive.database"])?, sink.first(&["hive.table"])?];
            Some(DatasetRef::of_parts(namespace, &table))
        }
        "hbase" | "hbasesink" | "hbase2" | "hbase2sink" | "asynchbase" | "asynchbasesink" => {
            let namespace = sink
                .get("zookeeperQuorum")
                .map_or_else(|| "hbase".to_owned(), |list| address::at("hbase", list, 2181));
            Some(DatasetRef::new(namespace, scrub(sink.get("table")?)))
        }
        "elasticsearch" | "elasticsearchsink" => {
            let namespace = address::at("elasticsearch", sink.get("hostNames").unwrap_or_default(), 9300);
            Some(DatasetRef::new(namespace, scrub(sink.get("indexName").unwrap_or("flume"))))
        }
        "avro" | "avrosink" => Some(address::endpoint("avro", sink.get("hostname")?, sink.get("port")?)),
        "thrift" | "thriftsink" => {
            Some(address::endpoint("thrift", sink.get("hostname")?, sink.get("port")?))
        }
        "irc" | "ircsink" => {
            Some(address::endpoint("tcp", sink.get("hostname")?, sink.get("port").unwrap_or("6667")))
        }
        "kafkasink" => {
            let brokers = sink.first(&["kafka.bootstrap.servers", "brokerList"]);
            let topic = sink.first(&["kafka.topic", "topic"]).unwrap_or("default-flume-topic");
            Some(DatasetRef::new(address::kafka(brokers), scrub(topic)))
        }
        "http" | "httpsink" => address::web(sink.get("endpoint")?),
        "file_roll" | "rollingfilesink" => Some(address::path(sink.get("sink.directory")?, &options.files())),
        "morphlinesolrsink" => {
            let namespace =
                address::at("solr", sink.first(&["zkHost", "solrHomeDir"]).unwrap_or_default(), 0);
            sink.first(&["collection", "morphlineId"]).map(|name| DatasetRef::new(namespace, scrub(name)))
        }
        "datasetsink" => kite(sink),
        _ => None,
    }
}

/// A dataset of Kite: `dataset:hive://…/db/table`, `dataset:hdfs:/path`.
fn kite(sink: &Component) -> Option<DatasetRef> {
    if let Some(uri) = sink.get("kite.dataset.uri") {
        let place = uri.strip_prefix("dataset:").unwrap_or(uri);
        if let Some(table) = place.strip_prefix("hive:") {
            let parts: Vec<&str> =
                table.split(['/', ':']).filter(|part| !part.is_empty() && !part.contains('?')).collect();
            return Some(DatasetRef::of_parts("hive", parts.get(parts.len().saturating_sub(2)..)?));
        }
        let path = place.strip_prefix("hdfs:/").filter(|rest| !rest.starts_with('/'));
        return Some(path.map_or_else(
            || address::path(place, "hdfs"),
            |path| DatasetRef::new("hdfs", format!("/{}", scrub(path))),
        ));
    }
    let (repository, name) = (sink.get("kite.repo.uri")?, sink.get("kite.dataset.name")?);
    let place = repository.strip_prefix("repo:").unwrap_or(repository);
    Some(address::path(&format!("{}/{name}", place.trim_end_matches('/')), "hdfs"))
}

/// The files that a command follows: `tail -F a b`, also behind `sh -c` and before a pipe.
fn tailed(command: &str) -> Vec<&str> {
    let mut words = command.split_whitespace().map(|word| word.trim_matches(['"', '\'', ';', '`']));
    if !words.any(|word| matches!(word.rsplit('/').next(), Some("tail" | "cat" | "zcat" | "less"))) {
        return Vec::new();
    }
    let mut files = Vec::new();
    while let Some(word) = words.next() {
        if matches!(word, "|" | "||" | "&&" | ">" | ">>" | "2>&1" | "&") || word.starts_with('|') {
            break;
        }
        if matches!(word, "-n" | "-c" | "-s" | "--pid") {
            words.next();
        } else if !word.starts_with(['-', '+']) && !word.is_empty() {
            files.push(word);
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_command_are_found() {
        for (command, files) in [
            ("tail -F /var/log/a.log", vec!["/var/log/a.log"]),
            ("/usr/bin/tail -n +0 -F /a /b", vec!["/a", "/b"]),
            ("sh -c 'tail -f /a | grep x'", vec!["/a"]),
            ("cat /a", vec!["/a"]),
            ("vmstat 1", vec![]),
            ("tail", vec![]),
        ] {
            assert_eq!(tailed(command), files, "{command}");
        }
    }
}
