//! Spikes, shifts, cold start, missing points, grounds.

use bounds::{
    Alarm, Domain, Judgement, News, Options, Sensitivity, Side, Stage, Verdict, judge_series, learn,
};
use chrono::TimeDelta;

use crate::{days, noise};

fn alarms(judged: &[Judgement]) -> Vec<(usize, Alarm)> {
    judged.iter().enumerate().filter_map(|(index, judged)| Some((index, judged.alarm?))).collect()
}

#[test]
fn a_quiet_series_does_not_alarm() {
    let judged = judge_series(&days(noise(1, 300, 1_000.0, 20.0)), Options::default());
    assert_eq!(alarms(&judged), []);
    assert!(judged[100..].iter().all(|judged| judged.verdict == Verdict::Within));
}

#[test]
fn a_spike_alarms_once_and_does_not_widen_the_bounds() {
    let mut values = noise(2, 200, 1_000.0, 20.0);
    let before = learn(&days(values.clone()), Options::default());
    values[150] = 5_000.0;
    let judged = judge_series(&days(values.clone()), Options::default());
    assert_eq!(alarms(&judged), [(150, Alarm::Outside { side: Side::Above })]);
    let after = learn(&days(values), Options::default());
    let at = after.next_due().unwrap();
    let (before, after) = (before.bounds_at(at).unwrap(), after.bounds_at(at).unwrap());
    let width = |band: bounds::Band| band.upper - band.lower;
    assert!(width(after.band) < 1.1 * width(before.band), "{after:?} after {before:?}");
    assert_eq!(after.grounds.history.aside, 1);
    assert_eq!(after.grounds.history.points, 200);
}

#[test]
fn a_shift_is_one_event_that_becomes_the_level() {
    let mut values = noise(3, 200, 1_000.0, 20.0);
    for value in &mut values[120..] {
        *value += 400.0;
    }
    let points = days(values);
    let judged = judge_series(&points, Options::default());
    assert_eq!(alarms(&judged), [(120, Alarm::Outside { side: Side::Above })]);
    let shifts: Vec<_> = judged
        .iter()
        .filter_map(|judged| match judged.news {
            Some(News::Shifted(shift)) => Some(shift),
            _ => None,
        })
        .collect();
    assert_eq!(shifts.len(), 1);
    assert_eq!(shifts[0].at, points[120].at);
    assert!((shifts[0].from - 1_000.0).abs() < 20.0 && (shifts[0].to - 1_400.0).abs() < 30.0, "{shifts:?}");
    assert!(judged[126..].iter().all(|judged| judged.verdict == Verdict::Within));
    let model = learn(&points, Options::default());
    assert_eq!(model.shift().map(|shift| shift.at), Some(points[120].at));
    assert!((model.band_at(model.next_due().unwrap()).unwrap().expected - 1_400.0).abs() < 30.0);
}

#[test]
fn a_burst_that_goes_back_is_one_event() {
    let mut values = noise(4, 200, 1_000.0, 20.0);
    for value in &mut values[120..129] {
        *value += 500.0;
    }
    let judged = judge_series(&days(values), Options::default());
    assert_eq!(alarms(&judged).len(), 1);
    assert!(judged.iter().any(|judged| matches!(judged.news, Some(News::Returned(_)))));
}

#[test]
fn drifts_are_told_mostly_before_a_point_is_outside() {
    // three tenths of a standard deviation a day; what is as slow as a tenth is followed and not told
    let (mut told, mut by_several) = (0, 0);
    for seed in 0..40 {
        let mut values = noise(seed, 260, 1_000.0, 20.0);
        for (ago, value) in values[200..].iter_mut().enumerate() {
            *value += 6.0 * ago.min(40) as f64;
        }
        let alarms = alarms(&judge_series(&days(values), Options::default()));
        assert!(alarms.iter().all(|(index, _)| *index > 200) && alarms.len() <= 3, "{seed}: {alarms:?}");
        let Some((first, alarm)) = alarms.first() else { continue };
        told += usize::from(*first <= 220);
        by_several += usize::from(matches!(
            alarm,
            Alarm::Drift { side: Side::Above, .. } | Alarm::Together { side: Side::Above, .. }
        ));
    }
    assert!(told >= 36 && by_several >= 24, "{told} told, {by_several} by several points");
}

#[test]
fn too_little_says_what_is_needed_and_never_alarms() {
    let values = [5.0, 900.0, 3.0, -7.0, 1e9];
    let judged = judge_series(&days(values), Options::default());
    assert!(judged.iter().all(|judged| judged.verdict == Verdict::Learning && judged.alarm.is_none()));
    let model = learn(&days(values), Options::default());
    let Stage::Learning(needs) = model.stage() else { panic!("{:?}", model.stage()) };
    assert_eq!((needs.points, needs.days_for_hours, needs.days_for_weekdays), (5, 0, 10));
    assert_eq!(model.bounds_at(model.next_due().unwrap()), None);
    assert!(matches!(learn(&[], Options::default()).stage(), Stage::Learning(needs) if needs.points == 10));
    assert!(matches!(
        learn(&days(noise(6, 11, 9.0, 1.0)), Options::default()).stage(),
        Stage::Provisional(_)
    ));
    assert_eq!(learn(&days(noise(6, 60, 9.0, 1.0)), Options::default()).stage(), Stage::Learned);
}

