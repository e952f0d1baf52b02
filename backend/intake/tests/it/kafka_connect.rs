//! Connectors.

use crate::told::told;
use cadastre_intake::Declared;
use cadastre_intake::kafka_connect::{Options, read};
use serde_json::{Value, json};

fn connect(value: &Value) -> Declared {
    read(
        value.to_string().as_bytes(),
        &Options { namespace: "connect".into(), topics: Some("kafka://k:9092".into()), unnamed: None },
    )
}

/// The ways of one connector.
fn ways(config: &Value) -> Vec<String> {
    let declared = connect(config);
    declared.jobs[0].ways().map(|(from, to)| format!("{from} => {to}")).collect()
}

fn debezium(class: &str, more: &Value) -> Value {
    let mut config = json!({"connector.class": format!("io.debezium.connector.{class}"), "topic.prefix": "p", "database.hostname": "h"});
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

#[test]
fn each_database_of_debezium_has_its_names() {
    for (class, more, expected) in [
        (
            "postgresql.PostgresConnector",
            json!({"database.dbname": "d", "table.include.list": "s.a, s.b"}),
            vec![
                "postgres://h:5432 d.s.a => kafka://k:9092 p.s.a",
                "postgres://h:5432 d.s.b => kafka://k:9092 p.s.b",
            ],
        ),
        (
            "postgresql.PostgresConnector",
            json!({"database.dbname": "d", "database.port": "6000", "schema.include.list": "s"}),
            vec!["postgres://h:6000 d.s.* => kafka://k:9092 p.s.*"],
        ),
        (
            "postgresql.PostgresConnector",
            json!({"database.dbname": "d", "schema.include.list": "s", "table.include.list": ".*order"}),
            vec!["postgres://h:5432 d.s.*order => kafka://k:9092 p.s.*order"],
        ),
        (
            "postgresql.PostgresConnector",
            json!({"database.dbname": "d"}),
            vec!["postgres://h:5432 d.*.* => kafka://k:9092 p.*.*"],
        ),
        (
            "mysql.MySqlConnector",
            json!({"table.include.list": "shop.orders"}),
            vec!["mysql://h:3306 shop.orders => kafka://k:9092 p.shop.orders"],
        ),
        (
            "mysql.MySqlConnector",
            json!({"database.whitelist": "shop"}),
            vec!["mysql://h:3306 shop.* => kafka://k:9092 p.shop.*"],
        ),
        (
            "sqlserver.SqlServerConnector",
            json!({"database.names": "a,b", "table.include.list": "dbo.t"}),
            vec![
                "mssql://h:1433 a.dbo.t => kafka://k:9092 p.a.dbo.t",
                "mssql://h:1433 b.dbo.t => kafka://k:9092 p.b.dbo.t",
            ],
        ),
        (
            "sqlserver.SqlServerConnector",
            json!({"database.names": "a,b", "table.include.list": "a.dbo.t"}),
            vec!["mssql://h:1433 a.dbo.t => kafka://k:9092 p.a.dbo.t"],
        ),
        (
            "sqlserver.SqlServerConnector",
            json!({"database.dbname": "a", "table.include.list": "dbo.t"}),
            vec!["mssql://h:1433 a.dbo.t => kafka://k:9092 p.dbo.t"],
        ),
        (
            "oracle.OracleConnector",
            json!({"database.dbname": "CDB", "database.pdb.name": "PDB", "table.include.list": "S\\.T#1"}),
            vec!["oracle://h:1521 PDB.S.T#1 => kafka://k:9092 p.S.T_1"],
        ),
        (
            "mongodb.MongoDbConnector",
            json!({"database.hostname": "", "mongodb.connection.string": "mongodb://u:geheim@m:27017/?replicaSet=rs0", "collection.include.list": "db.c"}),
            vec!["mongodb://m:27017 db.c => kafka://k:9092 p.db.c"],
        ),
        (
            "mongodb.MongoDbConnector",
            json!({"database.hostname": "", "mongodb.hosts": "rs0/m:27017", "database.include.list": "db"}),
            vec!["mongodb://m:27017 db.* => kafka://k:9092 p.db.*"],
        ),
    ] {
        assert_eq!(ways(&debezium(class, &more)), expected, "{class} {more}");
    }
}

#[test]
fn transforms_rename_topics() {
    let table = json!({"database.dbname": "d", "table.include.list": "s.orders_1"});
    let topic = |more: Value| {
        let mut config = debezium("postgresql.PostgresConnector", &table);
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        connect(&config).jobs[0].outputs[0].name.clone()
    };
    let route = "org.apache.kafka.connect.transforms.RegexRouter";
    assert_eq!(
        topic(
            json!({"transforms": "r", "transforms.r.type": route, "transforms.r.regex": "([^.]+)\\.([^.]+)\\.([^.]+)", "transforms.r.replacement": "$3"})
        ),
        "orders_1"
    );
    assert_eq!(
        topic(
            json!({"transforms": "r", "transforms.r.type": route, "transforms.r.regex": "orders", "transforms.r.replacement": "x"})
        ),
        "p.s.orders_1",
        "the whole name has to match"
    );
    assert_eq!(
        topic(
            json!({"transforms": "u, r, t", "transforms.u.type": "io.debezium.transforms.ExtractNewRecordState",
            "transforms.r.type": "io.debezium.transforms.ByLogicalTableRouter", "transforms.r.topic.regex": "(.*)orders_.*", "transforms.r.topic.replacement": "$1all",
            "transforms.t.type": route, "transforms.t.regex": "(.*)", "transforms.t.replacement": "\\$x_$1y"})
        ),
        "$x_p.s.ally"
    );
    assert_eq!(
        topic(
            json!({"transforms": "o", "transforms.o.type": "io.debezium.transforms.outbox.EventRouter", "transforms.o.route.topic.replacement": "${routedByValue}.response"})
        ),
        "*.response"
    );
    let broken = json!({"transforms": "r", "transforms.r.type": route, "transforms.r.regex": "(?<=a)b(", "transforms.r.replacement": "$1"});
    assert_eq!(topic(broken), "p.s.orders_1");
}

#[test]
fn sources_and_sinks_are_read() {
    let pg = "jdbc:postgresql://h/d?user=u&password=geheim";
    for (config, expected) in [
        (
            json!({"connector.class": "io.confluent.connect.jdbc.JdbcSourceConnector", "connection.url": pg, "table.whitelist": "a,s.b", "topic.prefix": "x-"}),
            vec![
                "postgres://h:5432 d.public.a => kafka://k:9092 x-a",
                "postgres://h:5432 d.s.b => kafka://k:9092 x-b",
            ],
        ),
        (
            json!({"connector.class": "io.confluent.connect.jdbc.JdbcSinkConnector", "connection.url": pg, "topics": "a,b", "table.name.format": "s.t_${topic}"}),
            vec![
                "kafka://k:9092 a => postgres://h:5432 d.s.t_a",
                "kafka://k:9092 b => postgres://h:5432 d.s.t_b",
            ],
        ),
        (
            json!({"connector.class": "io.debezium.connector.jdbc.JdbcSinkConnector", "connection.url": "jdbc:mysql://h:3306/d", "topics": "p.s.t"}),
            vec!["kafka://k:9092 p.s.t => mysql://h:3306 d.p_s_t"],
        ),
        (
            json!({"connector.class": "io.debezium.connector.jdbc.JdbcSinkConnector", "connection.url": "jdbc:mysql://h:3306/d", "topics": "p.s.t", "collection.name.format": "${source.table}"}),
            vec!["kafka://k:9092 p.s.t => mysql://h:3306 d.t"],
        ),
        (
            json!({"connector.class": "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector", "connection.url": "http://u:geheim@es:9200,http://es2:9200", "topics": "Orders"}),
            vec!["kafka://k:9092 Orders => elasticsearch://es:9200 orders"],
        ),
        (
            json!({"connector.class": "io.confluent.connect.s3.S3SinkConnector", "s3.bucket.name": "b", "topics": "t"}),
            vec!["kafka://k:9092 t => s3://b topics/t"],
        ),
        (
            json!({"connector.class": "io.confluent.connect.gcs.GcsSinkConnector", "gcs.bucket.name": "b", "topics.dir": "/raw/", "topics": "t"}),
            vec!["kafka://k:9092 t => gs://b raw/t"],
        ),
        (
            json!({"connector.class": "io.confluent.connect.hdfs.HdfsSinkConnector", "hdfs.url": "hdfs://nn:8020/base", "topics": "t"}),
            vec!["kafka://k:9092 t => hdfs://nn:8020 /base/topics/t"],
        ),
        (json!({"connector.class": "FileStreamSource", "file": "/in.txt", "topic": "t"}), vec![]),
        (
            json!({"connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector", "file": "/in.txt", "topic": "t"}),
            vec!["file /in.txt => kafka://k:9092 t"],
        ),
        (
            json!({"connector.class": "com.mongodb.kafka.connect.MongoSinkConnector", "connection.uri": "mongodb+srv://u:geheim@m/x", "database": "d", "topics": "t"}),
            vec!["kafka://k:9092 t => mongodb://m:27017 d.t"],
        ),
        (
            json!({"connector.class": "com.mongodb.kafka.connect.MongoSourceConnector", "connection.uri": "mongodb://m", "database": "d", "collection": "c", "topic.prefix": "x"}),
            vec!["mongodb://m:27017 d.c => kafka://k:9092 x.d.c"],
        ),
        (
            json!({"connector.class": "org.apache.kafka.connect.mirror.MirrorSourceConnector", "source.cluster.alias": "eu", "source.cluster.bootstrap.servers": "a:1", "target.cluster.bootstrap.servers": "b:2", "topics": "t,x.*"}),
            vec!["kafka://a:1 t => kafka://b:2 eu.t", "kafka://a:1 x* => kafka://b:2 eu.x*"],
        ),
        (
            json!({"connector.class": "com.wepay.kafka.connect.bigquery.BigQuerySinkConnector", "project": "p", "defaultDataset": "d", "sanitizeTopics": "true", "topics": "a.b"}),
            vec!["kafka://k:9092 a.b => bigquery p.d.a_b"],
        ),
        (
            json!({"connector.class": "com.snowflake.kafka.connector.SnowflakeSinkConnector", "snowflake.url.name": "https://acc.eu.snowflakecomputing.com:443", "snowflake.database.name": "D", "snowflake.schema.name": "S", "topics": "a.b"}),
            vec!["kafka://k:9092 a.b => snowflake://acc.eu D.S.A_B"],
        ),
        (
            json!({"connector.class": "com.datastax.oss.kafka.sink.CassandraSinkConnector", "contactPoints": "c1,c2", "topics": "t", "topic.t.ks.tab.mapping": "a=value.a"}),
            vec!["kafka://k:9092 t => cassandra://c1:9042 ks.tab"],
        ),
    ] {
        let kept = serde_json::to_string(&connect(&config)).unwrap();
        assert!(!kept.contains("geheim"), "{kept}");
        assert_eq!(ways(&config), expected, "{config}");
    }
}

#[test]
fn a_query_is_a_definition_of_its_own() {
    let config = json!({"name": "q", "connector.class": "io.confluent.connect.jdbc.JdbcSourceConnector", "connection.url": "jdbc:mysql://h/d", "query": "select a from t", "topic.prefix": "x"});
    let job = &connect(&config).jobs[0];
    let definition = job.definition.as_ref().unwrap();
    assert_eq!((definition.language.as_str(), definition.dialect.as_deref()), ("sql", Some("mysql")));
    assert_eq!(definition.fills.as_ref().unwrap().name, "x");
    assert_eq!(job.outputs[0].name, "x");
}

#[test]
fn every_form_is_read() {
    let config = json!({"connector.class": "org.apache.kafka.connect.file.FileStreamSinkConnector", "topics": "t", "file": "/f"});
    let named = json!({"name": "a", "config": config});
    let rest = json!({"a": {"info": {"name": "a", "config": config, "tasks": [], "type": "sink"}, "status": {"name": "a"}}, "b": {"info": {"name": "b", "config": config}}});
    let names = |value: &Value| connect(value).jobs.into_iter().map(|job| job.at.name).collect::<Vec<_>>();
    assert_eq!(names(&config), ["filestreamsinkconnector"]);
    assert_eq!(names(&named), ["a"]);
    assert_eq!(names(&json!([named, config])), ["a", "filestreamsinkconnector"]);
    assert_eq!(names(&rest), ["a", "b"]);
    assert_eq!(names(&json!({"connectors": [named]})), ["a"]);
    assert_eq!(names(&json!({"a": config})), ["a"]);
    insta::assert_snapshot!(told(&connect(&json!(["a", {"name": "x", "config": {"url": "jdbc:x"}}]))), @r"
    ! [0]: not an object
    ! [1].connector.class: missing
    ");
}

#[test]
fn of_an_unknown_class_the_topics_are_known() {
    let sink = json!({"connector.class": "com.example.OwnSinkConnector", "topics": "a,b"});
    let source = json!({"connector.class": "com.example.OwnSource", "topic": "c"});
    insta::assert_snapshot!(told(&connect(&json!([sink, source]))));
}

#[test]
fn no_secret_is_kept() {
    let config = json!({"name": "s", "config": {
        "connector.class": "com.example.Own", "topics": "t",
        "database.password": "geheim1", "sasl.jaas.config": "x required username=\"u\" password=\"geheim2\";",
        "aws.secret.access.key": "geheim3", "azblob.account.key": "geheim4", "basic.auth.user.info": "u:geheim5",
        "connection.url": "jdbc:postgresql://u:geheim6@h/d?password=geheim7", "gcs.credentials.json": "{\"private_key\": \"geheim8\"}",
        "nested": {"password": "geheim9", "list": [{"token": "geheim10"}]}, "pin.secret": 4711, "ssl.keystore.key": "-----BEGIN geheim11",
        "producer.override.sasl.jaas.config": "geheim12", "http.headers": "Authorization: Bearer geheim13geheim",
    }});
    let declared = connect(&config);
    let kept = serde_json::to_string(&declared).unwrap();
    assert!(!kept.contains("geheim") && !kept.contains("4711"), "{kept}");
    assert!(declared.jobs[0].definition.as_ref().unwrap().text.contains("***"));
}

#[test]
fn hostile_texts_end_in_an_answer() {
    let options = Options { namespace: "n".into(), topics: None, unnamed: None };
    for bytes in [
        &b""[..],
        b"\xff",
        b"null",
        b"5",
        b"[[[[[[[[]]]]]]]]",
        &b"[".repeat(100_000),
        b"{\"connector.class\": 5}",
        b"{\"connector.class\": \"\\u0000\", \"topics\": \"\\u0000\"}",
    ] {
        let kept = serde_json::to_string(&read(bytes, &options)).unwrap();
        assert!(!kept.contains("\\u0000"), "{kept}");
    }
    let tables: String = (0..10_000).map(|n| format!("s.t{n},")).collect();
    assert_eq!(
        ways(&debezium(
            "postgresql.PostgresConnector",
            &json!({"table.include.list": tables, "database.dbname": "d"})
        ))
        .len(),
        2_000
    );
    let grows = json!({"connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector", "topic": "t", "file": "/f",
        "transforms": "a,".repeat(1_000), "transforms.a.type": "RegexRouter", "transforms.a.regex": "(.*)", "transforms.a.replacement": "$1$1"});
    assert!(connect(&grows).jobs[0].outputs[0].name.len() < 10_000);
}
