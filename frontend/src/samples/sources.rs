//! Sources and tasks.

use cadastre_model::{AssetKind, Language, Origin, SourceKind, SubjectKind};

use super::{Album, HOSTILE, at, id};
use crate::parts::{AssetLink, Changes, FacetOption, Pager, Said, SourceRow, SourceState, Subject};
use crate::sources::{
    Check, CheckStep, EditSourcePage, NewSourcePage, Outcome, SourceHead, SourcePage, SourceSettings,
    SourcesPage, Step,
};
use crate::tasks::{
    Level, Live, LogLine, Stage, StageState, TaskFragment, TaskPage, TaskRow, TaskState, TasksPage,
};
use crate::{Choice, Chrome, Form, Message, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    list(album)?;
    new(album)?;
    edit(album)?;
    one(album)?;
    tasks(album)?;
    task(album)
}

pub(super) fn rows() -> Vec<SourceRow> {
    SourceState::ALL
        .into_iter()
        .zip(["staging", "warehouse", "shop_prod", "crm", "archive"])
        .enumerate()
        .map(|(n, (state, name))| SourceRow {
            id: id(100 + n as u32),
            name: name.to_owned(),
            kind: SourceKind::Postgresql,
            state,
            datasets: 412 * n as i64,
            last_crawl: (state != SourceState::New).then(|| at(18_000)),
            next_crawl: (state == SourceState::Fine).then(|| at(-68_400)),
        })
        .collect()
}

fn hostile_row() -> SourceRow {
    SourceRow {
        id: id(9),
        name: HOSTILE.to_owned(),
        kind: SourceKind::Postgresql,
        state: SourceState::Failing,
        datasets: i64::MAX,
        last_crawl: None,
        next_crawl: None,
    }
}

fn list(album: &mut Album) -> Result<(), RenderError> {
    let page =
        |sources, may_add, pager| SourcesPage { chrome: album.chrome("/sources"), sources, pager, may_add };
    let more = Pager { shown: 5, total: Some(31), previous: None, next: Some("/sources?after=x".to_owned()) };
    let samples = [
        ("empty", page(Vec::new(), true, Pager::default())),
        ("full", page(rows(), true, more)),
        ("hostile", page(vec![hostile_row()], false, Pager::default())),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("sources", name, view))
}

fn checks(text: &str) -> Vec<Check> {
    let check = |(n, step): (usize, CheckStep)| Check {
        step,
        outcome: match n {
            0..3 => Outcome::Pass,
            3 => Outcome::Warn,
            4 => Outcome::Fail,
            _ => Outcome::Skipped,
        },
        text: Message::new("source-notice-closed").arg("count", text),
        remedy: (n == 4).then(|| format!("GRANT CONNECT ON DATABASE shop TO cadastre_reader; -- {text}")),
    };
    CheckStep::ALL.into_iter().enumerate().map(check).collect()
}

fn new(album: &mut Album) -> Result<(), RenderError> {
    let page = |kind, domains, form, checks| NewSourcePage {
        chrome: album.chrome("/sources/new"),
        kind,
        domains,
        form,
        checks,
    };
    let domains = |name: &str| vec![Choice::new("", "In no domain"), Choice::new(id(101), name)];
    let kind = Some(SourceKind::Postgresql);
    let typed = Form::new("source")
        .with("name", "shop, production")
        .with("host", "db.example.org")
        .with("port", "5432");
    let samples = [
        ("kind", page(None, Vec::new(), Form::default(), Vec::new())),
        ("empty", page(kind, Vec::new(), Form::new("source").with("port", "5432"), Vec::new())),
        (
            "full",
            page(
                kind,
                domains("Sales"),
                typed.with("tls", "require").wrong("user", "source-field-empty"),
                checks("12"),
            ),
        ),
        (
            "hostile",
            page(
                kind,
                domains(HOSTILE),
                Form::new("source").with("name", HOSTILE).with("ca", HOSTILE),
                checks(HOSTILE),
            ),
        ),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("source-new", name, view))
}

