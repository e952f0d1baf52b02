//! Charts, drawn by the server: one small writer of SVG, and the pictures that pages share. Decoration of figures that stand
//! beside them as text or table: each has a name, and none says anything by colour alone.

mod history;
mod scale;

use std::fmt::{self, Display, Formatter, Write as _};

use askama::filters::HtmlSafe;

use crate::markup::{Escaped, Tone};

pub(crate) use history::{History, Value};

/// A picture that is done. Only [`Svg`] makes one: numbers are its own, classes are ours, texts are escaped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drawn(String);

impl Display for Drawn {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Drawn {}

impl Drawn {
    /// One after the other.
    fn and(self, other: &Self) -> Self {
        Self(self.0 + &other.0)
    }
}

/// Where a text stands by its point.
#[derive(Debug, Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// The writer. Writing to a `String` cannot fail, so results are dropped.
#[derive(Debug)]
struct Svg(String);

impl Svg {
    /// A picture with a name, of fixed size in pixels.
    fn fixed(class: &'static str, width: u32, height: u32, name: &str) -> Self {
        let name = Escaped(name);
        Self(format!(
            r#"<svg class="{class}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{name}">"#
        ))
    }

    /// A picture with a name and a description, as wide as there is room. `number`: its own on the page.
    fn wide(class: &'static str, width: u32, height: u32, number: u32, (title, text): (&str, &str)) -> Self {
        let (title, text) = (Escaped(title), Escaped(text));
        Self(format!(
            r#"<svg class="{class}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="chart-{number}-t" aria-describedby="chart-{number}-d"><title id="chart-{number}-t">{title}</title><desc id="chart-{number}-d">{text}</desc>"#
        ))
    }

