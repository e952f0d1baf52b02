//! Numbers, sizes, lengths and moments as text. Pure: the zone and the time of the page come with [`T`].
//!
//! Both languages here group by three with commas and use 24 hours, so this is enough without a library.

use chrono::{DateTime, Datelike as _, Duration, Timelike as _, Utc};
use chrono_tz::Tz;

use crate::language::T;
use crate::markup::{Compact, Moment};

/// `48211903` → `48,211,903`.
#[must_use]
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `48211903` → `48.2M`; below 10,000 the grouped number.
#[must_use]
pub fn compact(n: i64) -> String {
    let size = n.unsigned_abs();
    let (unit, suffix) = match size {
        0..10_000 => return grouped(n),
        10_000..999_950 => (1_000_u64, "K"),
        999_950..999_950_000 => (1_000_000, "M"),
        999_950_000..999_950_000_000 => (1_000_000_000, "B"),
        _ => (1_000_000_000_000, "T"),
    };
    let sign = if n < 0 { "−" } else { "" };
    format!("{sign}{}{suffix}", one_decimal(size, unit))
}

/// Bytes in steps of 1024: `11.4 GB`, `812 B`.
#[must_use]
pub fn bytes(n: i64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let size = n.unsigned_abs();
    let mut power = 0;
    while power + 1 < UNITS.len() && size >= 1024_u64.pow(power as u32 + 1) {
        power += 1;
    }
    if power == 0 {
        return format!("{size} B");
    }
    format!("{} {}", one_decimal(size, 1024_u64.pow(power as u32)), UNITS[power])
}

/// A share of a whole in per cent: never `100%` before all of it, never `0%` when there is some.
#[must_use]
pub fn percent(part: i64, whole: i64) -> i64 {
    if whole <= 0 || part <= 0 {
        return 0;
    }
    if part >= whole {
        return 100;
    }
    (part.saturating_mul(100) / whole).clamp(1, 99)
}

/// Rounded to one decimal, which is left out when it is nought or there are three digits before it.
fn one_decimal(size: u64, unit: u64) -> String {
    let tenths = (u128::from(size) * 10 + u128::from(unit) / 2) / u128::from(unit);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if tenth == 0 || whole >= 100 { whole.to_string() } else { format!("{whole}.{tenth}") }
}

/// `2026-11-20 05:02` in a zone.
#[must_use]
pub fn absolute(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

impl T {
    /// A whole number, grouped.
    #[must_use]
    pub fn num(&self, n: &i64) -> String {
        grouped(*n)
    }

    /// A number in few letters, with the exact one in its title.
    #[must_use]
    pub fn compact(&self, n: &i64) -> Compact {
        Compact { short: compact(*n), exact: grouped(*n) }
    }

    /// Bytes in few letters, with the exact number in the title.
    #[must_use]
    pub fn bytes(&self, n: &i64) -> Compact {
        Compact { short: bytes(*n), exact: self.n("format-bytes", *n) }
    }

    /// A length of time in milliseconds, by its two largest units.
    #[must_use]
    pub fn duration(&self, ms: &i64) -> String {
        let ms = (*ms).max(0);
        let (s, m, h, d) = (ms / 1000, ms / 60_000, ms / 3_600_000, ms / 86_400_000);
        match ms {
            0..1000 => self.n("format-ms", ms),
            1000..60_000 => self.a("format-s", "n", format!("{}.{}", s, ms % 1000 / 100)),
            60_000..3_600_000 => self.a2("format-m-s", "m", m, "s", s % 60),
            3_600_000..86_400_000 => self.a2("format-h-m", "h", h, "m", m % 60),
            _ => self.a2("format-d-h", "d", d, "h", h % 24),
        }
    }

    /// A moment: relative within seven days, else its date and time; always with the absolute one as title.
    #[must_use]
    pub fn time(&self, at: &DateTime<Utc>) -> Moment {
        let absolute = absolute(*at, self.zone());
        let text = self.relative(*at).unwrap_or_else(|| absolute.clone());
        Moment { iso: iso(*at), title: format!("{absolute} {}", self.zone_name(*at)), text }
    }

    /// A moment written out, for where a relative one would mislead.
    #[must_use]
    pub fn exactly(&self, at: &DateTime<Utc>) -> Moment {
        let text = absolute(*at, self.zone());
        Moment { iso: iso(*at), title: format!("{text} {}", self.zone_name(*at)), text }
    }

    /// The time of day with seconds, for lines of a log.
    #[must_use]
    pub fn clock(&self, at: &DateTime<Utc>) -> Moment {
        let text = at.with_timezone(&self.zone()).format("%H:%M:%S").to_string();
        Moment { iso: iso(*at), title: absolute(*at, self.zone()), text }
    }

    /// A day, as `2026-11-20`.
    #[must_use]
    pub fn day(&self, at: &DateTime<Utc>) -> Moment {
        let text = at.with_timezone(&self.zone()).format("%Y-%m-%d").to_string();
        Moment { iso: iso(*at), title: absolute(*at, self.zone()), text }
    }

    /// As `<input type=datetime-local>` wants it, in the reader's zone.
    #[must_use]
    pub fn input_time(&self, at: &DateTime<Utc>) -> String {
        at.with_timezone(&self.zone()).format("%Y-%m-%dT%H:%M").to_string()
    }

    fn zone_name(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone());
        format!("{} ({})", self.zone().name(), local.format("%:z"))
    }

    /// `None` when it is more than seven days away.
    fn relative(&self, at: DateTime<Utc>) -> Option<String> {
        let away = at - self.now();
        if away.abs() > Duration::days(7) {
            return None;
        }
        let (past, away) = (away <= Duration::zero(), away.abs());
        let words = |past_key, future_key, n: i64| self.n(if past { past_key } else { future_key }, n);
        Some(match away.num_seconds() {
            0..45 => self.s(if past { "format-just-now" } else { "format-in-a-moment" }),
            45..3600 => {
                words("format-minutes-ago", "format-in-minutes", ((away.num_seconds() + 30) / 60).max(1))
            }
            3600..43_200 => words("format-hours-ago", "format-in-hours", away.num_hours()),
            _ => self.by_day(at, past),
        })
    }

    /// Yesterday, tomorrow, or so many days, by the reader's calendar.
    fn by_day(&self, at: DateTime<Utc>, past: bool) -> String {
        let (then, now) = (at.with_timezone(&self.zone()), self.now().with_timezone(&self.zone()));
        let days = i64::from(then.num_days_from_ce() - now.num_days_from_ce()).abs();
        let clock = format!("{:02}:{:02}", then.hour(), then.minute());
        match (days, past) {
            (0, _) => self.a("format-today", "time", clock),
            (1, true) => self.a("format-yesterday", "time", clock),
            (1, false) => self.a("format-tomorrow", "time", clock),
            (_, true) => self.n("format-days-ago", days),
            (_, false) => self.n("format-in-days", days),
        }
    }
}

