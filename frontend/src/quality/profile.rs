//! The tab Profile of a dataset: its columns in figures, pictures and examples.

use askama::Template;
use cadastre_model::{ColumnType, Sensitivity};
use chrono::{DateTime, Utc};

use crate::catalog::dataset::DatasetHead;
use crate::chart::{self, Drawn};
use crate::href::{self, DatasetTab};
use crate::parts::Pager;
use crate::quality::Unit;
use crate::quality::measure::{number, said, share};
use crate::quality::rows::{Cell, Rows};
use crate::tasks::Live;
use crate::{Bar, Chrome, Message, T};

/// `/d/{id}/profile`. Query: `profile` (one of [`ProfilePage::taken`]; without it the newest), `col` (public id of a column: opened),
/// `after` (columns are paged), `sample` (anything: rows are read as examples).
///
/// GET to itself: `profile`, `sample`. Forms: POST [`href::profile`]: no fields: profile now.
#[derive(Debug, Clone, Template)]
#[template(path = "quality/profile.html")]
pub struct ProfilePage {
    /// The frame.
    pub chrome: Chrome,
    /// The dataset.
    pub head: DatasetHead,
    /// The profile; `None`: there is none.
    pub profile: Option<Profile>,
    /// Why there is none: [`NO_PROFILE`].
    pub why_not: Option<Message>,
    /// The profiles that are kept, newest first: what is sent in `profile`, and the moment.
    pub taken: Vec<(String, DateTime<Utc>)>,
    /// Rows as examples; `None` where they were not asked for, or could not be read.
    pub sample: Option<Rows>,
    /// Why they could not be read.
    pub sample_why: Option<Message>,
    /// The id of the opened column.
    pub opened: Option<String>,
    /// A profile that waits or runs.
    pub live: Option<Live>,
    /// Whether the reader may profile here.
    pub may_profile: bool,
}

/// The keys of [`ProfilePage::why_not`].
pub const NO_PROFILE: [&str; 5] = [
    "profile-never",
    "profile-off",
    // `right`: what the crawler's role lacks.
    "profile-no-right",
    "profile-too-large",
    // `reason`.
    "profile-failed",
];

impl ProfilePage {
    fn is_at(&self, tab: &DatasetTab) -> bool {
        *tab == DatasetTab::Profile
    }

    fn here(&self) -> String {
        href::dataset_tab(&self.head.id, DatasetTab::Profile)
    }

    fn why_not(&self, t: &T) -> String {
        self.why_not.as_ref().map_or_else(|| t.s("profile-never"), |why| t.message(why))
    }

    fn chosen(&self) -> &str {
        self.profile.as_ref().map_or("", |profile| profile.id.as_str())
    }

    /// The page with rows of the source.
    fn with_rows(&self) -> String {
        format!("{}#rows", href::with_query(href::local(&self.chrome.url), "sample", "rows"))
    }

    fn moment(&self, at: &DateTime<Utc>) -> String {
        crate::absolute(*at, self.chrome.t.zone())
    }

    /// The page with a column opened, or closed when it is open.
    fn toggled(&self, column: &ColumnProfile) -> String {
        let id = if self.is_open(column) { "" } else { &column.id };
        // What was read of the source is not read again with it.
        let url = href::with_query(href::local(&self.chrome.url), "sample", "");
        let url = href::with_query(url, "col", id);
        format!("{url}#c{}", column.place)
    }

    fn is_open(&self, column: &ColumnProfile) -> bool {
        self.opened.as_ref() == Some(&column.id)
    }
}

/// A profile of a dataset.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What stands in `profile`.
    pub id: String,
    /// When it was made.
    pub taken: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// How many rows there were.
    pub rows: i64,
    /// Of how many rows the figures are, where it is not all.
    pub sampled: Option<i64>,
    /// Why its rows are unusual.
    pub unusual: Option<Strange>,
    /// The row counts of earlier profiles, oldest first.
    pub history: Vec<(DateTime<Utc>, f64)>,
    /// The columns of this page.
    pub columns: Vec<ColumnProfile>,
    /// Where the others are.
    pub pager: Pager,
}

/// A figure that is unusual by the profiles before.
#[derive(Debug, Clone)]
pub struct Strange {
    /// What was expected: [`UNUSUAL`].
    pub said: Message,
    /// Why that was expected, a sentence each: [`crate::quality::tab::GROUNDS`].
    pub grounds: Vec<Message>,
}

/// The key of [`Strange::said`]: `low`, `high`.
pub const UNUSUAL: &str = "profile-unusual";

impl Profile {
    pub(crate) fn spark(&self, t: &T) -> Drawn {
        spark(&self.history, Unit::Rows, "profile-rows-said", t)
    }
}

/// A figure over time; its name says the first and the last.
fn spark(history: &[(DateTime<Utc>, f64)], unit: Unit, key: &str, t: &T) -> Drawn {
    let values: Vec<Option<f64>> = history.iter().map(|(_, value)| Some(*value)).collect();
    chart::spark(&values, &first_and_last(history, unit, key, t))
}

