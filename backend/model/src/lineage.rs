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