    fn dot(&mut self, class: &'static str, (x, y): (f64, f64), r: f64) {
        let _ = write!(self.0, r#"<circle class="{class}" cx="{}" cy="{}" r="{}"/>"#, Px(x), Px(y), Px(r));
    }

    fn path(&mut self, class: &'static str, path: &Path) {
        if !path.0.is_empty() {
            let _ = write!(self.0, r#"<path class="{class}" d="{}"/>"#, path.0);
        }
    }

    fn text(&mut self, class: &'static str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let class = if class.is_empty() { String::new() } else { format!(r#" class="{class}""#) };
        let _ =
            write!(self.0, r#"<text{class} x="{}" y="{}"{anchor}>{}</text>"#, Px(x), Px(y), Escaped(text));
    }

    fn done(mut self) -> Drawn {
        self.0.push_str("</svg>");
        Drawn(self.0)
    }
}

/// The way of a path.
#[derive(Debug, Default)]
struct Path(String);

impl Path {
    fn to(&mut self, (x, y): (f64, f64), is_start: bool) {
        let _ = write!(self.0, "{}{} {}", if is_start { 'M' } else { 'L' }, Px(x), Px(y));
    }

    /// A straight line by itself.
    fn line((x, y): (f64, f64), (x2, y2): (f64, f64)) -> Self {
        Self(format!("M{} {}L{} {}", Px(x), Px(y), Px(x2), Px(y2)))
    }

    /// A box by itself, standing on `bottom`.
    fn post(&mut self, x: f64, bottom: f64, (w, h): (f64, f64)) {
        let _ = write!(self.0, "M{} {}h{}v{}h{}z", Px(x), Px(bottom - h), Px(w), Px(h), Px(-w));
    }

    fn close(&mut self) {
        self.0.push('z');
    }
}

/// A place in a picture: one decimal at most, never anything but a number.
struct Px(f64);

impl Display for Px {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let value = if self.0.is_finite() { self.0.clamp(-9999.0, 9999.0) } else { 0.0 };
        let tenths = (value * 10.0).round() / 10.0;
        // `-0` is a number too, and longer than `0`.
        write!(f, "{}", if tenths == 0.0 { 0.0 } else { tenths })
    }
}

/// The last runs, the newest right: height tells what colour tells. `slots`: as many as could be there.
pub(crate) fn strip(tones: &[Tone], slots: usize, name: &str) -> Drawn {
    const STEP: u32 = 4;
    let width = u32::try_from(slots).unwrap_or(0) * STEP;
    let mut svg = Svg::fixed("strip", width, 22, name);
    let shown = &tones[tones.len().saturating_sub(slots)..];
    let first = slots - shown.len();
    for (class, is_of, height) in STRIP {
        let mut path = Path::default();
        for (n, _) in shown.iter().enumerate().filter(|(_, tone)| is_of(**tone)) {
            path.post(slot(first + n, STEP), 22.0, (3.0, height));
        }
        svg.path(class, &path);
    }
    svg.done()
}

#[expect(clippy::cast_precision_loss, reason = "a place among a few")]
fn slot(n: usize, step: u32) -> f64 {
    n as f64 * f64::from(step)
}

/// The class of a bar of a strip, which tones it stands for, its height.
const STRIP: [(&str, fn(Tone) -> bool, f64); 4] = [
    ("p", |tone| matches!(tone, Tone::Pass), 9.0),
    ("w", |tone| matches!(tone, Tone::Warn), 15.0),
    ("f", |tone| matches!(tone, Tone::Fail), 22.0),
    ("n", |tone| matches!(tone, Tone::None | Tone::Run | Tone::Held), 2.0),
];

/// A line without axes: what is not known is left out. Nothing where there are not two values.
pub(crate) fn spark(values: &[Option<f64>], name: &str) -> Drawn {
    const SIZE: (f64, f64) = (84.0, 22.0);
    let known = values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) = known.clone().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    if known.count() < 2 {
        return Drawn::default();
    }
    let mut svg = Svg::fixed("spark", 84, 22, name);
    let (mut path, mut is_start, mut last) = (Path::default(), true, None);
    let end = slot(values.len() - 1, 1).max(1.0);
    for (n, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            is_start = true;
            continue;
        };
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        let at = (2.0 + slot(n, 1) / end * (SIZE.0 - 5.0), SIZE.1 - 3.0 - share * (SIZE.1 - 6.0));
        path.to(at, is_start);
        (is_start, last) = (false, Some(at));
    }
    svg.path("ln", &path);
    if let Some(at) = last {
        svg.dot("end", at, 2.0);
    }
    svg.done()
}

/// How values lie: bars without axes, standing on a ground.
pub(crate) fn bars(counts: &[i64], size: (u32, u32), name: &str) -> Drawn {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let (width, ground) = (f64::from(size.0), f64::from(size.1) - 1.0);
    let step = width / slot(counts.len().max(1), 1);
    let mut svg = Svg::fixed("chart hist", size.0, size.1, name);
    let mut path = Path::default();
    for (n, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (part(*count, most) * (ground - 2.0)).max(1.5);
        path.post(slot(n, 1) * step, ground, ((step - 1.5).max(1.0), height));
    }
    svg.path("hb", &path);
    svg.path("gr", &Path::line((0.0, ground + 0.5), (width, ground + 0.5)));
    svg.done()
}

#[expect(clippy::cast_precision_loss, reason = "a height for the eye")]
fn part(n: i64, of: i64) -> f64 {
    n as f64 / of as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_cannot_become_markup_and_no_number_leaves_the_picture() {
        let hostile = r#""><script>alert('x')</script>"#;
        let drawn = [
            strip(&[Tone::Pass, Tone::Fail], 30, hostile),
            spark(
                &[Some(f64::NAN), Some(1.0), Some(f64::INFINITY), Some(1e300), None, Some(-1e300)],
                hostile,
            ),
            bars(&[i64::MAX, 0, -5, i64::MAX], (320, 72), hostile),
        ];
        for svg in drawn.map(|svg| svg.to_string()) {
            assert!(!svg.contains("<script") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn a_strip_ends_with_the_newest_run() {
        let svg = strip(&[Tone::Pass, Tone::Fail], 30, "x").to_string();
        assert!(svg.contains(r#"class="f" d="M116 0h3v22h-3z""#), "{svg}");
        assert!(svg.contains(r#"class="p" d="M112 13h3v9h-3z""#), "{svg}");
        let many = strip(&[Tone::Pass; 99], 30, "x").to_string();
        assert_eq!(many.matches("h3").count(), 30);
    }

    #[test]
    fn a_line_needs_two_values_and_breaks_where_there_is_none() {
        assert_eq!(spark(&[Some(1.0), None], "x").to_string(), "");
        let svg = spark(&[Some(1.0), Some(2.0), None, Some(1.0), Some(2.0)], "x").to_string();
        assert_eq!(svg.matches('M').count(), 2, "{svg}");
    }
}
