//! The words of the catalogue.

use crate::words::words;

words! {
    /// What an asset is.
    AssetKind, "kind of asset" {
        /// The register itself, root of everything.
        Register = "register",
        /// A business domain; domains form a tree.
        Domain = "domain",
        /// A system that data lives in and that is crawled.
        Source = "source",
        /// A database within a source.
        Database = "database",
        /// A schema within a database.
        Schema = "schema",
        /// A place of names that no source stands for: jobs of a client, datasets that are only named.
        Namespace = "namespace",
        /// A table, a view or anything else with columns.
        Dataset = "dataset",
        /// What moves or makes data: a view's query, a script, a connector.
        Job = "job",
    }
}

impl AssetKind {
    /// Whether other assets of a source lie inside.
    #[must_use]
    pub const fn is_container(self) -> bool {
        matches!(self, Self::Source | Self::Database | Self::Schema | Self::Namespace)
    }
}

words! {
    /// Where an asset stands in its life.
    AssetState, "state" {
        /// Seen at the source by the last complete crawl, or made by a person.
        Live = "live",
        /// Named by something, never seen at a source.
        Referenced = "referenced",
        /// Was there; a complete listing no longer had it.
        Tombstoned = "tombstoned",
        /// Still there, but the source's filters leave it out.
        OutOfScope = "out_of_scope",
    }
}

words! {
    /// What kind of dataset it is at its source.
    DatasetKind, "kind of dataset" {
        /// An ordinary table.
        Table = "table",
        /// A table in partitions, folded into one dataset.
        PartitionedTable = "partitioned_table",
        /// A stored query.
        View = "view",
        /// A stored query with stored rows.
        MaterializedView = "materialized_view",
        /// A table of another server, seen through this one.
        ForeignTable = "foreign_table",
        /// A topic or stream of a message bus.
        Topic = "topic",
        /// A file, a folder or an object in a store.
        File = "file",
        /// An index of a search engine.
        Index = "index",
        /// An address that data is sent to or read from.
        Endpoint = "endpoint",
        /// Only its name is known.
        Named = "named",
    }
}

words! {
    /// What a column holds, whatever the source calls it.
    ColumnType, "type of column" {
        /// True or false.
        Boolean = "boolean",
        /// A whole number.
        Integer = "integer",
        /// An exact number with decimals.
        Decimal = "decimal",
        /// A floating-point number.
        Float = "float",
        /// Characters.
        Text = "text",
        /// Bytes.
        Binary = "binary",
        /// A day.
        Date = "date",
        /// A time of day.
        Time = "time",
        /// A moment.
        Timestamp = "timestamp",
        /// A length of time.
        Interval = "interval",
        /// A UUID.
        Uuid = "uuid",
        /// A JSON document.
        Json = "json",
        /// One of a fixed list of words.
        Enum = "enum",
        /// A list.
        Array = "array",
        /// A record with fields of its own.
        Struct = "struct",
        /// A shape in space.
        Geometry = "geometry",
        /// An address or a network.
        Network = "network",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// What a source promises about a dataset.
    ConstraintKind, "kind of constraint" {
        /// Primary key.
        Primary = "primary",
        /// Unique constraint.
        Unique = "unique",
        /// Foreign key.
        Foreign = "foreign",
        /// Check constraint.
        Check = "check",
        /// Index that is no constraint.
        Index = "index",
    }
}

words! {
    /// The kinds of source that can be registered.
    SourceKind, "kind of source" {
        /// PostgreSQL 12 or newer.
        Postgresql = "postgresql",
    }
}

words! {
    /// How a name came to stand for an asset.
    NameOrigin, "origin of a name" {
        /// Read from the source.
        Crawl = "crawl",
        /// Named by a run event.
        Event = "event",
        /// Said by a run event to be another name of the same.
        Symlink = "symlink",
        /// Given by a person.
        Person = "person",
        /// Was the name before a rename.
        Former = "former",
    }
}
