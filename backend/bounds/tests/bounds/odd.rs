//! Whatever comes in: no panic, ordered finite bands, the same answer twice.

use bounds::{Domain, Model, Options, Point, Verdict, Watch, judge_series, learn};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::{days, noise, start};

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -1e3..1e6_f64,
        3 => (0..20_u32).prop_map(f64::from),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(f64::MAX),
        1 => Just(f64::MIN),
        1 => Just(f64::MIN_POSITIVE),
        1 => Just(-0.0),
    ]
}

fn series() -> impl Strategy<Value = Vec<Point>> {
    let point = (prop_oneof![0..90_000_i64, 0..100_000_000_i64], value());
    (prop::collection::vec(point, 0..140), any::<bool>()).prop_map(|(mut points, sorted)| {
        if sorted {
            points.sort_by_key(|(at, _)| *at);
        }
        points.into_iter().map(|(at, value)| Point { at: start() + TimeDelta::seconds(at), value }).collect()
    })
}

fn options() -> impl Strategy<Value = Options> {
    let domains = prop_oneof![
        Just(Domain::Unknown),
        Just(Domain::Any),
        Just(Domain::NonNegative),
        Just(Domain::Count),
        Just(Domain::Share)
    ];
    let zones = prop_oneof![Just(Tz::UTC), Just(Tz::Australia__Lord_Howe), Just(Tz::America__New_York)];
    (domains, zones, value()).prop_map(|(domain, zone, at_least)| Options {
        domain,
        zone,
        at_least,
        ..Options::default()
    })
}

fn check(model: &Model, at: DateTime<Utc>) {
    let Some(bounds) = model.bounds_at(at) else { return };
    let band = bounds.band;
    assert!(band.lower.is_finite() && band.upper.is_finite() && band.expected.is_finite(), "{band:?}");
    assert!(band.lower <= band.expected && band.expected <= band.upper, "{band:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks(series in series(), options in options()) {
        let model = learn(&series, options);
        for at in [start(), start() + TimeDelta::days(400), DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            check(&model, at);
        }
        prop_assert_eq!(&learn(&series, options), &model);
        let mut turned = series.clone();
        turned.sort_by_key(|point| point.at);
        prop_assert_eq!(&learn(&turned, options), &model);
        let judged = judge_series(&series, options);
        prop_assert_eq!(judged.len(), series.len());
        for point in &series {
            let _ = model.judge(*point);
        }
        let written = serde_json::to_string(&model).unwrap();
        let read: Model = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(read.stage(), model.stage());
    }
}

#[test]
fn what_is_no_number_is_counted_and_changes_nothing() {
    let clean = days(noise(31, 90, 1_000.0, 20.0));
    let mut dirty = clean.clone();
    dirty.insert(40, Point { at: clean[40].at + TimeDelta::hours(3), value: f64::NAN });
    dirty.push(clean[10]);
    let (clean, dirty) = (learn(&clean, Options::default()), learn(&dirty, Options::default()));
    assert_eq!((dirty.basis().skipped.not_finite, dirty.basis().skipped.repeated), (1, 1));
    let at = clean.next_due().unwrap();
    assert_eq!(clean.band_at(at), dirty.band_at(at));
}

#[test]
fn late_and_unreadable_points_are_said_to_be() {
    let points = days(noise(32, 90, 1_000.0, 20.0));
    let mut watch = Watch::new(Options::default());
    for point in &points {
        watch.push(*point);
    }
    assert_eq!(watch.push(points[3]).verdict, Verdict::Late);
    let at = watch.model().next_due().unwrap();
    assert_eq!(watch.push(Point { at, value: f64::INFINITY }).verdict, Verdict::NotFinite);
    let judged = watch.push(Point { at, value: 1_000.0 });
    assert_eq!((judged.verdict, judged.alarm), (Verdict::Within, None));
}

#[test]
fn a_model_is_small_and_goes_on_where_it_was_written() {
    let points = days(noise(33, 200, 1_000.0, 20.0));
    let mut model = learn(&points[..150], Options::default());
    let written = serde_json::to_string(&model).unwrap();
    assert!(written.len() < 8_000, "{}", written.len());
    let mut read: Model = serde_json::from_str(&written).unwrap();
    for point in &points[150..] {
        let (a, b) = (model.take(*point), read.take(*point));
        assert_eq!(a.verdict, b.verdict);
    }
}
