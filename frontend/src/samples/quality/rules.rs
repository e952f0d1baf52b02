//! Rules, their histories, rows of a source.

use super::super::{at, drawing, id};
use crate::jobs::code::Code;
use crate::lineage::DatasetLink;
use crate::parts::Subject;
use crate::quality::rows::{Cell, Rows, Sample};
use crate::quality::tab::{Learned, OpenRule, Point};
use crate::quality::{
    Bound, Dimension, Gravity, Held, HeldBy, Kind, Measure, Next, RuleRow, RuleState, RunMark, Unit, Verdict,
};
use crate::samples::catalog::somebody;
use crate::{Form, Message};

pub(super) const PG: &str = "postgres://db:5432";

pub(super) fn orders(text: &str) -> DatasetLink {
    drawing::dataset(1, text, PG, "shop_prod / shop / sales")
}

fn runs(end: &[Verdict]) -> Vec<RunMark> {
    let calm = 30 - end.len();
    let verdicts = std::iter::repeat_n(Verdict::Pass, calm).chain(end.iter().copied());
    (0_i64..)
        .zip(verdicts)
        .map(|(n, verdict)| RunMark { at: at((29 - n) * 86_400 + 20_000), verdict })
        .collect()
}

/// A rule: title, column, kind, state, value, bound, the end of its strip.
struct Made(&'static str, &'static str, Kind, RuleState, Option<Measure>, Bound, &'static [Verdict]);

fn most(high: f64, unit: Unit) -> Bound {
    Bound { unit, high: Some(high), ..Bound::default() }
}

fn made() -> Vec<Made> {
    use Verdict::{Error, Fail, Open, Pass, Warn};
    let share = |value| Some(Measure::new(value, Unit::Share));
    let rows = |value| Some(Measure::new(value, Unit::Rows));
    vec![
        Made(
            "Net amount not empty",
            "net_amount",
            Kind::NotNull,
            RuleState::Failing,
            share(0.0314),
            most(0.01, Unit::Share),
            &[Fail],
        ),
        Made(
            "Net is gross less discount",
            "net_amount",
            Kind::Compare,
            RuleState::Failing,
            share(0.0314),
            most(0.005, Unit::Share),
            &[Warn, Warn, Pass, Pass, Pass, Pass, Pass, Fail],
        ),
        Made(
            "Customer is there",
            "customer_id",
            Kind::References,
            RuleState::Error,
            None,
            most(0.0, Unit::Rows),
            &[Error],
        ),
        Made(
            "Status in code list",
            "status",
            Kind::Accepted,
            RuleState::Warning,
            rows(212.0),
            most(1000.0, Unit::Rows),
            &[Warn, Warn, Warn, Warn],
        ),
        Made("Order ID unique", "order_id", Kind::Unique, RuleState::Held, None, most(0.0, Unit::Rows), &[]),
        Made(
            "Loaded by 07:00",
            "loaded_at",
            Kind::Freshness,
            RuleState::Passing,
            Some(Measure::new(11_520.0, Unit::Seconds)),
            most(25_200.0, Unit::Seconds),
            &[Fail, Pass, Pass, Pass, Pass, Verdict::Missed, Pass, Pass],
        ),
        Made(
            "Rows like last week",
            "",
            Kind::RowCount,
            RuleState::Open,
            rows(48_211_903.0),
            Bound { unit: Unit::Rows, low: Some(43_390_000.0), high: Some(53_033_000.0), ..Bound::default() },
            &[Open],
        ),
        Made(
            "Discount not negative",
            "discount_amount",
            Kind::Range,
            RuleState::Muted,
            rows(3.0),
            most(0.0, Unit::Rows),
            &[Fail, Fail, Fail],
        ),
        Made("E-mail", "ship_email", Kind::Pattern, RuleState::NotRun, None, most(0.02, Unit::Share), &[]),
    ]
}

/// Rules in all states; the last one has `text` everywhere.
pub(super) fn rules(text: &str, with_dataset: bool) -> Vec<RuleRow> {
    let all = made().into_iter().zip(0_u32..);
    let mut rules: Vec<RuleRow> = all.map(|(made, n)| rule(&made, n, text, with_dataset)).collect();
    if let Some(last) = rules.last_mut() {
        (last.title, last.columns) = (Some(text.to_owned()), vec![text.to_owned()]);
        last.why = Some(Message::new("rules-why-failed").arg("reason", text));
    }
    rules
}

fn rule(made: &Made, n: u32, text: &str, with_dataset: bool) -> RuleRow {
    let Made(title, column, kind, state, value, bound, end) = made;
    RuleRow {
        id: id(2000 + n),
        name: title.to_lowercase().replace(' ', "-"),
        title: Some((*title).to_owned()),
        kind: *kind,
        columns: if column.is_empty() { Vec::new() } else { vec![(*column).to_owned()] },
        dimension: Dimension::ALL[n as usize % 6],
        gravity: Gravity::ALL[n as usize % 3],
        state: *state,
        held: (*state == RuleState::Held)
            .then(|| Held { by: HeldBy::PrimaryKey, name: "fct_orders_pkey".to_owned() }),
        value: *value,
        bound: *bound,
        runs: if *state == RuleState::NotRun { Vec::new() } else { runs(end) },
        last: (*state != RuleState::NotRun).then(|| at(20_000)),
        next: match state {
            RuleState::Held => Next::Never,
            RuleState::Open => Next::AfterUpdate,
            RuleState::NotRun => Next::OnRequest,
            RuleState::Error => Next::Now,
            _ => Next::At(at(-68_000)),
        },
        owner: (!n.is_multiple_of(4)).then(|| owner(text)),
        dataset: with_dataset.then(|| orders("fct_orders")),
        why: (*state == RuleState::Error)
            .then(|| Message::new("rules-why-failed").arg("reason", "permission denied for table customers")),
        muted_until: (*state == RuleState::Muted).then(|| at(-250_000)),
    }
}

fn owner(text: &str) -> Subject {
    somebody(if text.len() > 40 { text } else { "Sales steward" })
}

/// 30 days of a share that jumps at the end.
pub(super) fn points() -> Vec<Point> {
    (0_i64..30)
        .map(|n| {
            let wave = [0.0, 0.0002, 0.0004, 0.0001, -0.0002, -0.0003, 0.0001][n as usize % 7];
            let is_last = n == 29;
            let value = if is_last { 0.0314 } else { 0.0031 + wave };
            Point {
                at: at((29 - n) * 86_400 + 20_000),
                value: (n != 12).then_some(value),
                verdict: match n {
                    29 => Verdict::Fail,
                    12 => Verdict::Error,
                    _ => Verdict::Pass,
                },
                allowed: (None, Some(if n < 8 { 0.015 } else { 0.01 })),
                band: (n > 6).then_some((0.0012 + wave, 0.0057 + wave)),
            }
        })
        .collect()
}

fn cells(words: &[&str], text: &str) -> Vec<Cell> {
    let cell = |word: &&str| match *word {
        "NULL" => Cell::Null,
        "!NULL" => Cell::WrongNull,
        word if word.contains('•') => Cell::Masked(word.to_owned()),
        word if word.starts_with('!') => Cell::Wrong(word[1..].to_owned()),
        "text" => Cell::Value(text.to_owned()),
        word => Cell::Value(word.to_owned()),
    };
    words.iter().map(cell).collect()
}

pub(super) fn rows(text: &str) -> Rows {
    let columns =
        ["order_id", "order_ts", "gross_amount", "discount_amount", "net_amount", "ship_email", text];
    Rows::Shown(Sample {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows: [
            ["900418231", "2026-11-19 22:14", "129.90", "0.00", "!NULL", "a••@•••.com", "text"],
            ["900418233", "2026-11-19 22:14", "54.00", "!NULL", "!NULL", "m•••@•••.de", "NULL"],
            ["900418240", "2026-11-19 22:15", "18.50", "!NULL", "!NULL", "l•@•••.cn", "text"],
            ["900418251", "2026-11-19 22:17", "240.00", "12.00", "!-3", "s••••@•••.fr", "text"],
        ]
        .iter()
        .map(|row| cells(row, text))
        .collect(),
        total: Some(1_512_480),
        taken: Some(at(20_000)),
        is_masked: true,
    })
}

pub(super) fn opened(text: &str) -> OpenRule {
    OpenRule {
        rule: rules(text, false).swap_remove(0),
        filter: Some(format!("order_date >= '2019-01-01' -- {text}")),
        points: points(),
        unit: Unit::Share,
        learned: Some(Learned {
            days: 28,
            is_known: true,
            grounds: vec![
                Message::new("band-history").arg("points", 28).arg("days", 28),
                Message::new("band-level").arg("level", "0.31%"),
                Message::new("band-weekday").arg("weekday", 4).arg("effect", "+0.02%"),
                Message::new("band-aside").arg("n", 1),
                Message::new("band-calendar").arg("effect", text),
            ],
        }),
        said: vec![
            Message::new("rule-said-times").arg("times", 10),
            Message::new("rule-said-band-warns").arg("bound", "0.57%"),
        ],
        failing: Some((1_512_480, 48_211_903)),
        rows: rows(text),
        correction: Some(Code::of_text(
            &format!(
                "update sales.fct_orders\n   set net_amount = gross_amount - discount_amount\n -- {text}"
            ),
            &[],
            &[],
        )),
        muted: None,
        mute: Some(Form::new("mute").with("until", "2026-11-23T09:00")),
        may_edit: true,
        may_run: true,
    }
}
