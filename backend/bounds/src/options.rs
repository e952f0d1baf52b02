//! What the caller may say about a metric. Nothing of it is needed.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::numbers::drawn_in;

/// How a metric is judged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The zone whose hours and weekdays the metric follows.
    pub zone: Tz,
    /// What values it can have.
    pub domain: Domain,
    /// How readily it alarms.
    pub sensitivity: Sensitivity,
    /// The smallest difference that matters to anybody, in the metric's unit: bounds are never nearer to what is expected. 0: any;
    /// so are numbers below it, NaN and infinities.
    pub at_least: f64,
    /// Alarm for points that should have come and did not.
    pub missing: bool,
}

impl Options {
    /// The same with what is no number or out of limits drawn in: a model is equal to itself and can be written.
    pub(crate) fn sound(self) -> Self {
        let at_least = if self.at_least.is_finite() { drawn_in(self.at_least).max(0.0) } else { 0.0 };
        Self { at_least, sensitivity: Sensitivity::new(self.sensitivity.0), ..self }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            zone: Tz::UTC,
            domain: Domain::Unknown,
            sensitivity: Sensitivity::default(),
            at_least: 0.0,
            missing: true,
        }
    }
}

/// What values a metric can have. A value outside is wrong whatever the history says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Not known: bounds do not go below zero where the history never did.
    #[default]
    Unknown,
    /// Any number.
    Any,
    /// Zero or more: durations, sizes, lags.
    NonNegative,
    /// 0, 1, 2 …: rows, distinct values, failures.
    Count,
    /// 0 to 1: shares of rows.
    Share,
}

impl Domain {
    /// Whether the metric can have this value.
    #[must_use]
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::Unknown | Self::Any => value.is_finite(),
            Self::NonNegative => value.is_finite() && value >= 0.0,
            Self::Count => value.is_finite() && value >= 0.0 && value.fract() == 0.0,
            Self::Share => (0.0..=1.0).contains(&value),
        }
    }
}

/// How readily a metric alarms: about how many of its ordinary points may lie outside their bounds, 0.00001 to 0.05.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity(f64);

impl Sensitivity {
    /// One in ten thousand: only what is glaring.
    pub const LOW: Self = Self(0.000_1);
    /// One in two thousand.
    pub const NORMAL: Self = Self(0.000_5);
    /// One in two hundred: small changes too, and now and then nothing.
    pub const HIGH: Self = Self(0.005);

    /// A rate of one's own, drawn into the limits; NaN is [`Sensitivity::NORMAL`].
    #[must_use]
    pub fn new(rate: f64) -> Self {
        if rate.is_nan() { Self::NORMAL } else { Self(rate.clamp(0.000_01, 0.05)) }
    }

    /// The rate, within the limits however it was read.
    #[must_use]
    pub fn rate(self) -> f64 {
        Self::new(self.0).0
    }
}

impl Default for Sensitivity {
    fn default() -> Self {
        Self::NORMAL
    }
}
