//! The overview, the list of rules, the runs and rows of one.

use super::rules::{orders, points, rows, rules};
use super::tab::{counts, score};
use crate::parts::Pager;
use crate::quality::lists::{FailingRowsPage, RUN_BY, RuleRun, RuleRunsPage, RulesPage};
use crate::quality::overview::{Coverage, IMPORTANCE, QualityOverviewPage, ScoreRow, WorstRow};
use crate::quality::rows::Rows;
use crate::quality::select::RULE_FILTERS;
use crate::quality::{
    Bound, Counts, Dimension, Held, HeldBy, Measure, Points, RuleRow, RuleState, Select, Unit, Verdict,
};
use crate::samples::catalog::somebody;
use crate::samples::{Album, HOSTILE, at, id};
use crate::{Choice, Message, RenderError, T};

fn filters(t: &T, text: &str) -> Vec<Select> {
    vec![
        Select::of_words(t, RULE_FILTERS[0], RuleState::ALL, RuleState::as_str, Some(RuleState::Failing)),
        Select::of_words(t, RULE_FILTERS[1], Dimension::ALL, Dimension::as_str, None),
        Select::new("owner", RULE_FILTERS[4].1, vec![Choice::new("1", text)], ""),
        Select::new("source", RULE_FILTERS[5].1, vec![Choice::new("2", "shop_prod")], ""),
    ]
}

fn trend(n: i64) -> Vec<Option<i64>> {
    (0..30)
        .map(|day| (day > 3).then(|| 960 - n * 40 + (day * 7 % 13) - if day > 26 { 60 } else { 0 }))
        .collect()
}

fn groups(text: &str) -> Vec<ScoreRow> {
    ["Finance", "Sales", text]
        .into_iter()
        .zip(0_i64..)
        .map(|(name, n)| ScoreRow {
            name: name.to_owned(),
            href: "/quality/rules?domain=1".to_owned(),
            points: Points { earned: 80 + n * 5, possible: 100 },
            trend: trend(n),
            failing: 3 - n,
            rules: 41,
            covered: (12, 40),
        })
        .collect()
}

fn worst(text: &str) -> Vec<WorstRow> {
    ["fct_orders", "stg_items", text]
        .into_iter()
        .zip(0_i64..)
        .map(|(name, n)| WorstRow {
            link: orders(name),
            badge: super::head_quality().badge,
            trend: trend(n + 4),
            owner: (n != 1).then(|| somebody(text)),
            downstream: (n != 2).then_some(37),
        })
        .collect()
}

fn overview(album: &Album, text: &str) -> QualityOverviewPage {
    let t = album.chrome("/").t;
    let failing: Vec<RuleRow> = rules(text, true).into_iter().take(4).collect();
    QualityOverviewPage {
        chrome: album.chrome("/quality"),
        points: score().now,
        trend: trend(0),
        counts: counts(),
        domains: groups(text),
        sources: groups("shop_prod"),
        worst: worst(text),
        filters: filters(&t, text),
        failing,
        pager: Pager { shown: 4, total: Some(12), previous: None, next: Some("/quality?after=4".to_owned()) },
        incidents: super::incidents::some(text).into_iter().take(3).collect(),
        incidents_total: 3,
        unowned: (rules(text, true).into_iter().take(3).collect(), 14),
        stale: (Vec::new(), 0),
        coverage: (0_i64..)
            .zip(IMPORTANCE)
            .map(|(n, key)| Coverage {
                what: Message::new(key).arg("n", 10),
                covered: 38 - n * 14,
                total: 40 + n * 100,
            })
            .collect(),
        may_add: true,
    }
}