fn iso(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadastre_model::Language;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn reader(language: Language) -> T {
        T::new(language, Tz::Asia__Shanghai, at("2026-11-20T09:00:00Z"))
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (48_211_903, "48,211,903"), (-1234, "−1,234")];
        for (n, text) in cases {
            assert_eq!(grouped(n), text);
        }
        assert_eq!(grouped(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn compact_numbers_keep_three_digits() {
        for (n, text) in [
            (9_999, "9,999"),
            (10_000, "10K"),
            (310_400, "310K"),
            (999_949, "999K"),
            (999_950, "1M"),
            (48_211_903, "48.2M"),
            (7_000_000_000, "7B"),
        ] {
            assert_eq!(compact(n), text, "{n}");
        }
    }

    #[test]
    fn bytes_go_by_1024() {
        for (n, text) in [(0, "0 B"), (1023, "1023 B"), (1024, "1 kB"), (12_240_656_794, "11.4 GB")] {
            assert_eq!(bytes(n), text);
        }
        assert_eq!(bytes(i64::MAX), "8192 PB");
    }

    #[test]
    fn a_share_is_whole_only_when_it_is() {
        assert_eq!(
            [percent(0, 5), percent(1, 1000), percent(999, 1000), percent(5, 5), percent(1, 0)],
            [0, 1, 99, 100, 0]
        );
    }

    #[test]
    fn near_moments_are_relative_and_far_ones_are_dates_in_the_readers_zone() {
        let en = reader(Language::En);
        for (moment, text) in [
            ("2026-11-20T08:59:30Z", "just now"),
            ("2026-11-20T08:50:00Z", "10 min ago"),
            ("2026-11-20T06:00:00Z", "3 h ago"),
            ("2026-11-19T12:40:00Z", "yesterday 20:40"),
            ("2026-11-15T08:00:00Z", "5 days ago"),
            ("2026-11-13T08:00:00Z", "2026-11-13 16:00"),
            ("2026-11-20T10:00:00Z", "in 1 h"),
            ("2026-11-21T04:00:00Z", "tomorrow 12:00"),
        ] {
            assert_eq!(en.time(&at(moment)).text, text, "{moment}");
        }
        assert_eq!(reader(Language::Zh).time(&at("2026-11-20T06:00:00Z")).text, "3 小时前");
    }

    #[test]
    fn lengths_are_said_by_their_two_largest_units() {
        let en = reader(Language::En);
        for (ms, text) in [
            (12, "12 ms"),
            (1_890, "1.8 s"),
            (108_000, "1 min 48 s"),
            (7_260_000, "2 h 1 min"),
            (90_000_000, "1 d 1 h"),
        ] {
            assert_eq!(en.duration(&ms), text);
        }
    }
}
