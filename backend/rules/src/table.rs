//! What is known of a dataset when rules are compiled for it: columns with their types, and what its source guarantees.

use serde::{Deserialize, Serialize};

/// A dataset of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its name in the source, from the outside in: schema and table, or database and table.
    pub path: Vec<String>,
    /// Its columns in their order.
    pub columns: Vec<Column>,
    /// What the source guarantees.
    pub constraints: Vec<Constraint>,
    /// What sort of dataset it is: not each is held to its constraints.
    pub shape: Shape,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as the source writes it: `numeric(12,2)`.
    pub written: String,
    /// What can be done with its values; [`crate::Dialect::sort_of`] tells it from the type, but for enumerations.
    pub sort: Sort,
}

/// What can be done with the values of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// True and false.
    Boolean,
    /// Whole numbers of so many bits.
    Integer(u8),
    /// Exact numbers.
    Decimal,
    /// Binary numbers of so many bits.
    Float(u8),
    /// Texts, of at most so many characters.
    Text(Option<u32>),
    /// Texts filled up with blanks to so many characters. They are read without the blanks at their end.
    Padded(Option<u32>),
    /// Days.
    Date,
    /// Times without zone.
    Timestamp,
    /// Instants.
    Instant,
    /// UUIDs.
    Uuid,
    /// Byte strings.
    Bytes,
    /// One of these labels.
    Enumeration(Vec<String>),
    /// Anything else that can be compared for equality.
    Other,
    /// What cannot even be compared for equality: `json`, `xml`, `point`.
    Opaque,
}

impl Sort {
    pub(crate) const fn is_text(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Padded(_))
    }

    pub(crate) const fn is_number(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Decimal | Self::Float(_))
    }

    pub(crate) const fn is_time(&self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::Instant)
    }
}

/// What sort of dataset it is, as far as constraints go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A table by itself.
    Plain,
    /// A partitioned table all of whose partitions are tables of this server: its constraints hold in them all.
    Partitioned,
    /// A partitioned table with a foreign partition: nobody holds that one to anything.
    PartlyForeign,
    /// A table with children by inheritance: a query reads them too, keys and foreign keys do not bind them, and NOT NULL only where
    /// nobody wrote ONLY.
    Parent,
    /// A foreign table: its constraints are claims.
    Foreign,
    /// A view, materialised or not.
    View,
}

impl Shape {
    /// Whether the source holds each row that a query of it reads to its constraints.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Plain | Self::Partitioned)
    }
}

/// What a source guarantees. Only what it has validated: a constraint that is NOT VALID or NOT ENFORCED, an index that is not valid, is
/// partial or is on expressions, does not belong here, nor one whose operators or collation are not the column's own. DEFERRABLE ones do:
/// at each commit they hold, and only what is committed is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// Its name; of a NOT NULL without name, the column's.
    pub name: String,
    /// What it says.
    pub what: Guarantee,
}

/// What a constraint says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// Every row has a value.
    NotNull(String),
    /// A primary key: values, and no two the same.
    PrimaryKey(Vec<String>),
    /// A unique constraint or index, whether a lack of values counts as a value or not.
    Unique(Vec<String>),
    /// A foreign key.
    ForeignKey {
        /// The columns here.
        columns: Vec<String>,
        /// The path of the dataset there, as in [`Table::path`].
        to: Vec<String>,
        /// The columns there, in the same order.
        keys: Vec<String>,
    },
}

impl Table {
    /// The column of this name, to the letter.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns by which a row is told from others: the primary key, else the first unique key; empty where there is none.
    #[must_use]
    pub fn key(&self) -> &[String] {
        let primary = self.constraints.iter().find_map(|constraint| match &constraint.what {
            Guarantee::PrimaryKey(columns) => Some(columns.as_slice()),
            _ => None,
        });
        let unique = || {
            self.constraints.iter().find_map(|constraint| match &constraint.what {
                Guarantee::Unique(columns) => Some(columns.as_slice()),
                _ => None,
            })
        };
        primary.or_else(unique).unwrap_or_default()
    }

    /// The constraint that gives every row a value in this column.
    pub(crate) fn not_null(&self, column: &str) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| match &constraint.what {
            Guarantee::NotNull(name) => name == column,
            Guarantee::PrimaryKey(columns) => columns.iter().any(|name| name == column),
            _ => false,
        })
    }
}
