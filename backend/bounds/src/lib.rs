//! What is usual for a metric and what is not, learned from its own history: row counts, null shares, means, lags.
//!
//! [`learn`] makes a [`Model`] of points; [`Model::bounds_at`] says what is usual at an instant and why; [`Model::judge`] judges a
//! point; [`judge_series`] and [`Watch`] judge a series point by point, each by what came before it. Nothing here reads a clock,
//! draws lots or fails: what is no number is counted and skipped, and while too little is known nothing alarms.
//!
//! How it goes: scale ([`Scale`]), season by hour and weekday (leave one out), level (robust smoothing that jumps where five points
//! in a row say so), widths from the errors that the history made one step ahead, events that alarm once. What was tried and
//! measured: `backend/decisions/learned-bounds.md`.
//!
//! Words for people are not here: [`Grounds`] and [`Judgement`] are data.

mod cadence;
mod event;
mod fit;
mod judge;
mod level;
mod model;
mod numbers;
mod options;
mod point;
mod scale;
mod season;
mod told;
mod watch;
mod width;

pub use cadence::Cadence;
pub use model::{LONGEST, Model, learn};
pub use options::{Domain, Options, Sensitivity};
pub use point::{Point, Skipped};
pub use scale::Scale;
pub use season::{DayPattern, When};
pub use told::{
    Alarm, Band, Basis, Bounds, Cause, Grounds, Judgement, Needs, News, Part, Shift, Side, Stage, Verdict,
    Wider,
};
pub use watch::{Watch, judge_series};
