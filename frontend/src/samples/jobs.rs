//! Jobs, their tabs, their runs, handing in.

use super::catalog::somebody;
use super::drawing::{column, dataset, job};
use super::{Album, HOSTILE, at, id, lineage};
use crate::catalog::history::Sign;
use crate::jobs::code::Code;
use crate::jobs::job::{
    DefinitionPage, DiffLine, JobDataset, JobHead, JobLineagePage, OutputColumn, RunsPage, VersionDiff,
    VersionRow, VersionsPage,
};
use crate::jobs::list::{JobRow, JobsPage};
use crate::jobs::run::{RunPage, RunRow};
use crate::jobs::upload::{StatementOutcome, UploadOutcome, UploadPage};
use crate::jobs::{JobKind, REASONS, RunState};
use crate::lineage::{How, Maker};
use crate::parts::{Changes, Pager};
use crate::{Choice, Form, Message, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    list(album)?;
    definition(album)?;
    reads_and_writes(album)?;
    runs(album)?;
    run(album)?;
    versions(album)?;
    upload(album)
}

fn rows(text: &str) -> Vec<JobRow> {
    (0..)
        .zip(JobKind::ALL)
        .map(|(n, kind)| JobRow {
            link: job(300 + n, if n == 3 { text } else { "build_fct_orders" }, *kind),
            dialect: (n < 4).then(|| "PostgreSQL".to_owned()),
            owner: (n % 2 == 0).then(|| somebody(text)),
            schedule: (n % 3 == 0).then(|| format!("0 4 * * * {}", if n == 3 { text } else { "" })),
            last_run: RunState::ALL.get(n as usize).map(|state| (*state, at(i64::from(n) * 9_000))),
            counts: (i64::from(n), 1),
            unparsed: i64::from(n == 3) * 2,
            is_gone: n == 6,
        })
        .collect()
}

