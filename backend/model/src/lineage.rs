//! The words of lineage.

use crate::words::words;

words! {
    /// How a value gets from one end of an edge to the other. Ordered: kinds before `condition` carry the value, the
    /// others only influence it.
    How, "kind of edge" {
        /// The value itself, under the same name.
        Identity = "identity",
        /// The value itself, under another name.
        Rename = "rename",
        /// The value, cast to a type.
        Cast = "cast",
        /// Rows or files carried over as they are, by something that does not look into them.
        Copy = "copy",
        /// Through an expression.
        Expression = "expression",
        /// An argument of a window function.
        Window = "window",
        /// Through an aggregate function.
        Aggregate = "aggregate",
        /// Hidden on its way: by a hash, a mask.
        Masked = "masked",
        /// Not said.
        Unknown = "unknown",
        /// In a condition of the output's expression. The first of the kinds that only influence.
        Condition = "condition",
        /// In the partition or order of the output's window.
        Over = "over",
        /// Decides rows by a filter.
        Filter = "filter",
        /// Decides rows by a join's condition.
        Join = "join",
        /// Decides rows by grouping.
        Group = "group",
        /// Decides the order of rows.
        Sort = "sort",
    }
}

impl How {
    /// Whether the value comes from the source, rather than being influenced by it.
    #[must_use]
    pub const fn carries(self) -> bool {
        (self as u8) < (Self::Condition as u8)
    }
}

words! {
    /// What a job is.
    JobKind, "kind of job" {
        /// The query of a view.
        View = "view",
        /// The query of a materialised view.
        MaterializedView = "materialized_view",
        /// A function in SQL, stored at the source.
        Function = "function",
        /// A text of SQL that somebody handed in.
        Sql = "sql",
        /// A model, seed, snapshot or exposure of dbt.
        Dbt = "dbt",
        /// Something that sends events of OpenLineage.
        OpenLineage = "openlineage",
        /// An agent of Flume.
        Flume = "flume",
        /// A connector of Kafka Connect or Debezium.
        KafkaConnect = "kafka_connect",
        /// Filebeat.
        Filebeat = "filebeat",
        /// A pipeline of Logstash.
        Logstash = "logstash",
    }
}

words! {
    /// By which way a job, and with it its edges, came to be known.
    Maker, "maker of an edge" {
        /// Parsed from a definition that was crawled.
        Crawl = "crawl",
        /// Parsed from SQL that was handed in.
        Sql = "sql",
        /// Told by events of OpenLineage.
        OpenLineage = "openlineage",
        /// Read from the artifacts of dbt.
        Dbt = "dbt",
        /// Read from a configuration: Flume, Kafka Connect, Filebeat, Logstash.
        Config = "config",
        /// Drawn by a person.
        Person = "person",
    }
}

words! {
    /// How a run stands.
    RunState, "state of a run" {
        /// Announced, not begun.
        Waiting = "waiting",
        /// Under way.
        Running = "running",
        /// Came to its end.
        Done = "done",
        /// Failed.
        Failed = "failed",
        /// Was stopped.
        Aborted = "aborted",
    }
}

words! {
    /// How much of a statement was understood.
    Understood, "state of a statement" {
        /// All of it.
        Whole = "whole",
        /// There is an answer, and something is missing in it.
        Partly = "partly",
        /// Nothing: it could not be read.
        Failed = "failed",
        /// It moves no data.
        NoData = "no_data",
    }
}
