//! Hours, weekdays, dates, zones.

use bounds::{Cause, Options, Point, When, judge_series, learn};
use chrono::{Datelike, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use crate::dice::Dice;
use crate::{days, hours, noise};

fn busy(hour: u32, weekday: u32) -> f64 {
    let open = if (8..18).contains(&hour) { 1_000.0 } else { 100.0 };
    if weekday >= 5 { open / 5.0 } else { open }
}

fn working_hours(zone: Tz, n: usize) -> Vec<Point> {
    let mut dice = Dice::new(21);
    let start = Utc.with_ymd_and_hms(2024, 2, 26, 0, 0, 0).unwrap();
    (0..n as i64)
        .map(|hour| {
            let at = start + TimeDelta::hours(hour);
            let local = at.with_timezone(&zone);
            let usual = busy(local.hour(), local.weekday().num_days_from_monday());
            Point { at, value: usual * (1.0 + 0.03 * dice.normal()) }
        })
        .collect()
}

#[test]
fn hour_and_weekday_are_found_and_told() {
    let points = working_hours(Tz::UTC, 24 * 28);
    let model = learn(&points, Options::default());
    let monday_noon = Utc.with_ymd_and_hms(2024, 3, 25, 12, 0, 0).unwrap();
    let noon = model.bounds_at(monday_noon).unwrap();
    let night = model.bounds_at(monday_noon - TimeDelta::hours(12)).unwrap();
    let sunday = model.bounds_at(monday_noon - TimeDelta::hours(24)).unwrap();
    for (bounds, usual) in [(&noon, 1_000.0), (&night, 100.0), (&sunday, 200.0)] {
        let band = bounds.band;
        assert!((band.expected / usual - 1.0).abs() < 0.08, "{band:?} {usual}");
        assert!(band.lower > 0.6 * usual && band.upper < 1.5 * usual, "{band:?} {usual}");
        let sum: f64 = bounds.grounds.parts.iter().map(|part| part.effect).sum();
        assert!((bounds.grounds.level + sum - band.expected).abs() < 1e-6 * usual);
    }
    assert!(noon.grounds.parts.iter().any(|part| matches!(
        part.cause,
        Cause::Hour { hour: 12, .. } | Cause::HourOfWeek { weekday: 0, hour: 12 }
    )));
}

#[test]
fn an_hour_is_the_zones_over_the_change_of_clocks() {
    // clocks in Berlin go forward on the 31st of March 2024
    let zone = Tz::Europe__Berlin;
    let points = working_hours(zone, 24 * 45);
    let judged = judge_series(&points, Options { zone, ..Options::default() });
    let late: Vec<_> = judged[24 * 30..].iter().filter(|judged| judged.alarm.is_some()).collect();
    assert!(late.is_empty(), "{late:?}");
    let wrong = judge_series(&points, Options { zone: Tz::UTC, ..Options::default() });
    assert!(wrong[24 * 30..].iter().any(|judged| judged.alarm.is_some()), "in the same weeks");
}

#[test]
fn a_weekend_at_noon_is_no_weekday_at_noon() {
    let mut points = working_hours(Tz::UTC, 24 * 28);
    let sunday_noon = points.len() - 12;
    points[sunday_noon].value = 1_000.0;
    let judged = judge_series(&points, Options::default());
    assert!(judged[sunday_noon].alarm.is_some());
}

#[test]
fn weekends_of_nothing_are_usual_and_a_monday_of_nothing_is_not() {
    let mut values: Vec<f64> = noise(22, 120, 5_000.0, 100.0)
        .into_iter()
        .enumerate()
        .map(|(day, y)| if day % 7 < 5 { y } else { 0.0 })
        .collect();
    values[112] = 0.0;
    let judged = judge_series(&days(values), Options::default());
    let alarms: Vec<usize> = (0..120).filter(|&index| judged[index].alarm.is_some()).collect();
    assert_eq!(alarms, [112]);
}

#[test]
fn the_last_day_of_the_month_is_learned() {
    let points: Vec<Point> = days(noise(23, 330, 1_000.0, 20.0))
        .into_iter()
        .map(|point| {
            let last = point.at.day() == u32::from(point.at.num_days_in_month());
            Point { value: point.value + if last { 900.0 } else { 0.0 }, ..point }
        })
        .collect();
    let judged = judge_series(&points, Options::default());
    let late: Vec<_> = judged[150..].iter().filter(|judged| judged.alarm.is_some()).collect();
    assert!(late.is_empty(), "{late:?}");
    let model = learn(&points[..300], Options::default());
    let end = model.bounds_at(Utc.with_ymd_and_hms(2024, 10, 31, 6, 0, 0).unwrap()).unwrap();
    assert!(
        end.grounds.parts.iter().any(|part| part.cause == Cause::Calendar { when: When::DaysToMonthEnd(0) })
    );
    assert!((end.band.expected - 1_900.0).abs() < 40.0);
}

#[test]
fn a_first_weekend_does_not_alarm() {
    let points = hours((0..24 * 7).map(|hour| {
        let (hour_of_day, weekday) = ((hour + 6) % 24, (hour + 6) / 24 % 7);
        busy(hour_of_day as u32, weekday as u32) + (hour * 7 % 11) as f64
    }));
    let judged = judge_series(&points, Options::default());
    let told: Vec<_> = judged.iter().filter(|judged| judged.alarm.is_some()).collect();
    assert!(told.is_empty(), "{told:?}");
}
