//! On what scale a metric is judged: as it is, by its root (counts), by its logarithm (growth, factors).

use serde::{Deserialize, Serialize};

/// The scale on which level, season and spread are taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Scale {
    /// As it is: what is usual is so many more or fewer.
    Plain,
    /// The root: the spread grows with the root of the level, as counts do (Bartlett 1936).
    Root,
    /// The logarithm of value plus `offset`: what is usual is a factor.
    Log {
        /// What is added, so that zero has a logarithm.
        offset: f64,
    },
}

impl Scale {
    /// The scales that fit the values of a history.
    pub(crate) fn candidates(ys: &[f64]) -> Vec<Self> {
        let mut scales = vec![Self::Plain];
        let low = ys.iter().copied().fold(f64::INFINITY, f64::min);
        let mut positive: Vec<f64> = ys.iter().copied().filter(|&y| y > 0.0).collect();
        let mut sorted = ys.to_vec();
        super::numbers::sort(&mut sorted);
        // where values are near one another, all scales are straight
        let (near, far) = (super::numbers::quantile(&sorted, 0.02), super::numbers::quantile(&sorted, 0.98));
        if low >= 0.0 && positive.len() * 2 > ys.len() && far > 1.5 * near {
            let whole = ys.iter().all(|y| y.fract() == 0.0);
            let offset = 0.01 * super::numbers::median(&mut positive);
            scales.push(Self::Root);
            scales.push(Self::Log { offset: if whole { offset.max(0.5) } else { offset } });
        }
        scales
    }

    /// Onto the scale. What lies below its foot is drawn to it.
    pub(crate) fn to(self, y: f64) -> f64 {
        match self {
            Self::Plain => y,
            Self::Root => y.abs().sqrt().copysign(y),
            Self::Log { offset } => (y + offset).max(offset * 1e-3).max(f64::MIN_POSITIVE).ln(),
        }
    }

    /// Back.
    pub(crate) fn from(self, z: f64) -> f64 {
        let y = match self {
            Self::Plain => z,
            Self::Root => z * z.abs(),
            Self::Log { offset } => z.min(700.0).exp() - offset,
        };
        y.clamp(-f64::MAX, f64::MAX)
    }

    /// d(scale)/dy at y.
    pub(crate) fn steepness(self, y: f64) -> f64 {
        match self {
            Self::Plain => 1.0,
            Self::Root => 0.5 / y.abs().max(f64::MIN_POSITIVE).sqrt(),
            Self::Log { offset } => 1.0 / (y + offset).max(offset).max(f64::MIN_POSITIVE),
        }
    }
}