fn list(album: &mut Album) -> Result<(), RenderError> {
    let page = |jobs: Vec<JobRow>, query: &str, is_register_empty| JobsPage {
        chrome: album.chrome("/jobs"),
        query: query.to_owned(),
        kinds: vec![Choice::new("view", "View"), Choice::new("sql", "SQL script")],
        kind: if query.is_empty() { String::new() } else { "sql".to_owned() },
        namespaces: vec![Choice::new("shop.etl", "shop.etl"), Choice::new(HOSTILE, HOSTILE)],
        namespace: String::new(),
        states: vec![Choice::new("failed", "Failed")],
        state: String::new(),
        pager: Pager { shown: 10, total: Some(jobs.len() as i64), ..Pager::default() },
        jobs,
        is_register_empty,
        may_upload: true,
    };
    let samples = [
        ("empty", page(Vec::new(), "", true)),
        ("nothing", page(Vec::new(), "zzz", false)),
        ("full", page(rows("load_orders"), "", false)),
        ("hostile", page(rows(HOSTILE), HOSTILE, false)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("jobs", name, view))
}

fn head(text: &str) -> JobHead {
    JobHead {
        id: id(300),
        name: text.to_owned(),
        namespace: "shop.etl".to_owned(),
        kind: JobKind::Sql,
        dialect: Some("PostgreSQL".to_owned()),
        owners: vec![somebody(text)],
        schedule: Some("0 4 * * *".to_owned()),
        origin: Some((format!("etl/{text}.sql"), None)),
        maker: Maker::Sql,
        description: Some(format!("Builds the fact table of orders. {text}")),
        last_run: Some((RunState::Failed, at(9_000))),
        counts: (2, 1),
        runs: 31,
        version: 7,
        is_gone: text == HOSTILE,
    }
}

fn output_columns(text: &str) -> Vec<OutputColumn> {
    ["order_id", "net_amount", text]
        .into_iter()
        .map(|name| OutputColumn {
            id: format!("c{}", name.len()),
            dataset: "sales.fct_orders".to_owned(),
            name: name.to_owned(),
            line: (name != "order_id").then_some(4),
            from: vec!["stg_items.gross_amount".to_owned(), format!("stg_items.{text}")],
            hows: vec![How::Aggregate, How::Expression],
        })
        .collect()
}

fn definition(album: &mut Album) -> Result<(), RenderError> {
    let page = |text: &str, code: Option<Code>| DefinitionPage {
        chrome: album.chrome("/j/x"),
        head: head(text),
        version: 7,
        is_withheld: false,
        columns: if code.is_some() { output_columns(text) } else { Vec::new() },
        code,
        chosen: Some("c10".to_owned()),
        problems: (1..4).map(|n| lineage::problem(n, text)).collect(),
        parsed: (3, 5),
    };
    let mut empty = page("collect_clicks", None);
    (empty.problems, empty.chosen, empty.parsed, empty.head.description) = (Vec::new(), None, (0, 0), None);
    (empty.head.owners, empty.head.last_run, empty.head.schedule) = (Vec::new(), None, None);
    let mut withheld = empty.clone();
    withheld.is_withheld = true;
    let mut old = page("build_fct_orders", Some(lineage::lit("an older one")));
    (old.version, old.problems, old.chosen) = (5, Vec::new(), None);
    let samples = [
        ("empty", empty),
        ("withheld", withheld),
        ("full", page("build_fct_orders", Some(lineage::lit("build the fact table")))),
        ("old", old),
        ("hostile", page(HOSTILE, Some(lineage::lit(HOSTILE)))),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("job", name, view))
}

fn ends(text: &str) -> Vec<JobDataset> {
    (0..3)
        .map(|n| JobDataset {
            link: (n != 2).then(|| {
                dataset(60 + n, ["stg_items", text][n as usize % 2], "postgres://db:5432", "shop / staging")
            }),
            columns: if n == 0 {
                vec![
                    (column(900, "gross_amount"), vec![How::Aggregate]),
                    (column(901, text), Vec::new()),
                    (column(902, "*"), vec![How::Join]),
                ]
            } else {
                Vec::new()
            },
            more: if n == 0 { 12 } else { 0 },
            last_seen: Some(at(3_000)),
            rows: (n == 0).then_some(48_211_903),
        })
        .collect()
}

fn reads_and_writes(album: &mut Album) -> Result<(), RenderError> {
    for (name, text) in [("empty", ""), ("full", "orders"), ("hostile", HOSTILE)] {
        let both = || if text.is_empty() { Vec::new() } else { ends(text) };
        let chrome = album.chrome("/j/x/lineage");
        let head = head(if text.is_empty() { "collect_clicks" } else { text });
        album.add("job-lineage", name, &JobLineagePage { chrome, head, inputs: both(), outputs: both() })?;
    }
    Ok(())
}

fn run_rows(text: &str) -> Vec<RunRow> {
    (0_i64..24)
        .map(|n| {
            let state = if n % 9 == 5 {
                RunState::Failed
            } else {
                RunState::ALL[if n < 2 { 1 + n as usize } else { 2 }]
            };
            RunRow {
                id: id(500 + n as u32),
                state,
                started: Some(at(n * 86_400 + 9_000)),
                ended: (n > 0).then(|| at(n * 86_400 + 8_000)),
                took_ms: (n > 0).then(|| 60_000 + (n * 37 % 11) * 9_000 + i64::from(n == 14) * 400_000),
                rows: (n > 0).then_some(48_211 * n),
                bytes: (n > 0).then_some(1_240_656 * n),
                error: (state == RunState::Failed).then(|| format!("ERROR: division by zero {text}")),
                version: Some(7 - n / 10),
            }
        })
        .collect()
}

fn runs(album: &mut Album) -> Result<(), RenderError> {
    let page = |text: &str, runs: Vec<RunRow>| RunsPage {
        chrome: album.chrome("/j/x/runs"),
        head: head(text),
        state: None,
        pager: Pager {
            shown: runs.len() as i64,
            total: Some(31),
            previous: None,
            next: Some("/j/x/runs?a=1".to_owned()),
        },
        runs,
    };
    let samples = [
        ("empty", page("v_open_orders", Vec::new())),
        ("full", page("build_fct_orders", run_rows("x"))),
        ("hostile", page(HOSTILE, run_rows(HOSTILE))),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("job-runs", name, view))
}

fn run(album: &mut Album) -> Result<(), RenderError> {
    for (name, text) in [("full", "build_fct_orders"), ("hostile", HOSTILE)] {
        let view = RunPage {
            chrome: album.chrome("/j/x/runs/y"),
            head: head(text),
            run: run_rows(text)[5].clone(),
            error: Some(format!("ERROR: division by zero\n  at line 4\n  {text}")),
            parent: Some((format!("nightly {text}"), None)),
            facets: vec![("processing_engine".to_owned(), format!("Spark 3.5 {text}"))],
            inputs: ends(text),
            outputs: ends(text),
            events: (0..3).map(|n| (at(9_000 - n * 60), Message::new("job-run"))).collect(),
        };
        album.add("job-run", name, &view)?;
    }
    Ok(())
}

fn versions(album: &mut Album) -> Result<(), RenderError> {
    let rows = |text: &str| {
        (0_i64..7)
            .map(|n| VersionRow {
                number: 7 - n,
                since: at(n * 800_000 + 9_000),
                until: (n > 0).then(|| at((n - 1) * 800_000 + 9_000)),
                by: (n % 2 == 0).then(|| somebody(text)),
                maker: Maker::Sql,
                edges: Changes { added: n, removed: 0, changed: 0 },
                parsed: (5, 5),
            })
            .collect::<Vec<_>>()
    };
    let line = |sign, before, after, text: &str| DiffLine { sign, before, after, text: text.to_owned() };
    let diff = |text: &str| VersionDiff {
        from: 6,
        to: 7,
        lines: Some(vec![
            line(None, Some(3), Some(3), "select i.order_id,"),
            line(Some(Sign::Removed), Some(4), None, "       sum(i.gross_amount) as net_amount"),
            line(Some(Sign::Added), None, Some(4), "       sum(i.gross_amount)"),
            line(Some(Sign::Added), None, Some(5), &format!("         - sum(i.{text}) as net_amount")),
            line(None, Some(5), Some(6), "  from staging.stg_items i"),
        ]),
        edges: vec![
            (Sign::Added, format!("stg_items.{text} → fct_orders.net_amount")),
            (Sign::Removed, "stg_items.discount → fct_orders.net_amount".to_owned()),
        ],
    };
    let page = |text: &str, versions, diff| VersionsPage {
        chrome: album.chrome("/j/x/versions"),
        head: head(text),
        versions,
        pager: Pager::default(),
        diff,
    };
    let withheld = VersionDiff { lines: None, edges: Vec::new(), ..diff("x") };
    let samples = [
        ("one", page("v_open_orders", rows("x")[..1].to_vec(), None)),
        ("full", page("build_fct_orders", rows("x"), Some(diff("discount_amount")))),
        ("withheld", page("build_fct_orders", rows("x"), Some(withheld))),
        ("hostile", page(HOSTILE, rows(HOSTILE), Some(diff(HOSTILE)))),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("job-versions", name, view))
}

fn upload(album: &mut Album) -> Result<(), RenderError> {
    let outcomes = |text: &str| {
        let statements = (1_i64..4)
            .map(|n| StatementOutcome {
                number: n,
                line: n * 3,
                excerpt: format!("insert into sales.fct_orders select {text}"),
                reads: vec!["staging.stg_items".to_owned(), text.to_owned()],
                writes: vec!["sales.fct_orders".to_owned()],
                columns: 7 * (n - 1),
                problems: if n == 2 { vec![lineage::problem(2, text)] } else { Vec::new() },
            })
            .collect();
        let file = |name: &str, sign: Option<Sign>, statements| UploadOutcome {
            file: name.to_owned(),
            job: sign.map(|_| job(32, text, JobKind::Sql)),
            sign,
            error: None,
            statements,
        };
        let refused =
            UploadOutcome { error: Some(Message::new(REASONS[2])), ..file("photo.jpg", None, Vec::new()) };
        vec![file("fct_orders.sql", Some(Sign::Added), statements), file(text, None, Vec::new()), refused]
    };
    let page = |form: Form, outcomes, is_saved| UploadPage {
        chrome: album.chrome("/jobs/new"),
        form,
        kinds: vec![Choice::new("sql", "SQL script"), Choice::new("flume", "Flume agent")],
        dialects: vec![Choice::new("postgres", "PostgreSQL"), Choice::new("hive", "Hive")],
        namespaces: vec!["shop.etl".to_owned(), HOSTILE.to_owned()],
        outcomes,
        is_saved,
    };
    let typed = |text: &str| Form::new("job").with("kind", "sql").with("namespace", text).with("text", text);
    let samples = [
        ("empty", page(Form::new("job"), Vec::new(), false)),
        ("checked", page(typed("shop.etl"), outcomes("stg_items"), false)),
        ("saved", page(Form::new("job"), outcomes("stg_items"), true)),
        ("hostile", page(typed(HOSTILE).wrong("namespace", "job-problem-kind"), outcomes(HOSTILE), false)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("job-upload", name, view))
}
