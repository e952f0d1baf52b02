//! What was measured over time, with what was allowed and what was usual. Drawn in two sizes, of which the page shows the
//! one that fits: letters keep their size on a phone.

use chrono::{DateTime, Utc};

use super::scale::Scale;
use super::{Anchor, Drawn, Path, Svg};
use crate::T;
use crate::markup::Tone;
use crate::quality::Unit;
use crate::quality::measure::said;

/// A value at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value {
    pub(crate) at: DateTime<Utc>,
    /// `None`: nothing was measured; the line breaks.
    pub(crate) value: Option<f64>,
    pub(crate) tone: Tone,
    /// What was allowed: the least and the most.
    pub(crate) allowed: (Option<f64>, Option<f64>),
    /// What was usual then: the lowest and the highest.
    pub(crate) band: Option<(f64, f64)>,
}

/// What is drawn.
#[derive(Debug)]
pub(crate) struct History<'a> {
    pub(crate) t: &'a T,
    /// Its own on the page; it takes this and the next one.
    pub(crate) number: u32,
    pub(crate) title: &'a str,
    /// What a reader is told who does not see it.
    pub(crate) text: &'a str,
    pub(crate) unit: Unit,
    pub(crate) values: &'a [Value],
}

/// The measures of a picture, in pixels.
struct Frame {
    class: &'static str,
    width: u32,
    height: u32,
    left: f64,
    right: f64,
    times: usize,
    /// Whether lines have their names at their end.
    names: bool,
}

const TOP: f64 = 20.0;
const GROUND: f64 = 24.0;
const WIDE: Frame =
    Frame { class: "chart wide", width: 820, height: 190, left: 60.0, right: 84.0, times: 4, names: true };
const NARROW: Frame =
    Frame { class: "chart slim", width: 320, height: 170, left: 44.0, right: 10.0, times: 2, names: false };