fn first_and_last(history: &[(DateTime<Utc>, f64)], unit: Unit, key: &str, t: &T) -> String {
    let text = |one: Option<&(DateTime<Utc>, f64)>| one.map_or_else(String::new, |one| said(one.1, unit, t));
    t.a2(key, "first", text(history.first()), "last", text(history.last()))
}

/// A column in figures. What the reader may not see is masked or absent.
#[derive(Debug, Clone)]
pub struct ColumnProfile {
    /// Public id.
    pub id: String,
    /// Its place in the dataset, from 1.
    pub place: i64,
    /// Its name, nested ones with dots.
    pub name: String,
    /// Its type as the source writes it.
    pub type_written: String,
    /// What it holds.
    pub kind: ColumnType,
    /// The level in force.
    pub sensitivity: Sensitivity,
    /// Whether its values are masked for the reader: no extremes, no examples, no histogram.
    pub is_masked: bool,
    /// Rows without a value.
    pub nulls: i64,
    /// Of so many rows.
    pub rows: i64,
    /// How many different values; with whether that is an estimate.
    pub distinct: Option<(i64, bool)>,
    /// The least value.
    pub min: Option<Cell>,
    /// The greatest value.
    pub max: Option<Cell>,
    /// The mean, in the words of the source.
    pub mean: Option<Cell>,
    /// Quantiles: `5`, `25`, `50`, `75`, `95` per cent, and the value.
    pub quantiles: Vec<(i64, Cell)>,
    /// The shortest, mean and longest text, in characters.
    pub lengths: Option<(i64, f64, i64)>,
    /// The forms that its texts have (`AA-9999`), with how many rows have each; the named pattern first where one fits.
    pub patterns: Vec<(String, i64)>,
    /// How its values lie.
    pub histogram: Option<Histogram>,
    /// Its most frequent values.
    pub top: Vec<(Cell, i64)>,
    /// Why its share without a value is unusual.
    pub unusual_nulls: Option<Strange>,
    /// Why its number of different values is unusual.
    pub unusual_distinct: Option<Strange>,
    /// The share of rows without a value at earlier profiles, of 1, oldest first.
    pub null_history: Vec<(DateTime<Utc>, f64)>,
    /// How many different values there were at earlier profiles, oldest first.
    pub distinct_history: Vec<(DateTime<Utc>, f64)>,
}

impl ColumnProfile {
    pub(crate) fn null_share(&self) -> f64 {
        part(self.nulls, self.rows)
    }

    pub(crate) fn null_text(&self) -> String {
        share(self.null_share())
    }

    pub(crate) fn null_bar(&self) -> Bar {
        Bar(crate::percent(self.nulls, self.rows))
    }

    /// A number of rows as a share of all.
    pub(crate) fn part_of(&self, n: &i64) -> String {
        share(part(*n, self.rows))
    }

    pub(crate) fn part_bar(&self, n: &i64) -> Bar {
        Bar(crate::percent(*n, self.rows))
    }

    pub(crate) fn figures(&self) -> [(&'static str, Option<&Cell>); 3] {
        [
            ("profile-min", self.min.as_ref()),
            ("profile-max", self.max.as_ref()),
            ("profile-mean", self.mean.as_ref()),
        ]
    }

    pub(crate) fn length_mean(&self) -> String {
        self.lengths.map_or_else(String::new, |(_, mean, _)| number(mean))
    }

    pub(crate) fn has_figures(&self) -> bool {
        !self.quantiles.is_empty() || self.lengths.is_some() || !self.patterns.is_empty()
    }

    pub(crate) fn small_bars(&self, t: &T) -> Drawn {
        self.histogram.as_ref().map_or_else(Drawn::default, |histogram| histogram.small(t))
    }

    pub(crate) fn null_spark(&self, t: &T) -> Drawn {
        spark(&self.null_history, Unit::Share, "profile-nulls-said", t)
    }

    pub(crate) fn distinct_spark(&self, t: &T) -> Drawn {
        spark(&self.distinct_history, Unit::Rows, "profile-distinct-said", t)
    }

    pub(crate) fn null_history_said(&self, t: &T) -> String {
        first_and_last(&self.null_history, Unit::Share, "profile-nulls-said", t)
    }

    pub(crate) fn has_more(&self) -> bool {
        !self.is_masked || self.lengths.is_some() || self.null_history.len() > 1
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for the eye")]
fn part(n: i64, of: i64) -> f64 {
    if of <= 0 { 0.0 } else { n as f64 / of as f64 }
}

/// How values lie: bins of one width.
#[derive(Debug, Clone)]
pub struct Histogram {
    /// Where the first bin begins, as text.
    pub low: String,
    /// Where the last bin ends, as text.
    pub high: String,
    /// How many rows lie in each.
    pub bins: Vec<i64>,
}

impl Histogram {
    pub(crate) fn bars(&self, t: &T) -> Drawn {
        chart::bars(&self.bins, (320, 72), &self.said(t))
    }

    pub(crate) fn small(&self, t: &T) -> Drawn {
        chart::bars(&self.bins, (96, 24), &self.said(t))
    }

    fn said(&self, t: &T) -> String {
        t.a2("profile-histogram-said", "low", &self.low, "high", &self.high)
    }
}
