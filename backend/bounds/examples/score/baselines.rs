//! Median ± k·MAD and Holt-Winters, written plainly, tuned on other seeds, with alarms grouped as the crate groups them: one for points
//! outside in a row.

use std::io;

use crate::scenes::{Scene, scene};
use crate::tally::Tally;
use crate::{f1, row, say};

pub(crate) fn compare(scenes: &[Scene]) -> io::Result<()> {
    let known: Vec<Scene> = (1..=120).map(scene).collect();
    let (mad, score) = best(&known, mads(), |scene, form| form.alarms(scene));
    say(&format!("tuned: {mad:?}, F1 {score:.3}"))?;
    tally("median ± k·MAD", &known, scenes, |scene| mad.alarms(scene))?;
    let (seasonal, score) = best(
        &known,
        mads().into_iter().map(|form| Mad { seasonal: true, ..form }).collect(),
        |scene, form| form.alarms(scene),
    );
    say(&format!("tuned: {seasonal:?}, F1 {score:.3}"))?;
    tally("the same by season", &known, scenes, |scene| seasonal.alarms(scene))?;
    let (winters, score) = best(&known, winters(), |scene, form| form.alarms(scene));
    say(&format!("tuned: {winters:?}, F1 {score:.3}"))?;
    tally("Holt-Winters", &known, scenes, |scene| winters.alarms(scene))
}

/// Alarms for points after a gap of more than so many usual steps beside: baselines see absent points by this.
fn gaps(scene: &Scene, alarms: Vec<usize>, steps: f64) -> Vec<usize> {
    let seconds = |pair: &[bounds::Point]| (pair[1].at - pair[0].at).num_seconds() as f64;
    let usual = median(&mut scene.points.windows(2).map(seconds).collect::<Vec<_>>());
    let late = scene.points.windows(2).enumerate().filter(|(_, pair)| seconds(pair) > steps * usual);
    let mut all: Vec<usize> = late.map(|(index, _)| index + 1).chain(alarms).collect();
    all.sort_unstable();
    all.dedup_by(|later, earlier| *later - *earlier < 4);
    all
}

/// With the rule for gaps that does best on the known series.
fn tally(
    name: &str,
    known: &[Scene],
    scenes: &[Scene],
    alarms: impl Fn(&Scene) -> Vec<usize>,
) -> io::Result<()> {
    let count = |scenes: &[Scene], steps: f64| {
        let mut tally = Tally::default();
        for scene in scenes {
            tally.add(scene, &gaps(scene, alarms(scene), steps));
        }
        tally
    };
    let steps = [1.9, 2.9, 3.9, f64::INFINITY];
    let best = steps.into_iter().max_by(|&a, &b| f1(&count(known, a)).total_cmp(&f1(&count(known, b))));
    row(name, &count(scenes, best.unwrap_or(f64::INFINITY)))
}

fn best<F: Copy>(known: &[Scene], forms: Vec<F>, alarms: impl Fn(&Scene, F) -> Vec<usize>) -> (F, f64) {
    let mut best = (forms[0], -1.0);
    for form in forms {
        let mut tally = Tally::default();
        for scene in known {
            tally.add(scene, &alarms(scene, form));
        }
        if f1(&tally) > best.1 {
            best = (form, f1(&tally));
        }
    }
    best
}

/// One alarm for points outside that are fewer than `apart` points from one another.
fn grouped(outside: impl Iterator<Item = bool>, apart: usize) -> Vec<usize> {
    let mut last: Option<usize> = None;
    let mut alarms = Vec::new();
    for (index, outside) in outside.enumerate() {
        if outside {
            if last.is_none_or(|last| index - last >= apart) {
                alarms.push(index);
            }
            last = Some(index);
        }
    }
    alarms
}

#[derive(Clone, Copy, Debug)]
struct Mad {
    window: usize,
    k: f64,
    apart: usize,
    seasonal: bool,
}

fn mads() -> Vec<Mad> {
    let mut forms = Vec::new();
    for window in [14, 30, 60, 120] {
        for k in [3.0, 4.0, 5.0, 6.5, 8.0, 11.0, 15.0] {
            for apart in [2, 8, 30, 60] {
                forms.push(Mad { window, k, apart, seasonal: false });
            }
        }
    }
    forms
}

impl Mad {
    fn alarms(self, scene: &Scene) -> Vec<usize> {
        let ys: Vec<f64> = scene.points.iter().map(|point| point.value).collect();
        let mut near: Vec<f64> = Vec::new();
        let outside = (0..ys.len()).map(|index| {
            near.clear();
            if self.seasonal {
                // the same place of earlier seasons
                let mut back = index;
                while back >= scene.period && near.len() < self.window {
                    back -= scene.period;
                    near.push(ys[back]);
                }
            } else {
                near.extend_from_slice(&ys[index.saturating_sub(self.window)..index]);
            }
            if near.len() < if self.seasonal { 5 } else { 12 } {
                return false;
            }
            let middle = median(&mut near);
            let mut apart: Vec<f64> = near.iter().map(|y| (y - middle).abs()).collect();
            let mad = 1.4826 * median(&mut apart);
            (ys[index] - middle).abs() > self.k * mad.max(1e-9 * middle.abs()).max(1e-12)
        });
        grouped(outside.collect::<Vec<_>>().into_iter(), self.apart)
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    (values[n / 2] + values[(n - 1) / 2]) / 2.0
}

#[derive(Clone, Copy, Debug)]
struct Winters {
    level: f64,
    trend: f64,
    season: f64,
    k: f64,
    apart: usize,
}

fn winters() -> Vec<Winters> {
    let mut forms = Vec::new();
    for level in [0.05, 0.15, 0.3, 0.6] {
        for trend in [0.0, 0.01] {
            for season in [0.05, 0.2, 0.4] {
                for k in [3.0, 4.0, 5.0, 6.5, 8.0, 11.0] {
                    for apart in [2, 8, 30, 60] {
                        forms.push(Winters { level, trend, season, k, apart });
                    }
                }
            }
        }
    }
    forms
}

impl Winters {
    /// Additive, begun with the means of the first two seasons; the width follows the mean absolute error, outliers drawn in.
    fn alarms(self, scene: &Scene) -> Vec<usize> {
        let ys: Vec<f64> = scene.points.iter().map(|point| point.value).collect();
        let p = scene.period;
        if ys.len() < 2 * p + 2 {
            return Vec::new();
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (first, second) = (mean(&ys[..p]), mean(&ys[p..2 * p]));
        let mut level = second;
        let mut trend = if self.trend > 0.0 { (second - first) / p as f64 } else { 0.0 };
        let mut season: Vec<f64> =
            (0..p).map(|place| (ys[place] - first + ys[place + p] - second) / 2.0).collect();
        let mut spread =
            mean(&(0..p).map(|place| (ys[place] - first - season[place]).abs()).collect::<Vec<_>>());
        let outside = (2 * p..ys.len()).map(|index| {
            let place = index % p;
            let error = ys[index] - (level + trend + season[place]);
            let far = error.abs() > self.k * 1.2533 * spread.max(1e-9 * level.abs());
            let most = 4.0 * 1.2533 * spread;
            let drawn = if spread > 0.0 { error.clamp(-most, most) } else { error };
            spread += 0.03 * (drawn.abs() - spread);
            let before = level;
            level += trend + self.level * drawn;
            trend += self.trend * (level - before - trend);
            season[place] += self.season * (1.0 - self.level) * drawn;
            far
        });
        let outside: Vec<bool> = std::iter::repeat_n(false, 2 * p).chain(outside).collect();
        grouped(outside.into_iter(), self.apart)
    }
}
