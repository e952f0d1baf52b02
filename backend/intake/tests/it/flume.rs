//! Flume agents.

use crate::told::told;
use cadastre_intake::Declared;
use cadastre_intake::flume::{Options, read};

fn flume(text: &str) -> Declared {
    read(text.as_bytes(), &Options { namespace: "flume".into(), host: None })
}

#[test]
fn each_way_is_a_pair_of_its_own() {
    let declared = flume(
        "
        a.sources = log click
        a.channels = c1 c2
        a.sinks = store bus
        a.sources.log.type = exec
        a.sources.log.command = tail -F /var/log/app.log
        a.sources.log.channels = c1
        a.sources.click.type = org.apache.flume.source.kafka.KafkaSource
        a.sources.click.kafka.bootstrap.servers = k1:9092,k2:9092
        a.sources.click.kafka.topics = clicks, views
        a.sources.click.channels = c1 c2
        a.channels.c1.type = memory
        a.channels.c2.type = file
        a.sinks.store.type = hdfs
        a.sinks.store.hdfs.path = hdfs://nn:8020/raw/%Y-%m-%d/%{topic}
        a.sinks.store.channel = c1
        a.sinks.bus.type = org.apache.flume.sink.kafka.KafkaSink
        a.sinks.bus.kafka.topic = all
        a.sinks.bus.kafka.bootstrap.servers = k1:9092
        a.sinks.bus.channel = c2
        ",
    );
    insta::assert_snapshot!(told(&declared));
}

#[test]
fn a_channel_that_is_a_topic_stands_between() {
    let declared = flume(
        "
        a.sources = s
        a.channels = c only
        a.sinks = k l
        a.sources.s.type = spooldir
        a.sources.s.spoolDir = /in
        a.sources.s.channels = c
        a.channels.c.type = org.apache.flume.channel.kafka.KafkaChannel
        a.channels.c.kafka.bootstrap.servers = k:9092
        a.channels.c.kafka.topic = hand
        a.channels.only.type = org.apache.flume.channel.kafka.KafkaChannel
        a.channels.only.kafka.topic = direct
        a.sinks.k.type = file_roll
        a.sinks.k.sink.directory = /out
        a.sinks.k.channel = c
        a.sinks.l.type = elasticsearch
        a.sinks.l.hostNames = es:9300
        a.sinks.l.indexName = logs
        a.sinks.l.channel = only
        ",
    );
    insta::assert_snapshot!(told(&declared));
}

#[test]
fn the_agents_of_a_file_are_linked_by_address() {
    let declared = flume(
        "
        web.sources = s
        web.channels = c
        web.sinks = k
        web.sources.s.type = TAILDIR
        web.sources.s.filegroups = f1 f2
        web.sources.s.filegroups.f1 = /var/log/a/.*log
        web.sources.s.filegroups.f2 = /var/log/b.log
        web.sources.s.channels = c
        web.channels.c.type = memory
        web.sinks.k.type = avro
        web.sinks.k.hostname = collector
        web.sinks.k.port = 4141
        web.sinks.k.channel = c
        collect.sources = s
        collect.channels = c
        collect.sinks = k
        collect.sources.s.type = avro
        collect.sources.s.bind = 0.0.0.0
        collect.sources.s.port = 4141
        collect.sources.s.channels = c
        collect.channels.c.type = memory
        collect.sinks.k.type = hive
        collect.sinks.k.hive.metastore = thrift://ms:9083
        collect.sinks.k.hive.database = raw
        collect.sinks.k.hive.table = logs
        collect.sinks.k.channel = c
        ",
    );
    assert_eq!(declared.jobs[1].outputs, declared.jobs[0].inputs, "what the one sends the other reads");
    insta::assert_snapshot!(told(&declared));
}