fn head(name: &str) -> SourceHead {
    SourceHead {
        id: id(102),
        name: name.to_owned(),
        kind: SourceKind::Postgresql,
        server: Some("16.4".to_owned()),
        state: SourceState::Crawling,
        domain: Some(AssetLink {
            id: id(7),
            kind: AssetKind::Domain,
            name: "Sales".to_owned(),
            display_name: None,
            path: Vec::new(),
        }),
        description: Some(Said {
            body: format!("Orders and customers of the shop. Written by *checkout*. {name}"),
            language: Language::En,
            origin: Origin::Person,
        }),
    }
}

fn edit(album: &mut Album) -> Result<(), RenderError> {
    let page = |name: &str, step| EditSourcePage {
        chrome: album.chrome("/sources/x/edit"),
        source: head(name),
        step,
        version: 4,
        connection: Form::new("connection")
            .with("name", name)
            .with("host", "db.example.org")
            .with("port", "5432"),
        secret: Form::new("secret"),
        secret_set: Some(at(9_000_000)),
        scope: Form::new("scope").with("include", "sales.*\npublic.*").with("exclude", "*.tmp_*"),
        schedule: Form::new("schedule").with("cron", "61 * * * *").with("time_zone", "Asia/Shanghai"),
        names: Form::new("names").with("namespace", "postgres://db.example.org:5432").with("aliases", name),
        reading: Form::new("reading")
            .with("connections", "2")
            .with("statement_seconds", "60")
            .with("statements_a_day", "50000")
            .with("seconds_a_day", "14400")
            .with("quiet", "22:00-06:00")
            .with("profile_cron", "0 4 * * 0"),
        checks: Vec::new(),
        may_remove: true,
    };
    let mut full = page("shop_prod", None);
    full.schedule = full.schedule.wrong("cron", "source-field-empty");
    let samples = [
        ("scope", page("shop_prod", Some(Step::Scope))),
        ("schedule", page("shop_prod", Some(Step::Schedule))),
        ("full", full),
        ("hostile", page(HOSTILE, None)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("source-edit", name, view))
}

fn one(album: &mut Album) -> Result<(), RenderError> {
    let page = |name: &str, live, crawls| SourcePage {
        chrome: album.chrome("/sources/x"),
        source: head(name),
        counts: (412, 6_904),
        live,
        crawls,
        pager: Pager::default(),
        settings: Some(SourceSettings {
            address: "db.example.org:5432".to_owned(),
            database: "shop".to_owned(),
            user: "cadastre_reader".to_owned(),
            tls: "verify-full".to_owned(),
            secret_set: Some(at(9_000_000)),
            include: Vec::new(),
            exclude: vec!["*.tmp_*".to_owned(), name.to_owned()],
            namespace: "postgres://db.example.org:5432".to_owned(),
            aliases: vec!["postgres://pooler.example.org:6432".to_owned()],
            cron: Some(("0 4 * * *".to_owned(), "UTC".to_owned())),
            next_crawl: Some(at(-68_400)),
        }),
        last_crawl: Some(at(18_000)),
        failing: None,
        rests: None,
        checks: Vec::new(),
        may_crawl: true,
        may_manage: true,
        may_see_access: true,
        may_edit: true,
    };
    let mut empty = page("shop_prod", None, Vec::new());
    (empty.settings, empty.last_crawl, empty.may_manage, empty.source.state) =
        (None, None, false, SourceState::New);
    let mut failing = page("shop_prod", None, crawls("shop_prod"));
    failing.failing = Some((at(400_000), Message::new("source-sign-in-password")));
    failing.rests = Some((7, at(-240)));
    failing.checks = checks("12");
    let samples = [
        ("empty", empty),
        ("full", page("shop_prod", Some(live("12", TaskState::Running)), crawls("shop_prod"))),
        ("failing", failing),
        ("hostile", page(HOSTILE, Some(live(HOSTILE, TaskState::Running)), crawls(HOSTILE))),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("source", name, view))
}

fn crawls(name: &str) -> Vec<TaskRow> {
    TaskState::ALL
        .into_iter()
        .enumerate()
        .map(|(n, state)| TaskRow {
            id: id(200 + n as u32),
            title: Message::new("task-crawl"),
            asset: (name != "shop_prod").then(|| AssetLink {
                id: id(102),
                kind: AssetKind::Source,
                name: name.to_owned(),
                display_name: None,
                path: Vec::new(),
            }),
            state,
            created: at(3_600 * 24 * n as i64),
            started: (state != TaskState::Queued).then(|| at(3_600 * 24 * n as i64 - 2)),
            took_ms: (state != TaskState::Queued).then_some(182_000),
            changes: matches!(state, TaskState::Running | TaskState::Done).then_some(Changes {
                added: 3,
                removed: 41,
                changed: 0,
            }),
            error: (state == TaskState::Failed)
                .then(|| Message::new("source-crawl-slow").arg("seconds", name)),
        })
        .collect()
}

pub(super) fn live(text: &str, state: TaskState) -> Live {
    let message = || Message::new("source-notice-unreadable").arg("count", text);
    let stage = |(n, state): (usize, StageState)| Stage {
        name: Message::new("crawl-phase-columns"),
        note: (n < 2).then(message),
        state,
    };
    let stages = [StageState::Done, StageState::Done, StageState::Now, StageState::Next];
    Live {
        id: id(200),
        state,
        doing: Some(message()),
        done: 257,
        total: Some(374),
        took_ms: 108_000,
        stages: stages.into_iter().enumerate().map(stage).collect(),
        changes: Some(Changes { added: 3, removed: 0, changed: 9 }),
        lines: (0..8)
            .map(|n| LogLine { at: at(60 - n), level: Level::ALL[n as usize % 3], text: message() })
            .collect(),
        line_count: 1_204,
        error: (state == TaskState::Failed).then(message),
        error_detail: (state == TaskState::Failed).then(|| format!("28P01 {text}")),
        may_cancel: true,
        is_stopping: false,
    }
}

fn tasks(album: &mut Album) -> Result<(), RenderError> {
    let page = |tasks: Vec<TaskRow>| TasksPage {
        chrome: album.chrome("/tasks"),
        filters: TaskState::ALL
            .into_iter()
            .map(|state| FacetOption {
                label: album.chrome("/").t.s(state.key()),
                count: 12,
                href: format!("/tasks?state={}", state.as_str()),
                is_chosen: state == TaskState::Running,
            })
            .collect(),
        tasks,
        pager: Pager {
            shown: 5,
            total: None,
            previous: Some("/tasks".to_owned()),
            next: Some("/tasks?a=1".to_owned()),
        },
    };
    let samples =
        [("empty", page(Vec::new())), ("full", page(crawls("shop"))), ("hostile", page(crawls(HOSTILE)))];
    samples.iter().try_for_each(|(name, view)| album.add("tasks", name, view))
}

fn task(album: &mut Album) -> Result<(), RenderError> {
    let page = |text: &str, live: Live| TaskPage {
        chrome: album.chrome("/tasks/x"),
        title: Message::new("task-crawl"),
        asset: Some(AssetLink {
            id: id(102),
            kind: AssetKind::Source,
            name: text.to_owned(),
            display_name: None,
            path: Vec::new(),
        }),
        asked_by: Some(Subject { kind: SubjectKind::Person, id: id(1), name: text.to_owned() }),
        created: at(110),
        finished: live.state.is_over().then(|| at(2)),
        attempt: (2, 5),
        live,
    };
    let mut waiting =
        page("shop", Live { lines: Vec::new(), stages: Vec::new(), ..live("1", TaskState::Queued) });
    (waiting.live.total, waiting.live.done, waiting.live.changes, waiting.asked_by) = (None, 0, None, None);
    let samples = [
        ("empty", waiting),
        ("full", page("shop", live("12", TaskState::Running))),
        ("failed", page("shop", live("12", TaskState::Failed))),
        ("hostile", page(HOSTILE, live(HOSTILE, TaskState::Failed))),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("task", name, view))?;
    let chrome = Chrome { is_fragment: true, ..album.chrome("/tasks/x") };
    album.add("task", "live", &TaskFragment { chrome, live: live("12", TaskState::Running) })
}
