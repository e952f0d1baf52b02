//! The tab Profile.

use cadastre_model::{ColumnType, Sensitivity};

use super::rules::rows;
use crate::parts::Pager;
use crate::quality::profile::{ColumnProfile, Histogram, NO_PROFILE, Profile, ProfilePage, Strange, UNUSUAL};
use crate::quality::rows::Cell;
use crate::samples::{Album, HOSTILE, at, datasets, id, sources};
use crate::tasks::TaskState;
use crate::{Message, RenderError};

const ROWS: i64 = 48_211_903;

fn cell(text: &str) -> Option<Cell> {
    Some(Cell::Value(text.to_owned()))
}

fn column(place: i64, name: &str, type_written: &str, kind: ColumnType, nulls: i64) -> ColumnProfile {
    ColumnProfile {
        id: id(600 + place as u32),
        place,
        name: name.to_owned(),
        type_written: type_written.to_owned(),
        kind,
        sensitivity: Sensitivity::Internal,
        is_masked: false,
        nulls,
        rows: ROWS,
        distinct: Some((9_112_400, true)),
        min: None,
        max: None,
        mean: None,
        quantiles: Vec::new(),
        lengths: None,
        patterns: Vec::new(),
        histogram: None,
        top: Vec::new(),
        unusual_nulls: None,
        unusual_distinct: None,
        null_history: (0..8).map(|n| (at((8 - n) * 86_400), 0.02 + n as f64 * 0.001)).collect(),
        distinct_history: (0..8).map(|n| (at((8 - n) * 86_400), 9e6 + n as f64 * 2e4)).collect(),
    }
}

fn strange(text: &str) -> Strange {
    Strange {
        said: Message::new(UNUSUAL).arg("low", "47,100,000").arg("high", text),
        grounds: vec![Message::new("band-level").arg("level", text)],
    }
}

fn amount(text: &str) -> ColumnProfile {
    let figures = [(5, "3.90"), (25, "12.50"), (50, "29.90"), (75, "64.00"), (95, "240.00")];
    ColumnProfile {
        min: cell("-3.00"),
        max: cell("12,990.00"),
        mean: cell("58.31"),
        quantiles: figures.iter().map(|(n, value)| (*n, Cell::Value((*value).to_owned()))).collect(),
        histogram: Some(Histogram {
            low: format!("-3.00 {text}"),
            high: "12,990.00".to_owned(),
            bins: vec![120, 800, 4_100, 9_800, 12_200, 8_400, 5_000, 2_900, 1_400, 700, 0, 240, 90, 12, 3, 1],
        }),
        unusual_nulls: Some(strange(text)),
        ..column(4, "net_amount", "numeric(18,2)", ColumnType::Decimal, 1_512_480)
    }
}

fn status(text: &str) -> ColumnProfile {
    let top = [("paid", 31_000_000), ("shipped", 9_100_000), ("new", 6_200_000), (text, 1_700_000)];
    ColumnProfile {
        distinct: Some((5, false)),
        min: cell("cancelled"),
        max: cell("shipped"),
        lengths: Some((3, 5.4, 9)),
        patterns: vec![("aaaa".to_owned(), 37_200_000), (text.to_owned(), 9_000_000)],
        top: top.iter().map(|(value, n)| (Cell::Value((*value).to_owned()), *n)).collect(),
        ..column(3, "status", "character varying(16)", ColumnType::Text, 0)
    }
}

fn email() -> ColumnProfile {
    ColumnProfile {
        sensitivity: Sensitivity::Confidential,
        is_masked: true,
        lengths: Some((6, 21.3, 64)),
        ..column(5, "ship_email", "character varying(254)", ColumnType::Text, 3_278_409)
    }
}

fn page(album: &Album, text: &str) -> ProfilePage {
    let mut odd = status(text);
    (odd.id, odd.place, odd.name, odd.distinct) = (id(690), 6, text.to_owned(), None);
    let columns = vec![
        column(1, "order_id", "bigint", ColumnType::Integer, 0),
        column(2, "order_ts", "timestamp with time zone", ColumnType::Timestamp, 12),
        status(text),
        amount(text),
        email(),
        odd,
    ];
    ProfilePage {
        chrome: album.chrome("/d/x/profile"),
        head: datasets::head(if text == HOSTILE { text } else { "fct_orders" }),
        profile: Some(Profile {
            id: "3".to_owned(),
            taken: at(90_000),
            took_ms: 41_200,
            rows: ROWS,
            sampled: Some(1_000_000),
            unusual: Some(strange(text)),
            history: (0..12).map(|n| (at((12 - n) * 86_400), 47e6 + n as f64 * 1e5)).collect(),
            columns,
            pager: Pager {
                shown: 6,
                total: Some(10),
                previous: None,
                next: Some("/d/x/profile?after=6".to_owned()),
            },
        }),
        sample: Some(rows(text)),
        sample_why: None,
        why_not: None,
        taken: vec![("3".to_owned(), at(90_000)), (text.to_owned(), at(180_000))],
        opened: None,
        live: None,
        may_profile: true,
    }
}

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    let none = |key: &'static str, text: &str, may| ProfilePage {
        profile: None,
        why_not: Some(Message::new(key).arg("right", text).arg("reason", text)),
        taken: Vec::new(),
        may_profile: may,
        ..page(album, "channel")
    };
    let opened = |n: i64| ProfilePage { opened: Some(id(600 + n as u32)), ..page(album, "channel") };
    let mut hostile = page(album, HOSTILE);
    hostile.opened = Some(id(690));
    let live = Some(sources::live("12", TaskState::Running));
    let samples = [
        ("empty", none(NO_PROFILE[0], "", true)),
        ("no-right", none(NO_PROFILE[2], "SELECT", false)),
        ("failed", none(NO_PROFILE[4], HOSTILE, true)),
        ("full", page(album, "channel")),
        ("numbers", opened(4)),
        ("texts", opened(3)),
        ("masked", opened(5)),
        ("running", ProfilePage { live, ..page(album, "channel") }),
        ("hostile", hostile),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("dataset-profile", name, view))
}