#[test]
fn a_day_that_did_not_come_is_told_before_and_after_the_next_one() {
    let mut points = days(noise(7, 120, 1_000.0, 20.0));
    let late = points[110].at + TimeDelta::hours(8);
    points.remove(110);
    let model = learn(&points[..110], Options::default());
    assert_eq!(model.missing_at(points[109].at + TimeDelta::hours(20)), 0);
    assert_eq!(model.missing_at(late + TimeDelta::hours(20)), 1);
    let judged = judge_series(&points, Options::default());
    assert!(matches!(alarms(&judged)[..], [(110, Alarm::Missing { points: 1, .. })]));
    let quiet = Options { missing: false, ..Options::default() };
    assert_eq!(alarms(&judge_series(&points, quiet)), []);
}

#[test]
fn working_days_only_are_no_missing_weekends() {
    let all = days(noise(8, 200, 1_000.0, 20.0));
    let working: Vec<_> =
        all.into_iter().enumerate().filter(|(day, _)| day % 7 < 5).map(|(_, point)| point).collect();
    assert_eq!(alarms(&judge_series(&working, Options::default())), []);
    let model = learn(&working[..100], Options::default());
    assert_eq!(model.next_due(), Some(working[100].at));
    assert_eq!(model.missing_at(working[99].at + TimeDelta::hours(70)), 0);
}

#[test]
fn what_cannot_be_is_an_alarm_whatever_the_history() {
    let points = days(noise(9, 60, 0.5, 0.3).into_iter().map(|share| share.clamp(0.0, 1.0)));
    let model = learn(&points, Options { domain: Domain::Share, ..Options::default() });
    let at = model.next_due().unwrap();
    let judged = model.judge(bounds::Point { at, value: 1.2 });
    assert_eq!((judged.verdict, judged.alarm), (Verdict::Impossible, Some(Alarm::Impossible)));
    let band = model.band_at(at).unwrap();
    assert!(band.lower >= 0.0 && band.upper <= 1.0);
    assert!(!Domain::Count.holds(1.5) && !Domain::Count.holds(-1.0) && Domain::Count.holds(0.0));
}

#[test]
fn a_constant_has_narrow_bounds_of_whole_numbers() {
    let model = learn(&days(std::iter::repeat_n(12.0, 60)), Options::default());
    let bounds = model.bounds_at(model.next_due().unwrap()).unwrap();
    assert_eq!((bounds.band.lower, bounds.band.expected, bounds.band.upper), (12.0, 12.0, 12.0));
    let mut model = model;
    let at = model.next_due().unwrap();
    assert!(model.take(bounds::Point { at, value: 13.0 }).alarm.is_some());
    let young = learn(&days(std::iter::repeat_n(0.0, 40)), Options::default());
    assert!(matches!(young.stage(), Stage::Learning(needs) if needs.points == 20));
}

#[test]
fn differences_that_matter_to_nobody_are_within() {
    let options = Options { at_least: 50.0, ..Options::default() };
    let model = learn(&days(noise(10, 100, 1_000.0, 1.0)), options);
    let band = model.band_at(model.next_due().unwrap()).unwrap();
    assert!(band.upper - band.expected >= 50.0 && band.expected - band.lower >= 50.0);
}

#[test]
fn more_sensitive_is_narrower() {
    let points = days(noise(11, 200, 1_000.0, 20.0));
    let width = |sensitivity| {
        let model = learn(&points, Options { sensitivity, ..Options::default() });
        let band = model.band_at(model.next_due().unwrap()).unwrap();
        band.upper - band.lower
    };
    let (low, normal, high) = (width(Sensitivity::LOW), width(Sensitivity::NORMAL), width(Sensitivity::HIGH));
    assert!(low > normal && normal > high, "{low} {normal} {high}");
    assert_eq!(Sensitivity::new(f64::NAN), Sensitivity::NORMAL);
    assert_eq!(Sensitivity::new(7.0).rate(), 0.05);
}

#[test]
fn a_growing_total_is_expected_to_grow() {
    let growing = |seed| {
        let mut total = 5_000.0;
        let values = noise(seed, 150, 100.0, 5.0).into_iter().enumerate().map(|(day, more)| {
            total += if day % 7 < 5 { more } else { 0.0 };
            total
        });
        days(values.collect::<Vec<f64>>())
    };
    // quiet series: at most one alarm in 200 points, over ten of them
    let false_alarms: usize =
        (12..22).map(|seed| alarms(&judge_series(&growing(seed), Options::default())).len()).sum();
    assert!(false_alarms <= 10 * 150 / 200, "{false_alarms} alarms");
    let points = growing(12);
    let judged = judge_series(&points, Options::default());
    // from Friday to Saturday nothing, from Sunday to Monday a hundred
    let expected = |index: usize| judged[index].band.unwrap().expected - points[index - 1].value;
    assert!(expected(145).abs() < 10.0 && (expected(147) - 100.0).abs() < 15.0);
}
