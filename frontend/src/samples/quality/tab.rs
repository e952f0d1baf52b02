//! The tab Quality.

use super::rules::{opened, rules};
use crate::RenderError;
use crate::catalog::dataset::DatasetHead;
use crate::jobs::JobKind;
use crate::parts::Pager;
use crate::quality::rows::Rows;
use crate::quality::tab::{HeadQuality, Muted, OutsideRow, QualityPage, REASONS, Suggestion};
use crate::quality::{
    Counts, Dimension, DimensionScore, Held, HeldBy, Kind, Outside, Points, RuleState, Score, Verdict,
};
use crate::samples::catalog::somebody;
use crate::samples::{Album, HOSTILE, at, datasets, drawing, sources};
use crate::tasks::TaskState;
use crate::{Form, Message};

pub(super) fn score() -> Score {
    let of = |dimension, earned, possible, rules, failing, warning| DimensionScore {
        dimension,
        points: Points { earned, possible },
        rules,
        failing,
        warning,
    };
    Score {
        now: Points { earned: 64, possible: 70 },
        yesterday: Some(Points { earned: 69, possible: 70 }),
        dimensions: vec![
            of(Dimension::Completeness, 20, 24, 6, 1, 0),
            of(Dimension::Consistency, 10, 12, 3, 1, 0),
            of(Dimension::Validity, 19, 20, 5, 0, 1),
            of(Dimension::Uniqueness, 8, 8, 2, 0, 0),
            of(Dimension::Timeliness, 6, 6, 2, 0, 0),
        ],
    }
}

pub(super) fn counts() -> Counts {
    let of = [
        (RuleState::Failing, 2),
        (RuleState::Error, 1),
        (RuleState::Warning, 1),
        (RuleState::Passing, 10),
        (RuleState::Held, 1),
        (RuleState::Open, 1),
        (RuleState::NotRun, 1),
        (RuleState::Muted, 1),
    ];
    Counts(of.to_vec())
}

fn suggestions(text: &str) -> Vec<Suggestion> {
    let kinds = [Kind::Unique, Kind::NotNull, Kind::Accepted, Kind::Freshness, Kind::Pattern];
    let columns = ["order_id", "customer_id", "status", "order_ts", text];
    let reasons = [0, 1, 3, 7, 5];
    (0..5)
        .map(|n| Suggestion {
            key: format!("s{n}"),
            kind: kinds[n],
            columns: vec![columns[n].to_owned()],
            detail: (n > 1).then(|| format!("{{ values: [new, paid, {text}] }}")),
            reason: Message::new(REASONS[reasons[n]])
                .arg("name", "fct_orders_pkey")
                .arg("rows", "48,211,903")
                .arg("n", 5)
                .arg("share", "99.8%")
                .arg("pattern", "e-mail")
                .arg("age", "2 h"),
            held: (n == 0).then(|| Held { by: HeldBy::PrimaryKey, name: "fct_orders_pkey".to_owned() }),
        })
        .collect()
}

fn outside(text: &str) -> Vec<OutsideRow> {
    [Verdict::Pass, Verdict::Fail, Verdict::Warn]
        .into_iter()
        .zip(0_u32..)
        .map(|(verdict, n)| OutsideRow {
            name: format!("not_null_fct_orders_{}", ["order_id", "status", "net"][n as usize]),
            from: if n == 2 { Outside::OpenLineage } else { Outside::Dbt },
            column: (n < 2).then(|| ["order_id", text][n as usize].to_owned()),
            verdict,
            failing: (n == 1).then_some(212),
            said: (n == 1).then(|| format!("Got 212 results, configured to fail if != 0 {text}")),
            at: at(i64::from(n) * 7_000 + 30_000),
            job: Some(drawing::job(60 + n, "build_fct_orders", JobKind::Dbt)),
        })
        .collect()
}

fn page(album: &Album, text: &str) -> QualityPage {
    QualityPage {
        chrome: album.chrome("/d/x/quality"),
        head: datasets::head(text),
        score: score(),
        counts: counts(),
        state: None,
        query: String::new(),
        rules: rules(text, false),
        pager: Pager {
            shown: 9,
            total: Some(18),
            previous: None,
            next: Some("/d/x/quality?after=1".to_owned()),
        },
        opened: None,
        incidents: super::incidents::some(text).into_iter().take(1).collect(),
        outside: outside(text),
        suggestions: suggestions(text),
        live: None,
        profiled: Some(at(90_000)),
        is_watched: Some(false),
        may_edit: true,
        may_run: true,
    }
}

fn empty(album: &Album) -> QualityPage {
    let quality = Some(HeadQuality::default());
    QualityPage {
        head: DatasetHead { quality, ..datasets::head("fct_orders") },
        score: Score::default(),
        counts: Counts::default(),
        rules: Vec::new(),
        pager: Pager::default(),
        incidents: Vec::new(),
        outside: Vec::new(),
        ..page(album, "channel")
    }
}

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    let full = QualityPage { opened: Some(opened("channel")), ..page(album, "channel") };
    let mut full = full;
    full.head = datasets::head("fct_orders");
    let mut bare = empty(album);
    (bare.may_edit, bare.may_run, bare.is_watched) = (false, false, None);
    bare.suggestions.clear();
    let mut reader = page(album, "channel");
    reader.head = datasets::head("fct_orders");
    (reader.may_edit, reader.may_run, reader.state) = (false, false, Some(RuleState::Failing));
    let mut open = opened("channel");
    (open.rows, open.mute, open.may_edit, open.may_run) = (Rows::Withheld, None, false, false);
    open.muted = Some(Muted {
        until: at(-250_000),
        by: Some(somebody("Sales steward")),
        reason: Some("Backfill until Monday".to_owned()),
    });
    open.rule.id = "elsewhere".to_owned();
    reader.opened = Some(open);
    let mut running = page(album, "channel");
    running.head = datasets::head("fct_orders");
    running.live = Some(sources::live("12", TaskState::Running));
    let mut hostile = page(album, HOSTILE);
    let mut open = opened(HOSTILE);
    open.mute = Some(Form::new("mute").with("reason", HOSTILE).wrong("until", "source-field-empty"));
    (hostile.opened, hostile.query) = (Some(open), HOSTILE.to_owned());
    let samples = [
        ("empty", empty(album)),
        ("bare", bare),
        ("plain", QualityPage { head: datasets::head("fct_orders"), ..page(album, "channel") }),
        ("full", full),
        ("reader", reader),
        ("running", running),
        ("hostile", hostile),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("quality-tab", name, view))
}