impl History<'_> {
    /// The picture; nothing where nothing was measured.
    pub(crate) fn draw(&self) -> Drawn {
        let known: Vec<f64> = self.values.iter().filter_map(|one| finite(one.value)).collect();
        if known.is_empty() {
            return Drawn::default();
        }
        let scale = self.scale(&known);
        self.sized(&WIDE, &scale, self.number).and(&self.sized(&NARROW, &scale, self.number + 1))
    }

    /// The axis: all values, what was usual, and bounds that are not so far away that the rest would lie flat.
    fn scale(&self, known: &[f64]) -> Scale {
        let bands = self.values.iter().filter_map(|one| one.band).flat_map(|(low, high)| [low, high]);
        let all = known.iter().copied().chain(bands.filter(|edge| edge.is_finite()));
        let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        let reach = ((high - low) * 5.0).max(high.abs().max(low.abs()) * 0.5);
        let near = |bound: f64| bound >= low - reach && bound <= high + reach;
        let bounds = self.values.iter().flat_map(|one| [one.allowed.0, one.allowed.1]);
        let (low, high) = bounds
            .filter_map(finite)
            .filter(|bound| near(*bound))
            .fold((low, high), |(low, high), v| (low.min(v), high.max(v)));
        Scale::of(low, high, 3)
    }

    fn sized(&self, frame: &Frame, scale: &Scale, number: u32) -> Drawn {
        let mut svg = Svg::wide(frame.class, frame.width, frame.height, number, (self.title, self.text));
        let plot = Plot { frame, scale, first: self.first(), span: self.span() };
        self.grid(&mut svg, &plot);
        self.band(&mut svg, &plot);
        self.bounds(&mut svg, &plot);
        self.line(&mut svg, &plot);
        svg.done()
    }

    fn first(&self) -> i64 {
        self.values.first().map_or(0, |one| one.at.timestamp())
    }

    fn span(&self) -> i64 {
        self.values.last().map_or(0, |one| one.at.timestamp()).saturating_sub(self.first())
    }

    fn grid(&self, svg: &mut Svg, plot: &Plot<'_>) {
        for tick in &plot.scale.ticks {
            let y = plot.y(*tick);
            svg.path("gr", &Path::line((plot.frame.left, y), (plot.end(), y)));
            svg.text("", (plot.frame.left - 8.0, y + 4.0), Anchor::End, &self.short(*tick));
        }
        let last = self.values.len() - 1;
        let times = plot.frame.times.min(self.values.len());
        for n in 0..times {
            let one = &self.values[if times > 1 { last * n / (times - 1) } else { last }];
            let anchor = match n {
                0 if times > 1 => Anchor::Start,
                _ if n + 1 == times => Anchor::End,
                _ => Anchor::Middle,
            };
            let (x, y) = (plot.x(one.at), f64::from(plot.frame.height) - 6.0);
            svg.text("", (x, y), anchor, &self.day(one.at));
        }
    }

    fn band(&self, svg: &mut Svg, plot: &Plot<'_>) {
        let known: Vec<(f64, f64, f64)> = self
            .values
            .iter()
            .filter_map(|one| one.band.map(|(low, high)| (plot.x(one.at), plot.y(low), plot.y(high))))
            .collect();
        let mut path = Path::default();
        for (n, (x, low, _)) in known.iter().enumerate() {
            path.to((*x, *low), n == 0);
        }
        for (x, _, high) in known.iter().rev() {
            path.to((*x, *high), false);
        }
        if known.len() > 1 {
            path.close();
            svg.path("band", &path);
        }
        if let Some((_, low, high)) = known.last().filter(|_| plot.frame.names && known.len() > 1) {
            let y = f64::midpoint(*low, *high) + 4.0;
            svg.text("t", (plot.end() + 6.0, y), Anchor::Start, &self.t.s("chart-learned"));
        }
    }

    /// Bounds as they were at each time: a step where one changed.
    fn bounds(&self, svg: &mut Svg, plot: &Plot<'_>) {
        for (side, key) in [(0, "chart-least"), (1, "chart-most")] {
            let of = |value: &Value| finite(if side == 0 { value.allowed.0 } else { value.allowed.1 });
            let (mut path, mut before) = (Path::default(), None::<f64>);
            for one in self.values {
                let bound = of(one).filter(|bound| plot.scale.holds(*bound));
                if let Some(bound) = bound {
                    let x = plot.x(one.at);
                    if let Some(before) = before.filter(|before| (before - bound).abs() > f64::EPSILON) {
                        path.to((x, plot.y(before)), false);
                    }
                    path.to((x, plot.y(bound)), before.is_none());
                }
                before = bound;
            }
            if let Some(bound) = before {
                path.to((plot.end(), plot.y(bound)), self.values.len() == 1 && side > 1);
                let at = (plot.end() + 6.0, plot.y(bound) + 4.0);
                let name = self.t.a(key, "bound", said(bound, self.unit, self.t));
                if plot.frame.names {
                    svg.text("t", at, Anchor::Start, &name);
                }
            }
            svg.path("bnd", &path);
        }
    }

    fn line(&self, svg: &mut Svg, plot: &Plot<'_>) {
        let (mut path, mut is_start) = (Path::default(), true);
        for one in self.values {
            match finite(one.value) {
                Some(value) => {
                    path.to((plot.x(one.at), plot.y(value)), is_start);
                    is_start = false;
                }
                None => is_start = true,
            }
        }
        svg.path("ln", &path);
        let has_dots = self.values.len() <= 60;
        for one in self.values {
            let Some(value) = finite(one.value) else { continue };
            let at = (plot.x(one.at), plot.y(value));
            match one.tone {
                Tone::Fail => svg.path("out", &corner(at, 5.5)),
                Tone::Warn => svg.path("bw", &diamond(at, 4.5)),
                _ if has_dots => svg.dot("pt", at, 2.4),
                _ => {}
            }
        }
        self.name_of_the_last(svg, plot);
    }

    /// The last value that fails or warns has its figure beside it.
    fn name_of_the_last(&self, svg: &mut Svg, plot: &Plot<'_>) {
        let odd = |one: &&Value| matches!(one.tone, Tone::Fail | Tone::Warn) && finite(one.value).is_some();
        let Some(one) = self.values.iter().rev().find(odd) else { return };
        let Some(value) = finite(one.value) else { return };
        let (x, y) = (plot.x(one.at), plot.y(value));
        let is_left = x < f64::from(plot.frame.width) / 2.0;
        let (x, anchor) = if is_left { (x + 10.0, Anchor::Start) } else { (x - 10.0, Anchor::End) };
        let class = if one.tone == Tone::Fail { "fa" } else { "t" };
        svg.text(class, (x, (y + 4.0).max(12.0)), anchor, &said(value, self.unit, self.t));
    }

    /// A figure of the axis in few letters.
    fn short(&self, value: f64) -> String {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "`as` is saturating, and the figure is for the eye"
        )]
        match self.unit {
            Unit::Rows | Unit::Number if value.abs() >= 10_000.0 => crate::compact(value as i64),
            unit => said(value, unit, self.t),
        }
    }

    fn day(&self, at: DateTime<Utc>) -> String {
        let format = match self.span() {
            0..172_800 => "%H:%M",
            172_800..26_000_000 => "%m-%d",
            _ => "%Y-%m-%d",
        };
        at.with_timezone(&self.t.zone()).format(format).to_string()
    }
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

