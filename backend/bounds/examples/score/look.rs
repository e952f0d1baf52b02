//! One series, point by point.

use std::io;

use bounds::{Options, Watch};

use crate::say;
use crate::scenes::scene;

pub(crate) fn look(seed: u64, from: usize, to: usize) -> io::Result<()> {
    let scene = scene(seed);
    say(&format!("{} {:?}", scene.name, scene.events))?;
    let mut watch = Watch::new(Options { zone: scene.zone, domain: scene.domain, ..Options::default() });
    for (index, &point) in scene.points.iter().enumerate() {
        let grounds = watch.model().bounds_at(point.at).map(|bounds| bounds.grounds);
        let judged = watch.push(point);
        if index < from || index > to {
            continue;
        }
        let band = judged.band.map_or("-".to_owned(), |band| {
            format!("{:.4} {:.4} {:.4}", band.lower, band.expected, band.upper)
        });
        let why = grounds.map_or(String::new(), |grounds| {
            let parts: Vec<String> =
                grounds.parts.iter().map(|part| format!("{:?} {:.3}", part.cause, part.effect)).collect();
            format!(
                "level {:.3} trend {:.4} spread {:.4} tail {:.2} {:?} {:?} {}",
                grounds.level,
                grounds.trend_a_day,
                grounds.spread,
                grounds.tail,
                grounds.scale,
                grounds.wider,
                parts.join("; ")
            )
        });
        say(&format!(
            "{index} {} {:.4} | {band} | {:?} {:?} {:?} | {why}",
            point.at.format("%a %d %H:%M"),
            point.value,
            judged.verdict,
            judged.alarm,
            judged.news
        ))?;
    }
    Ok(())
}
