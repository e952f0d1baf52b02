//! The overview.

use super::words;
use crate::app::App;
use crate::error::Result;
use crate::http::{Member, Params, html};
use crate::lineage::show::overview::{self, Changed, Droppable, Overview, PAGE, Start, Unparsed};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::catalog::history::Sign;
use cadastre_frontend::jobs::{Problem, Severity};
use cadastre_frontend::lineage::overview::{self as shown, Listed};
use cadastre_frontend::parts::Pager;
use cadastre_frontend::{Message, href};
use cadastre_model::{Action, Understood};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    q: String,
    #[serde(default)]
    list: String,
    #[serde(default)]
    list_from: String,
}

/// GET /lineage
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Params(query): Params<Query>,
) -> Result<Response> {
    let list = Listed::of_word(&query.list);
    let from = query.list_from.parse().unwrap_or(0);
    let found = overview::of(&app, &member.caller, &query.q, list, (from, PAGE)).await?;
    let page = shown::LineageOverviewPage {
        chrome: member.chrome(&app),
        starts: found.starts.iter().filter_map(|one| start(&found, one)).collect(),
        coverage: coverage(&found, list, from),
        unparsed: found.unparsed.iter().filter_map(|one| unparsed(&found, one)).collect(),
        unparsed_total: found.unparsed_total,
        droppable: found.droppable.iter().filter_map(|one| droppable(&found, one)).collect(),
        changes: found.changes.iter().filter_map(|one| changed(&found, one)).collect(),
        collectors: words::collectors(&found.collectors),
        may_upload: member.caller.may_somewhere(Action::ManageLineage),
        query: query.q,
    };
    html(&member.visitor, &page)
}

fn start(found: &Overview, one: &Start) -> Option<shown::Start> {
    Some(shown::Start {
        link: words::dataset(found.labels.get(&one.asset)?),
        up: words::count(one.up),
        down: words::count(one.down),
        reach: words::reach(&one.reach).unwrap_or_default(),
    })
}

fn coverage(found: &Overview, list: Option<Listed>, from: usize) -> shown::Coverage {
    let covered = &found.covered;
    let to = |row: usize| {
        let here = list.map_or_else(|| href::lineage().to_owned(), Listed::href);
        href::with_query(here, "list_from", &row.to_string())
    };
    let next = from.saturating_add(PAGE);
    let row = |what, n| shown::ListedRow { what, count: words::count(n) };
    shown::Coverage {
        datasets: words::count(covered.datasets),
        with_edges: words::count(covered.with_edges),
        with_columns: words::count(covered.with_columns),
        gaps: covered.gaps.iter().map(|(gap, n)| row(Listed::Gap(*gap), *n)).collect(),
        ends: covered.ends.iter().map(|(ends, n)| row(Listed::Ends(*ends), *n)).collect(),
        chosen: list,
        listed: covered.listed.iter().filter_map(|id| found.labels.get(id)).map(words::dataset).collect(),
        pager: Pager {
            shown: words::count(covered.listed.len()),
            total: Some(words::count(covered.of_chosen)),
            previous: (from > 0).then(|| to(from.saturating_sub(PAGE))),
            next: (next < covered.of_chosen).then(|| to(next)),
        },
    }
}

fn unparsed(found: &Overview, one: &Unparsed) -> Option<shown::UnparsedStatement> {
    let (reason, excerpt) = match &one.text {
        Some((reason, excerpt)) => (Message::new("job-problem-parser").arg("text", reason), excerpt.clone()),
        None => (Message::new("lineage-withheld"), String::new()),
    };
    Some(shown::UnparsedStatement {
        job: words::job(found.labels.get(&one.job)?),
        problem: Problem {
            severity: if one.understood == Understood::Failed { Severity::Error } else { Severity::Warning },
            statement: i64::from(one.statement),
            line: i64::from(one.place.0),
            column: i64::from(one.place.1),
            reason,
            excerpt,
        },
    })
}

fn droppable(found: &Overview, one: &Droppable) -> Option<shown::DropCandidate> {
    Some(shown::DropCandidate {
        link: words::dataset(found.labels.get(&one.asset)?),
        reads: one.activity.reads,
        written: one.activity.written,
        first_seen: one.first_seen,
        bytes: one.bytes,
        owners: words::owners(found.owned.get(&one.asset)),
    })
}

fn changed(found: &Overview, one: &Changed) -> Option<shown::EdgeChange> {
    Some(shown::EdgeChange {
        at: one.at,
        sign: if one.added { Sign::Added } else { Sign::Removed },
        from: words::dataset(found.labels.get(&one.from)?),
        to: words::dataset(found.labels.get(&one.to)?),
        columns: one.columns,
        job: one.job.and_then(|id| found.labels.get(&id)).map(words::job),
        maker: one.maker,
    })
}
