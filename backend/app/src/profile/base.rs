//! What is looked at: all rows, or a sample of them where there are many.
//!
//! Of tables and materialised views, pages are drawn by chance with a seed that is kept (`TABLESAMPLE SYSTEM … REPEATABLE`): rows of a page
//! come together, so that what is written in order is less evenly drawn than row by row, and the same seed draws the same pages as long as
//! nothing is written. Views and foreign tables cannot be drawn from: the first rows are taken that the source gives, which are no fair sample.

use super::dataset::Dataset;
use cadastre_model::DatasetKind;

/// So many rows are all looked at.
const ALL: i64 = 300_000;
/// About so many are drawn where there are more.
const DRAWN: i64 = 200_000;
/// So many are taken of what cannot be drawn from.
const FIRST: i64 = 100_000;
/// Bytes of a row where the source does not say how many rows there are.
const ROW: i64 = 100;

/// The rows that are looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Base {
    /// All.
    All,
    /// Of pages drawn by chance, so many of a hundred.
    Pages { percent: f64, seed: i32 },
    /// The first that the source gives.
    First,
}

impl Base {
    /// What a dataset's size asks for.
    pub(super) fn of(dataset: &Dataset, seed: i32) -> Self {
        if !may_be_drawn_from(dataset.kind) {
            return Self::First;
        }
        match believed(dataset) {
            rows if rows <= ALL => Self::All,
            rows => Self::pages(rows, seed),
        }
    }

    /// Less than this, where this took too long.
    pub(super) fn smaller(self, dataset: &Dataset, seed: i32) -> Option<Self> {
        match self {
            Self::All => Some(Self::pages(believed(dataset).max(ALL), seed)),
            Self::Pages { .. } | Self::First => None,
        }
    }

    fn pages(rows: i64, seed: i32) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
        let percent = (DRAWN as f64 / rows as f64 * 100.0).clamp(0.001, 100.0);
        // As it is written into the query, so that what is kept is what was drawn.
        Self::Pages { percent: (percent * 1e4).round() / 1e4, seed }
    }

    /// In FROM, as `b`.
    pub(super) fn sql(self, dataset: &Dataset) -> String {
        let table = dataset.sql();
        match self {
            Self::All => format!("{table} AS b"),
            Self::Pages { percent, seed } => {
                format!("{table} AS b TABLESAMPLE SYSTEM ({percent}) REPEATABLE ({seed})")
            }
            Self::First => format!("(SELECT * FROM {table} LIMIT {FIRST}) AS b"),
        }
    }

    /// How many rows there are altogether, by those that were looked at: counted, or estimated.
    pub(super) fn rows(self, dataset: &Dataset, looked_at: i64) -> i64 {
        match self {
            Self::All => looked_at,
            Self::First => looked_at.max(dataset.row_estimate.unwrap_or(0)),
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an estimate")]
            Self::Pages { percent, .. } => dataset
                .row_estimate
                .unwrap_or_else(|| (looked_at as f64 / percent * 100.0) as i64)
                .max(looked_at),
        }
    }

    /// Whether all there is was looked at.
    pub(super) const fn is_all(self, looked_at: i64) -> bool {
        match self {
            Self::All => true,
            Self::Pages { .. } => false,
            Self::First => looked_at < FIRST,
        }
    }
}

const fn may_be_drawn_from(kind: DatasetKind) -> bool {
    matches!(kind, DatasetKind::Table | DatasetKind::PartitionedTable | DatasetKind::MaterializedView)
}

fn believed(dataset: &Dataset) -> i64 {
    // A table that was never analysed counts no rows, however many it has.
    let by_size = dataset.bytes.unwrap_or(0) / ROW;
    match dataset.row_estimate {
        Some(rows) if rows > 0 => rows,
        _ => by_size,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_model::AssetId;

    fn dataset(kind: DatasetKind, row_estimate: Option<i64>, bytes: Option<i64>) -> Dataset {
        Dataset {
            id: AssetId(2),
            source: AssetId(1),
            schema: "s".into(),
            name: "t\"x".into(),
            kind,
            row_estimate,
            bytes,
            columns: Vec::new(),
        }
    }

    #[test]
    fn large_tables_are_drawn_from_and_small_ones_are_not() {
        let small = dataset(DatasetKind::Table, Some(1_000), None);
        assert_eq!(Base::of(&small, 7), Base::All);
        let large = dataset(DatasetKind::Table, Some(20_000_000), None);
        assert_eq!(Base::of(&large, 7), Base::Pages { percent: 1.0, seed: 7 });
        assert_eq!(
            Base::of(&large, 7).sql(&large),
            r#""s"."t""x" AS b TABLESAMPLE SYSTEM (1) REPEATABLE (7)"#
        );
        let unknown = dataset(DatasetKind::Table, None, Some(100_000_000_000));
        assert!(matches!(Base::of(&unknown, 7), Base::Pages { .. }));
        let view = dataset(DatasetKind::View, None, None);
        assert_eq!(Base::of(&view, 7), Base::First);
        assert!(Base::First.is_all(5) && !Base::First.is_all(FIRST));
    }
}
