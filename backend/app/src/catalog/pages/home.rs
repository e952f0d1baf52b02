//! Home.

use super::view;
use crate::app::App;
use crate::catalog::home::{self, Home};
use crate::catalog::tree::SourceFigures;
use crate::error::Result;
use crate::http::{Member, html};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::home::{Coverage, FirstRun, HomePage, Need, NeedKind, Recent};
use cadastre_frontend::href;

/// GET /
pub(super) async fn home(State(app): State<App>, member: Member) -> Result<Response> {
    let home = home::show(&app, &member.caller).await?;
    let first_run = first_run(&home);
    let page = HomePage {
        chrome: member.chrome(&app),
        first_run: Some(first_run)
            .filter(|run| run.may_add_source && !(run.has_source && run.is_crawled && run.has_owner)),
        needs: needs(&home),
        changed: home.changed.iter().map(|(named, change)| view::recent(named, change)).collect(),
        viewed: home
            .viewed
            .iter()
            .map(|(named, at)| Recent { asset: view::link(named), at: *at, what: None, by: None })
            .collect(),
        coverage: coverage(&home),
        sources: home.sources.iter().map(view::source_row).collect(),
    };
    html(&member.visitor, &page)
}

fn first_run(home: &Home) -> FirstRun {
    FirstRun {
        has_source: !home.sources.is_empty(),
        is_crawled: home.sources.iter().any(|source| source.figures.last_crawl.is_some()),
        has_owner: home.coverage.owned > 0,
        may_add_source: home.may_add_source,
    }
}

fn needs(home: &Home) -> Vec<Need> {
    let sources = |kind, is_one: &dyn Fn(&SourceFigures) -> bool| {
        let found: Vec<_> = home.sources.iter().filter(|source| is_one(&source.figures)).collect();
        let href = match &found[..] {
            [one] => href::source(one.named.public_id),
            _ => href::sources(),
        };
        let examples = found.iter().take(3).map(|source| source.named.name.clone()).collect();
        need(kind, found.len(), examples, href)
    };
    let datasets = |kind, (count, examples): &(i64, Vec<String>), href: String| {
        need(kind, usize::try_from(*count).unwrap_or(0), examples.clone(), href)
    };
    let mut needs = Vec::new();
    if home.may_add_source {
        needs.push(sources(NeedKind::FailingSource, &|figures| figures.failing_since.is_some()));
        needs.push(sources(NeedKind::UncrawledSource, &|figures| {
            figures.last_crawl.is_none() && figures.failing_since.is_none() && !figures.is_crawling
        }));
    }
    let undescribed = href::with_query(href::with_query(href::search(), "described", "no"), "owner", "me");
    needs.push(datasets(NeedKind::Undescribed, &home.undescribed, undescribed));
    let unowned = href::with_query(href::search(), "owner", "none");
    needs.push(datasets(NeedKind::Unowned, &home.unowned, unowned));
    needs.into_iter().flatten().collect()
}

fn need(kind: NeedKind, count: usize, examples: Vec<String>, href: String) -> Option<Need> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    (count > 0).then_some(Need { kind, count, place: None, examples, href })
}

fn coverage(home: &Home) -> Vec<Coverage> {
    let total = home.coverage.datasets;
    if total == 0 {
        return Vec::new();
    }
    let without = |filter, value| href::with_query(href::search(), filter, value);
    vec![
        Coverage {
            key: "home-coverage-described",
            done: home.coverage.described,
            total,
            href: without("described", "no"),
        },
        Coverage {
            key: "home-coverage-owned",
            done: home.coverage.owned,
            total,
            href: without("owner", "none"),
        },
    ]
}