fn run(n: usize, verdict: Verdict, text: &str) -> RuleRun {
    let moment = at(n as i64 * 86_400 + 20_000);
    RuleRun {
        due: if n == 1 { at(n as i64 * 86_400 + 24_000) } else { moment },
        at: moment,
        verdict,
        value: (n != 3).then_some(Measure::new(0.0314, Unit::Share)),
        bound: Bound { unit: Unit::Share, high: Some(0.01), ..Bound::default() },
        failing: (n != 3).then_some((1_512_480, 48_211_903)),
        took_ms: (n != 4).then_some(4_100),
        why: (n == 3).then(|| Message::new("rules-why-failed").arg("reason", text)),
        held: (n == 4).then(|| Held { by: HeldBy::Unique, name: text.to_owned() }),
        by_watermark: n == 2,
        by: Message::new(RUN_BY[n % RUN_BY.len()]),
        who: (n == 2).then(|| somebody(text)),
        task: (n == 0).then(|| id(200)),
    }
}

fn runs(album: &Album, text: &str) -> RuleRunsPage {
    RuleRunsPage {
        chrome: album.chrome("/quality/rules/x/runs"),
        rule: rules(text, false).swap_remove(if text == HOSTILE { 8 } else { 0 }),
        dataset: orders("fct_orders"),
        verdict: None,
        points: points(),
        unit: Unit::Share,
        runs: (0..).zip(Verdict::ALL).map(|(n, verdict)| run(n, *verdict, text)).collect(),
        pager: Pager {
            shown: 6,
            total: None,
            previous: None,
            next: Some("/quality/rules/x/runs?after=2".to_owned()),
        },
        may_see_rows: true,
    }
}

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    let blank = QualityOverviewPage { counts: Counts::default(), ..overview(album, "x") };
    let calm = QualityOverviewPage {
        failing: Vec::new(),
        incidents_total: 0,
        domains: Vec::new(),
        worst: Vec::new(),
        pager: Pager::default(),
        coverage: Vec::new(),
        ..overview(album, "x")
    };
    let pages = [
        ("empty", blank),
        ("calm", calm),
        ("full", overview(album, "Logistics")),
        ("hostile", overview(album, HOSTILE)),
    ];
    pages.iter().try_for_each(|(name, view)| album.add("quality-overview", name, view))?;
    let t = album.chrome("/").t;
    let list = |query: &str, rules: Vec<RuleRow>, filters| RulesPage {
        chrome: album.chrome("/quality/rules"),
        query: query.to_owned(),
        filters,
        pager: Pager { shown: 9, total: Some(9), previous: None, next: None },
        rules,
        may_add: true,
    };
    let lists = [
        ("empty", list("", Vec::new(), Vec::new())),
        ("nothing", list("net", Vec::new(), filters(&t, "x"))),
        ("full", list("", rules("channel", true), filters(&t, "Sales steward"))),
        ("hostile", list(HOSTILE, rules(HOSTILE, true), filters(&t, HOSTILE))),
    ];
    lists.iter().try_for_each(|(name, view)| album.add("quality-rules", name, view))?;
    let never =
        RuleRunsPage { points: Vec::new(), runs: Vec::new(), pager: Pager::default(), ..runs(album, "x") };
    let pages = [("empty", never), ("full", runs(album, "channel")), ("hostile", runs(album, HOSTILE))];
    pages.iter().try_for_each(|(name, view)| album.add("rule-runs", name, view))?;
    let failing = |text: &str, rows| FailingRowsPage {
        chrome: album.chrome("/quality/rules/x/rows"),
        rule: rules(text, false).swap_remove(0),
        dataset: orders(text),
        failing: Some((1_512_480, 48_211_903)),
        rows,
    };
    let pages = [
        ("empty", failing("x", Rows::None)),
        ("off", failing("x", Rows::Off)),
        ("withheld", failing("x", Rows::Withheld)),
        ("full", failing("fct_orders", rows("channel"))),
        ("hostile", failing(HOSTILE, rows(HOSTILE))),
    ];
    pages.iter().try_for_each(|(name, view)| album.add("rule-rows", name, view))
}
