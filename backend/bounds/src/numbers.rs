//! Robust figures: medians, quantiles, means of the middle, the width of a tail. All take finite numbers and give finite ones; of
//! nothing they give 0.

/// Scales a median absolute deviation to the standard deviation of a normal distribution (Hampel 1974).
pub(crate) const MAD_TO_SIGMA: f64 = 1.4826;

/// Greater values are reckoned with as if they were this: sums, differences and squares of what follows from them stay finite.
const GREATEST: f64 = 1e120;
/// Smaller differences mean nothing.
pub(crate) const LEAST: f64 = 1e-120;

/// A value as it is reckoned with: within ±[`GREATEST`], and zero where it is next to nothing.
pub(crate) fn drawn_in(value: f64) -> f64 {
    // -0 is 0
    if value.abs() < LEAST { 0.0 } else { value.clamp(-GREATEST, GREATEST) }
}

pub(crate) fn sort(values: &mut [f64]) {
    values.sort_unstable_by(f64::total_cmp);
}

/// The median; reorders.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n == 0 {
        return 0.0;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    if n % 2 == 1 {
        return upper;
    }
    let lower = below.iter().copied().max_by(f64::total_cmp).unwrap_or(upper);
    lower + (upper - lower) / 2.0
}

/// The quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7) of sorted values.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = p.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// Standard deviation by the median of absolute values; reorders.
pub(crate) fn sigma(absolute: &mut [f64]) -> f64 {
    MAD_TO_SIGMA * median(absolute)
}

/// How badly errors fit, as the negative log-likelihood of a Cauchy distribution with their own scale, by the point: an error ten
/// times as large costs a little more, not a hundred times. `floor` is the least scale that means anything.
pub(crate) fn cost(errors: &[f64], floor: f64) -> f64 {
    let mut absolute: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    let scale = sigma(&mut absolute).max(floor).max(f64::MIN_POSITIVE);
    let spread: f64 = absolute.iter().map(|error| (error / scale).min(1e150).powi(2).ln_1p()).sum();
    scale.ln() + spread / errors.len().max(1) as f64
}

/// Means of the middle by group, and for each value the same without the value itself.
pub(crate) struct Middles {
    /// By group.
    pub(crate) of: Vec<f64>,
    /// Values by group.
    pub(crate) counts: Vec<usize>,
    /// By value: the group's middle without it, `None` where it is alone.
    pub(crate) without: Vec<Option<f64>>,
}

/// The mean of the middle half (the midmean, Tukey 1977) of each group; of three the median, of fewer the mean.
pub(crate) fn middles(groups: &[usize], count: usize, values: &[f64]) -> Middles {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| {
        let (a, b) = (a as usize, b as usize);
        groups[a].cmp(&groups[b]).then(values[a].total_cmp(&values[b]))
    });
    let mut out = Middles { of: vec![0.0; count], counts: vec![0; count], without: vec![None; values.len()] };
    let mut sums: Vec<f64> = Vec::new();
    for members in order.chunk_by(|&a, &b| groups[a as usize] == groups[b as usize]) {
        let group = groups[members[0] as usize];
        sums.clear();
        sums.push(0.0);
        let mut sum = 0.0;
        for &member in members {
            sum += values[member as usize];
            sums.push(sum);
        }
        let n = members.len();
        out.counts[group] = n;
        let (from, to) = middle(n);
        out.of[group] = (sums[to] - sums[from]) / (to - from) as f64;
        if n == 1 {
            continue;
        }
        let (from, to) = middle(n - 1);
        for (rank, &member) in members.iter().enumerate() {
            let rest = if rank < from {
                sums[to + 1] - sums[from + 1]
            } else if rank < to {
                sums[to + 1] - sums[from] - values[member as usize]
            } else {
                sums[to] - sums[from]
            };
            out.without[member as usize] = Some(rest / (to - from) as f64);
        }
    }
    out
}

/// The ranks of the middle of n values.
fn middle(n: usize) -> (usize, usize) {
    let cut = if n < 3 { 0 } else { n.div_ceil(4) };
    (cut, n - cut)
}

/// How far a tail reaches that is passed at `rate`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    /// The bound, in the unit of the deviations.
    pub(crate) width: f64,
    /// The tail's weight: about 0.65 for normal deviations, 1 for exponential ones, more for heavier.
    pub(crate) weight: f64,
}

/// The bound that absolute deviations pass at `rate` (both sides together), beyond what was seen: a Weibull tail
/// `q(p) = q(p₀) · (ln 1/p ÷ ln 1/p₀)^θ` through the 90 % quantile, its weight θ from the 90 % and the 98 % (of few: the 95 %) (Beirlant et al. 1995,
/// Gardes and Girard 2008), drawn to that of normal deviations where there are few. One deviation in fifty may be anything.
pub(crate) fn tail(sorted: &[f64], rate: f64) -> Tail {
    const USUAL: f64 = 0.7;
    let n = sorted.len() as f64;
    let (near, far) = (quantile(sorted, 0.9), quantile(sorted, 0.98));
    let seen =
        if near > 0.0 && far > near { (far / near).ln() / (50_f64.ln() / 10_f64.ln()).ln() } else { USUAL };
    let weight = ((n * seen.clamp(0.5, 2.0) + 60.0 * USUAL) / (n + 60.0)).clamp(0.5, 1.3);
    let reach = ((1.0 / rate).ln() / 10_f64.ln()).max(1.0).powf(weight);
    // what few deviations say is uncertain by itself
    Tail { width: near * reach * (1.0 + 5.0 / n.max(1.0)), weight }
}
