//! Quality: the tabs Quality and Profile of a dataset, the rule editor, the overview with its lists, incidents.
//!
//! Everything here is what the reader may see: what is hidden is absent from the structs and from every count. Cells come in
//! masked already ([`rows::Cell::Masked`]); nothing is masked here. Numbers are plain; [`Measure`] and [`Bound`] say them.

pub mod editor;
pub mod fields;
pub(crate) mod history;
pub mod incident;
pub mod lists;
pub mod measure;
pub mod overview;
pub mod profile;
pub mod rows;
pub mod rule;
pub mod score;
pub mod select;
pub mod tab;
pub mod words;

pub use measure::{Bound, Measure, Unit};
pub use rule::{Held, Next, RuleRow, RunMark};
pub use score::{Badge, Counts, DimensionScore, Points, Score};
pub use select::Select;
pub use words::{
    CastTo, Dimension, Gravity, HeldBy, IncidentState, Kind, Named, Operator, Outside, Past, RuleState, Step,
    Verdict,
};

/// The question of retiring a rule, and the word on its button; see [`crate::access::ConfirmPage`].
pub const RETIRE: (&str, &str) = ("confirm-retire-rule", "confirm-retire");

/// What follows from retiring, for [`crate::access::ConfirmPage::consequences`].
pub const RETIRE_CONSEQUENCES: [&str; 3] =
    ["confirm-retire-runs", "confirm-retire-history", "confirm-retire-incidents"];
