//! Where a value lies: the axis with its round steps.

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    /// Where lines are drawn, from low to high.
    pub(super) ticks: Vec<f64>,
}

impl Scale {
    /// An axis for values from `low` to `high`, with about `steps` lines. It begins at nought where the values are not far
    /// from there by their own measure.
    pub(super) fn of(low: f64, high: f64, steps: u32) -> Self {
        let (low, high) = (low.clamp(-1e300, 1e300), high.clamp(-1e300, 1e300));
        let span = (high - low).abs();
        let low = if low > 0.0 && span >= high * 0.25 { 0.0 } else { low };
        let (low, high) = if high > low {
            (low, high)
        } else if high == 0.0 {
            (0.0, 1.0)
        } else {
            (low - low.abs() * 0.05, high + high.abs() * 0.05)
        };
        let step = round_step((high - low) / f64::from(steps.max(1)));
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let mut ticks = Vec::new();
        let mut n = first;
        while n <= last && ticks.len() < 20 {
            ticks.push(n * step);
            n += 1.0;
        }
        Self { low: first * step, high: last * step, ticks }
    }

    /// Where a value lies, of 1; what is outside lies at the edge.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    pub(super) fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The next of 1, 2, 2.5, 5, 10 … that is not smaller.
fn round_step(step: f64) -> f64 {
    if !step.is_finite() || step <= 0.0 {
        return 1.0;
    }
    let unit = 10_f64.powf(step.log10().floor());
    let times = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|times| times * unit >= step * 0.999);
    unit * times.unwrap_or(10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_hold_all_values() {
        for (low, high, ticks) in [
            (0.003, 0.0314, vec![0.0, 0.01, 0.02, 0.03, 0.04]),
            (0.0, 0.0, vec![0.0, 0.25, 0.5, 0.75, 1.0]),
            (0.0, 4.0, vec![0.0, 1.0, 2.0, 3.0, 4.0]),
        ] {
            let scale = Scale::of(low, high, 4);
            let near = scale.ticks.iter().zip(&ticks).all(|(a, b)| (a - b).abs() < 1e-9);
            assert!(near && scale.ticks.len() == ticks.len(), "{low} {high}: {:?}", scale.ticks);
        }
        for (low, high) in
            [(-5.0, 5.0), (48e6, 48.2e6), (7.0, 7.0), (-3.0, -3.0), (1e-12, 1e12), (f64::MIN, f64::MAX)]
        {
            let scale = Scale::of(low, high, 4);
            assert!(scale.holds(low.max(-1e300)) && scale.holds(high.min(1e300)), "{low} {high}: {scale:?}");
            assert!((2..=20).contains(&scale.ticks.len()), "{scale:?}");
        }
    }

    #[test]
    fn values_that_vary_little_are_not_drawn_from_nought() {
        assert!(Scale::of(48e6, 48.2e6, 4).low > 47e6);
        assert_eq!(Scale::of(3.0, 10.0, 4).low, 0.0);
    }
}
