//! What is told: bands, judgements and their grounds, as data from which a sentence in any language and a chart can be made.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::point::Skipped;
use crate::scale::Scale;
use crate::season::When;

/// What is usual at an instant, in the metric's unit: `lower <= expected <= upper`, all finite.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// The lowest usual value.
    pub lower: f64,
    /// The most likely value.
    pub expected: f64,
    /// The highest usual value.
    pub upper: f64,
}

/// A band and its grounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The instant.
    pub at: DateTime<Utc>,
    /// What is usual then.
    pub band: Band,
    /// Why.
    pub grounds: Grounds,
}

/// Why a band lies where it lies. `level` and the effects of the parts add up to the expected value, but for what the domain and
/// whole numbers cut off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grounds {
    /// The level without what recurs, in the metric's unit.
    pub level: f64,
    /// How the level moves by itself, in units a day; 0 where no trend was found.
    pub trend_a_day: f64,
    /// What recurs at this instant, each with its effect in the metric's unit.
    pub parts: Vec<Part>,
    /// One standard deviation at this instant, in the metric's unit.
    pub spread: f64,
    /// How heavy the tail of deviations is: about 0.65 is normal, 1 and more means that far ones are no rarity.
    pub tail: f64,
    /// On what scale all this was found.
    pub scale: Scale,
    /// About how many ordinary points lie outside, of 1.
    pub rate: f64,
    /// What of a band was widened, and why.
    pub wider: Vec<Wider>,
    /// The history that it stands on.
    pub history: Basis,
    /// The last shift of the level in it.
    pub shift: Option<Shift>,
    /// Whether more is needed to know the metric.
    pub stage: Stage,
}

/// The history that a model stands on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// Points used.
    pub points: usize,
    /// The first.
    pub from: Option<DateTime<Utc>>,
    /// The last.
    pub to: Option<DateTime<Utc>>,
    /// What could not be used.
    pub skipped: Skipped,
    /// How many points were put aside as outliers.
    pub aside: usize,
    /// When the latest of them were, at most twenty, oldest first.
    pub latest_aside: Vec<DateTime<Utc>>,
}

/// A part of what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub cause: Cause,
    /// How much it adds, in the metric's unit.
    pub effect: f64,
}

/// What moves the expected value away from the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Cause {
    /// The hour of the day, all days alike; `off` says of which days, where days off go another way.
    Hour {
        /// 0 to 23.
        hour: usize,
        /// Whether this is a day off (`None`: no difference is made).
        off: Option<bool>,
    },
    /// The hour of the week.
    HourOfWeek {
        /// Monday is 0.
        weekday: usize,
        /// 0 to 23.
        hour: usize,
    },
    /// The weekday.
    Weekday {
        /// Monday is 0.
        weekday: usize,
    },
    /// What comes each time at this date.
    Calendar {
        /// The date.
        when: When,
    },
    /// What remains of the last point's distance from the level.
    Echo,
    /// The usual step from the value before.
    Step,
}

/// Why a band is wider than usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wider {
    /// The last point is some time ago.
    Gap,
    /// The level has just shifted.
    NewLevel,
    /// A season may still be unknown.
    Provisional,
    /// The history has no such hour or weekday yet: what was seen at all is usual.
    Unseen,
}

/// Whether a metric is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage", content = "needs")]
pub enum Stage {
    /// Too little is known for any band: nothing alarms.
    Learning(Needs),
    /// There are bands, but a season may still be unknown: what was not seen yet does not alarm.
    Provisional(Needs),
    /// Known.
    Learned,
}

/// What is still needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Points until there are bands.
    pub points: usize,
    /// Days until the hours of the day are known; 0 where they are, or where points come once a day or less.
    pub days_for_hours: usize,
    /// Days until the weekdays are known.
    pub days_for_weekdays: usize,
}

/// A lasting change of the level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// The first point of the new level.
    pub at: DateTime<Utc>,
    /// The level before, in the metric's unit.
    pub from: f64,
    /// The level after.
    pub to: f64,
}

/// On which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Too low.
    Below,
    /// Too high.
    Above,
}

/// What a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "side")]
pub enum Verdict {
    /// Too little is known.
    Learning,
    /// As usual.
    Within,
    /// Outside its band.
    Outside(Side),
    /// A value that the metric cannot have.
    Impossible,
    /// No number; says nothing about the metric.
    NotFinite,
    /// Not later than the last point; compared, not learned from.
    Late,
}

/// Something began that somebody should know of. One event alarms once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "alarm")]
pub enum Alarm {
    /// A point outside its band.
    Outside {
        /// Where.
        side: Side,
    },
    /// Several points in a row that each may pass, but not together.
    Together {
        /// Where.
        side: Side,
        /// The first of them.
        since: DateTime<Utc>,
    },
    /// The metric moves away little by little.
    Drift {
        /// Where to.
        side: Side,
        /// About since when.
        since: DateTime<Utc>,
    },
    /// Points before this one should have come and did not.
    Missing {
        /// How many.
        points: usize,
        /// The last one that came.
        since: DateTime<Utc>,
    },
    /// A value that the metric cannot have.
    Impossible,
}

/// What became of an event that alarmed before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "news")]
pub enum News {
    /// It goes on.
    GoesOn {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It lasts: this is the level from now on.
    Shifted(Shift),
    /// The metric is back at the level before the last shift.
    Returned(Shift),
    /// It is over.
    Over {
        /// When it began.
        since: DateTime<Utc>,
    },
}

/// A point, judged by what came before it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// When.
    pub at: DateTime<Utc>,
    /// The value.
    pub value: f64,
    /// What was usual; `None` while learning.
    pub band: Option<Band>,
    /// What the point is.
    pub verdict: Verdict,
    /// What began with it.
    pub alarm: Option<Alarm>,
    /// What it says of an event that began earlier.
    pub news: Option<News>,
}
