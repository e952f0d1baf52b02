//! How well learned bounds find events, beside two baselines on the same series.
//!
//! `score [FIRST COUNT]` takes the series of so many seeds from FIRST on (10000 300); baselines are tuned on seeds 1 to 120, where the
//! crate was made too. `score FIRST COUNT v` says what went wrong where, at normal sensitivity only, `score look SEED FROM TO` shows one series.

use std::io::{self, Write};
use std::time::Instant;

use bounds::{Options, Sensitivity, judge_series, learn};

mod baselines;
#[path = "../../tests/bounds/dice.rs"]
mod dice;
mod look;
#[path = "../../tests/bounds/scenes.rs"]
mod scenes;
#[path = "../../tests/bounds/tally.rs"]
mod tally;

use scenes::Scene;
use tally::Tally;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |place: usize, default: u64| args.get(place).and_then(|arg| arg.parse().ok()).unwrap_or(default);
    if args.first().is_some_and(|arg| arg == "look") {
        return look::look(number(1, 1), number(2, 0) as usize, number(3, 10_000) as usize);
    }
    let (first, count) = (number(0, 10_000), number(1, 300));
    let scenes: Vec<Scene> = (first..first + count).map(scenes::scene).collect();
    let points: usize = scenes.iter().map(|scene| scene.points.len()).sum();
    say(&format!("{count} series from seed {first}, {points} points"))?;
    let verbose = args.len() > 2;
    for (name, sensitivity) in [
        ("learned, low", Sensitivity::LOW),
        ("learned", Sensitivity::NORMAL),
        ("learned, high", Sensitivity::HIGH),
    ] {
        if verbose && name != "learned" {
            continue;
        }
        let started = Instant::now();
        let mut tally = Tally::default();
        for scene in &scenes {
            let alarms = alarms(scene, sensitivity);
            let wrong = tally.add(scene, &alarms);
            if verbose && name == "learned" {
                explain(scene, &alarms, &wrong)?;
            }
        }
        let spent = started.elapsed();
        row(name, &tally)?;
        if name == "learned" {
            kinds(&tally)?;
            say(&format!("    {:.1} µs a point", spent.as_secs_f64() * 1e6 / points as f64))?;
        }
    }
    if !verbose {
        speed()?;
        baselines::compare(&scenes)?;
    }
    Ok(())
}

fn alarms(scene: &Scene, sensitivity: Sensitivity) -> Vec<usize> {
    let options = Options { zone: scene.zone, domain: scene.domain, sensitivity, ..Options::default() };
    let judged = judge_series(&scene.points, options);
    judged.iter().enumerate().filter(|(_, judged)| judged.alarm.is_some()).map(|(index, _)| index).collect()
}

fn explain(scene: &Scene, alarms: &[usize], wrong: &[usize]) -> io::Result<()> {
    let missed: Vec<String> = scene
        .events
        .iter()
        .filter(|event| !alarms.iter().any(|&alarm| alarm + 3 >= event.from && alarm <= event.to + 3))
        .map(|event| format!("{:?}@{}..{}", event.kind, event.from, event.to))
        .collect();
    if wrong.is_empty() && missed.is_empty() {
        return Ok(());
    }
    let options = Options { zone: scene.zone, domain: scene.domain, ..Options::default() };
    let judged = judge_series(&scene.points, options);
    let false_ones: Vec<String> = wrong
        .iter()
        .map(|&index| {
            let kind = format!("{:?}", judged[index].alarm);
            let kind = kind.trim_start_matches("Some(").split([' ', ')']).next().unwrap_or("").to_owned();
            format!("{index}:{kind}")
        })
        .collect();
    let events: Vec<String> =
        scene.events.iter().map(|event| format!("{:?}@{}..{}", event.kind, event.from, event.to)).collect();
    for &alarm in alarms {
        let at = judged[alarm];
        let Some(band) = at.band else { continue };
        let edge =
            if at.value > band.expected { band.upper - band.expected } else { band.expected - band.lower };
        let far = (at.value - band.expected).abs() / edge.max(1e-12);
        let which = if wrong.contains(&alarm) { "false" } else { "right" };
        say(&format!(
            "    {which} {alarm}/{} {far:.2} {:.4} in {:.4} {:.4} {:.4} {:?}",
            scene.points.len(),
            at.value,
            band.lower,
            band.expected,
            band.upper,
            at.alarm
        ))?;
    }
    for event in scene
        .events
        .iter()
        .filter(|event| !alarms.iter().any(|&alarm| alarm + 3 >= event.from && alarm <= event.to + 3))
    {
        let judged = judged[event.from];
        say(&format!(
            "    missed {:?} {} {:?} {:?} {:?}",
            event.kind, judged.value, judged.band, judged.verdict, judged.news
        ))?;
    }
    say(&format!(
        "{} n={} | false {} | missed {} | all {}",
        scene.name,
        scene.points.len(),
        false_ones.join(" "),
        missed.join(" "),
        events.join(" ")
    ))
}

pub(crate) fn row(name: &str, tally: &Tally) -> io::Result<()> {
    say(&format!(
        "{name:<28} precision {:.3}  recall {:.3}  F1 {:.3}  found {}/{}  false {}  quiet: {}/{} points, {:.2} of 1,000",
        tally.precision(),
        tally.recall(),
        f1(tally),
        tally.found,
        tally.events,
        tally.false_alarms,
        tally.quiet_alarms,
        tally.quiet_points,
        tally.quiet_rate()
    ))
}

pub(crate) fn f1(tally: &Tally) -> f64 {
    2.0 * tally.precision() * tally.recall() / (tally.precision() + tally.recall()).max(1e-9)
}

fn kinds(tally: &Tally) -> io::Result<()> {
    let kinds: Vec<String> =
        tally.by_kind.iter().map(|(kind, (all, found))| format!("{kind:?} {found}/{all}")).collect();
    say(&format!("    {}", kinds.join("  ")))
}

/// Learning from 400 points: the best of five times, as other work on the machine is not ours.
fn speed() -> io::Result<()> {
    let scenes: Vec<Scene> =
        (1..200).map(scenes::scene).filter(|scene| scene.points.len() >= 400).take(60).collect();
    let mut times: Vec<f64> = scenes.iter().map(learning).collect();
    times.sort_unstable_by(f64::total_cmp);
    let (middle, longest) = (times[times.len() / 2], times[times.len() - 1]);
    say(&format!(
        "learning from 400 points: {middle:.3} ms in the median, {longest:.3} ms at most, of {} series",
        times.len()
    ))
}

fn learning(scene: &Scene) -> f64 {
    let options = Options { zone: scene.zone, ..Options::default() };
    (0..5)
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(learn(&scene.points[..400], options));
            started.elapsed().as_secs_f64() * 1e3
        })
        .fold(f64::INFINITY, f64::min)
}

pub(crate) fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{line}")
}