#[test]
fn what_is_not_understood_is_said_with_its_line() {
    let declared = flume(
        "stray = 1
a.sources = s t u gone
a.channels = c lonely
a.sinks = k n
a.sources.s.type = com.example.Own
a.sources.s.channels = c nowhere
a.sources.t.type = exec
a.sources.t.command = vmstat 1
a.sources.t.channels = c
a.sources.u.port = 5
a.sources.v.type = seq
a.channels.c.type = memory
a.channels.c.capacity = 1
a.channels.c.capacity = 2
a.channels.lonely.type = memory
a.sinks.k.type = hdfs
a.sinks.k.hdfs.path = ${env:TARGET}/x
a.sinks.k.channel = c
a.sinks.n.type = logger
a.sinks.n.channel = c
",
    );
    insta::assert_snapshot!(told(&declared));
}

#[test]
fn no_secret_is_kept() {
    let declared = flume(
        r"
        a.sources = s j
        a.channels = c
        a.sinks = k
        a.sources.s.type = exec
        a.sources.s.command = curl -u me:geheim1 https://you:geheim2@h/x
        a.sources.s.channels = c
        a.sources.j.type = jms
        a.sources.j.providerURL = tcp://u:geheim3@mq:61616
        a.sources.j.destinationName = orders
        a.sources.j.passwordFile = /geheim4
        a.sources.j.channels = c
        a.channels.c.type = memory
        a.sinks.k.type = org.apache.flume.sink.kafka.KafkaSink
        a.sinks.k.kafka.topic = t
        a.sinks.k.kafka.producer.sasl.jaas.config = org.x.Login required \
            username='u' password='geheim5';
        a.sinks.k.kafka.producer.ssl.truststore.password = geheim6
        a.sinks.k.channel = c
        ",
    );
    let kept = serde_json::to_string(&declared).unwrap();
    assert!(!kept.contains("geheim"), "{kept}");
    assert!(kept.contains("jms://mq:61616"));
}

#[test]
fn hostile_files_end_in_an_answer() {
    for bytes in [
        &b""[..],
        b"\xff\xfe\x00a.sources=\xff",
        b"a.sources",
        b"a.sources = \\",
        b".sources = x\n...\n=\n:\n\\u",
        b"a.sources.s.type=exec\0",
        &b"a.".repeat(100_000),
        &b"\\\n".repeat(100_000),
    ] {
        let kept = serde_json::to_string(&flume(&String::from_utf8_lossy(bytes))).unwrap();
        assert!(!kept.contains("\\u0000"));
        let _ = read(bytes, &Options { namespace: "flume".into(), host: Some("h".into()) });
    }
    let many: String = (0..400).map(|n| format!("a.sources.s{n}.type=exec\na.sources.s{n}.command=tail -F /{n}\na.sources.s{n}.channels=c\na.sinks.k{n}.type=file_roll\na.sinks.k{n}.sink.directory=/o{n}\na.sinks.k{n}.channel=c\n")).collect();
    let list = |letter: char| (0..400).map(|n| format!("{letter}{n} ")).collect::<String>();
    let declared = flume(&format!(
        "a.sources={}\na.sinks={}\na.channels=c\na.channels.c.type=memory\n{many}",
        list('s'),
        list('k')
    ));
    assert_eq!(declared.jobs[0].pairs.as_ref().unwrap().len(), 20_000);
    assert!(told(&declared).contains("more than 20000"));
}

#[test]
fn lookups_that_the_file_answers_are_written_out() {
    let declared = flume(
        "
        ROOT = /data
        IN = ${ROOT}/in
        LOOP = ${LOOP}${LOOP}
        DB_PASSWORD = geheim
        UNUSED = 1
        a.sources = s t
        a.sources.s.type = spooldir
        a.sources.s.spoolDir = ${IN}/${env:DAY}/${LOOP}
        a.sources.s.channels = c
        a.sources.t.type = exec
        a.sources.t.command = tail -F ${DB_PASSWORD}
        a.sources.t.channels = c
        a.channels = c
        a.channels.c.type = memory
        ",
    );
    assert!(
        declared.jobs[0].inputs[0].name.starts_with("/data/in/${env:DAY}/${LOOP}"),
        "{:?}",
        declared.jobs[0].inputs
    );
    assert_eq!(declared.jobs[0].inputs[1].name, "${DB_PASSWORD}");
    let told = told(&declared);
    assert!(told.contains("UNUSED: is not understood") && !told.contains("ROOT:"), "{told}");
    assert!(!serde_json::to_string(&declared).unwrap().contains("geheim"));
}