fn corner((x, y): (f64, f64), size: f64) -> Path {
    let mut path = Path::default();
    path.to((x, y - size), true);
    path.to((x + size, y + size * 0.8), false);
    path.to((x - size, y + size * 0.8), false);
    path.close();
    path
}

fn diamond((x, y): (f64, f64), size: f64) -> Path {
    let mut path = Path::default();
    path.to((x, y - size), true);
    path.to((x + size, y), false);
    path.to((x, y + size), false);
    path.to((x - size, y), false);
    path.close();
    path
}

/// From values to places.
struct Plot<'a> {
    frame: &'a Frame,
    scale: &'a Scale,
    first: i64,
    span: i64,
}

impl Plot<'_> {
    fn end(&self) -> f64 {
        f64::from(self.frame.width) - self.frame.right
    }

    #[expect(clippy::cast_precision_loss, reason = "a place for the eye")]
    fn x(&self, at: DateTime<Utc>) -> f64 {
        let room = self.end() - self.frame.left - 8.0;
        if self.span <= 0 {
            return self.frame.left + room;
        }
        let share = (at.timestamp() - self.first) as f64 / self.span as f64;
        self.frame.left + share.clamp(0.0, 1.0) * room
    }

    fn y(&self, value: f64) -> f64 {
        let ground = f64::from(self.frame.height) - GROUND;
        ground - self.scale.share(value) * (ground - TOP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_model::Language;

    fn drawn(values: &[Value]) -> String {
        let t = T::new(Language::En, chrono_tz::UTC, DateTime::UNIX_EPOCH);
        History { t: &t, number: 1, title: "<b>", text: "\"", unit: Unit::Share, values }.draw().to_string()
    }

    fn value(day: i64, value: Option<f64>, tone: Tone) -> Value {
        let at = DateTime::from_timestamp(day * 86_400, 0).unwrap();
        Value { at, value, tone, allowed: (None, Some(0.01)), band: Some((0.001, 0.006)) }
    }

    #[test]
    fn a_history_has_both_sizes_and_its_marks() {
        let svg = drawn(&[
            value(1, Some(0.003), Tone::Pass),
            value(2, None, Tone::None),
            value(3, Some(0.008), Tone::Warn),
            value(4, Some(0.0314), Tone::Fail),
        ]);
        assert_eq!(svg.matches("<svg").count(), 2);
        assert_eq!(svg.matches(r#"class="out""#).count(), 2);
        assert!(svg.contains("&#60;b&#62;") && svg.contains("3.14%") && !svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn without_a_value_there_is_no_picture() {
        assert_eq!(drawn(&[]), "");
        assert_eq!(drawn(&[value(1, None, Tone::None), value(2, Some(f64::NAN), Tone::Fail)]), "");
        assert!(drawn(&[value(1, Some(0.5), Tone::Fail)]).contains("50%"));
    }

    #[test]
    fn a_bound_far_away_does_not_flatten_the_rest() {
        let mut far = value(1, Some(48_000_000.0), Tone::Pass);
        (far.allowed, far.band) = ((Some(1000.0), None), Some((47_900_000.0, 48_100_000.0)));
        let t = T::new(Language::En, chrono_tz::UTC, DateTime::UNIX_EPOCH);
        let history = History { t: &t, number: 1, title: "", text: "", unit: Unit::Rows, values: &[far] };
        assert!(history.scale(&[48_000_000.0]).low > 40_000_000.0);
    }
}
