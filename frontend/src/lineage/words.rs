//! The closed sets of lineage, and the two letters of a system.

use cadastre_model::How;

use crate::T;
use crate::lineage::view::Open;

/// A closed set with its words as they are stored, and the key of the name of each.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $set:literal { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word, as it is stored and stands in addresses.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one of a word.
            #[must_use]
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl $crate::words::Word for $name {
            fn key(&self) -> String {
                format!("{}-{}", $set, self.as_str().replace('_', "-"))
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How a dataset of the lineage stands in the register.
    Standing, "standing" {
        /// Crawled and there.
        Live = "live",
        /// Only referred to by a job; no source of the register has it.
        Referenced = "referenced",
        /// Gone at its source.
        Gone = "gone",
    }
}

words! {
    /// Towards where the data comes from, or where it goes.
    Side, "side" {
        /// Where it comes from.
        Up = "up",
        /// Where it goes.
        Down = "down",
    }
}

/// The keys of what is said about a side.
impl Side {
    pub(crate) const fn open(self) -> Open {
        match self {
            Self::Up => Open::Up,
            Self::Down => Open::Down,
        }
    }

    const fn pick(self, up: &'static str, down: &'static str) -> &'static str {
        match self {
            Self::Up => up,
            Self::Down => down,
        }
    }

    pub(crate) const fn is_down(self) -> bool {
        matches!(self, Self::Down)
    }

    pub(crate) const fn hops_key(self) -> &'static str {
        self.pick("lineage-up", "lineage-down")
    }

    pub(crate) const fn depth_key(self) -> &'static str {
        self.pick("lineage-depth-up", "lineage-depth-down")
    }

    pub(crate) const fn nothing_key(self) -> &'static str {
        self.pick("lineage-nothing-up", "lineage-nothing-down")
    }

    pub(crate) const fn more_of_key(self) -> &'static str {
        self.pick("lineage-more-up", "lineage-more-down")
    }

    pub(crate) const fn fold_key(self) -> &'static str {
        self.pick("lineage-fold-up", "lineage-fold-down")
    }

    /// The key of the keyboard that follows the link to less of it.
    pub(crate) const fn fewer_key(self) -> &'static str {
        self.pick("{", "[")
    }

    /// The key of the keyboard that follows the link to more of it.
    pub(crate) const fn more_key(self) -> &'static str {
        self.pick("}", "]")
    }
}

words! {
    /// Why a dataset has no lineage, or less than it could.
    Gap, "gap" {
        /// No job that was seen reads or writes it.
        NoJob = "no_job",
        /// A job names it, but its statement could not be parsed.
        NotParsed = "not_parsed",
        /// A view whose definition the crawler may not read.
        NoDefinition = "no_definition",
        /// Jobs name it, but none says which columns.
        NoColumns = "no_columns",
        /// Columns wait for the schema of a dataset that was not crawled.
        StarOnly = "star_only",
        /// Its source has never been crawled completely.
        NotCrawled = "not_crawled",
    }
}

impl Gap {
    /// The key of the sentence that says what would fill it.
    #[must_use]
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::NoJob => "gap-no-job-text",
            Self::NotParsed => "gap-not-parsed-text",
            Self::NoDefinition => "gap-no-definition-text",
            Self::NoColumns => "gap-no-columns-text",
            Self::StarOnly => "gap-star-only-text",
            Self::NotCrawled => "gap-not-crawled-text",
        }
    }
}

words! {
    /// Where in the graph a dataset stands.
    Ends, "lineage-ends" {
        /// Data begins here: it leads to others, and none leads to it.
        Roots = "roots",
        /// Data ends here: others lead to it, and it leads to none.
        Leaves = "leaves",
        /// It leads back to itself.
        Circles = "circles",
    }
}

impl Ends {
    /// The key of the sentence that says what it means.
    #[must_use]
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Roots => "lineage-ends-roots-text",
            Self::Leaves => "lineage-ends-leaves-text",
            Self::Circles => "lineage-ends-circles-text",
        }
    }
}

/// How sure an edge is, in per cent. Under [`Confidence::LOW`] it is drawn dashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Confidence(pub i64);

impl Confidence {
    /// The first that counts as sure.
    pub const LOW: i64 = 70;

    /// The lower limits that can be chosen as a filter, in per cent.
    pub const LIMITS: [i64; 4] = [50, 70, 90, 100];

    /// Whether it is drawn as doubtful.
    #[must_use]
    pub const fn is_low(self) -> bool {
        self.0 < Self::LOW
    }
}

/// What kind of system something lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Two letters for its tile.
    pub monogram: &'static str,
    /// Its name for people, a proper name in every language.
    pub name: &'static str,
}

impl Platform {
    /// By the scheme of a namespace in OpenLineage's naming, as `kafka://broker:9092`.
    #[must_use]
    pub fn of_namespace(namespace: &str) -> Self {
        let scheme = namespace.split("://").next().unwrap_or_default().to_ascii_lowercase();
        let (monogram, name) = match scheme.as_str() {
            "postgres" | "postgresql" | "redshift" => ("PG", "PostgreSQL"),
            "mysql" | "mariadb" => ("MY", "MySQL"),
            "kafka" => ("KF", "Kafka"),
            "hive" => ("HV", "Hive"),
            "hdfs" => ("HD", "HDFS"),
            "s3" | "s3a" | "gs" | "abfss" | "wasbs" => ("OB", "Object store"),
            "file" => ("FI", "Files"),
            "snowflake" => ("SF", "Snowflake"),
            "bigquery" => ("BQ", "BigQuery"),
            "spark" | "databricks" => ("SP", "Spark"),
            "elasticsearch" | "opensearch" => ("ES", "Elasticsearch"),
            "mssql" | "sqlserver" => ("MS", "SQL Server"),
            "oracle" => ("OR", "Oracle"),
            "clickhouse" => ("CH", "ClickHouse"),
            "dbt" => ("DB", "dbt"),
            "superset" | "tableau" | "metabase" | "powerbi" | "looker" => ("BI", "Dashboards"),
            "http" | "https" | "syslog" | "tcp" | "udp" => ("NT", "Network"),
            _ => ("··", "?"),
        };
        Self { monogram, name }
    }
}

/// Several hows in one line, each once.
#[must_use]
pub fn hows(t: &T, hows: &[How]) -> String {
    let mut seen: Vec<How> = hows.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.iter().map(|how| t.w(how)).collect::<Vec<_>>().join(&t.s("lineage-and"))
}
