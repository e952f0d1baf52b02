//! The tab Quality of a dataset.

use super::course::{self, Course};
use super::incident;
use super::shown;
use super::suggest;
use crate::app::App;
use crate::catalog::pages::{DatasetQuery, dataset_head, find_dataset};
use crate::error::Result;
use crate::http::{Id, Member, Params, html};
use crate::notices;
use crate::quality::outside;
use crate::quality::read::{self, Eyes, Seen, Told};
use crate::tasks;
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::href::{self, DatasetTab};
use cadastre_frontend::jobs::code::Code;
use cadastre_frontend::parts::Pager;
use cadastre_frontend::quality::rows::Rows;
use cadastre_frontend::quality::tab::{Muted, OpenRule, QualityPage};
use cadastre_frontend::quality::{Counts, DimensionScore, Points, RuleRow, RuleState, Score};
use cadastre_frontend::{Form, Message};
use cadastre_model::Action;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A page has so many rules.
const PAGE: usize = 50;

#[derive(Debug, Deserialize, Default)]
pub(super) struct Query {
    #[serde(default)]
    rule: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

/// GET /d/{id}/quality
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let dataset = find_dataset(&app, &member, id, &DatasetQuery::default()).await?;
    let (asset, eyes, seen) = read::of_dataset(&app, &member.caller, id).await?;
    let now = app.now();
    let mut rows: Vec<(RuleRow, &Seen)> =
        seen.iter().map(|seen| (shown::row(seen, eyes, seen.owner.as_ref(), None, now), seen)).collect();
    rows.sort_by(|(one, _), (other, _)| {
        (one.state, std::cmp::Reverse(one.gravity), &one.name).cmp(&(
            other.state,
            std::cmp::Reverse(other.gravity),
            &other.name,
        ))
    });
    let opened = match rows.iter().find(|(row, _)| row.id == query.rule) {
        Some((row, seen)) => Some(opened(&app, &member, eyes, row, seen).await?),
        None => None,
    };
    let state = RuleState::of_word(&query.state);
    let is_meant = |row: &RuleRow| state.is_none_or(|state| row.state == state) && holds(row, &query.q);
    let meant: Vec<RuleRow> = rows.iter().map(|(row, _)| row).filter(|row| is_meant(row)).cloned().collect();
    let from = query.after.parse().unwrap_or(0_usize);
    let page: Vec<RuleRow> = meant.iter().skip(from).take(PAGE).cloned().collect();
    let (outside, live, before) = {
        let mut conn = app.db().web.acquire().await?;
        let before = read::before(&mut conn, asset.id, now - chrono::TimeDelta::days(1)).await?;
        (
            outside::of_dataset(&mut conn, &asset, eyes).await?,
            tasks::live_of(&app, &member.caller, &asset, "check").await?,
            before,
        )
    };
    let suggestions =
        if eyes.manages { suggest::of(&app, &member.caller, &asset, &seen).await? } else { Vec::new() };
    let view = QualityPage {
        chrome: member.chrome(&app),
        head: dataset_head(&member, &dataset),
        score: score(&seen, before, now),
        counts: counts(&rows),
        state,
        pager: pager(&query, from, page.len(), meant.len(), id),
        query: query.q,
        rules: page,
        opened,
        incidents: incident::of_dataset(&app, &member, &asset, eyes).await?,
        outside,
        suggestions,
        live,
        profiled: None,
        is_watched: Some(notices::watching(&app, &member.caller, id).await?.is_some()),
        may_edit: eyes.manages,
        may_run: eyes.manages,
    };
    html(&member.visitor, &view)
}

fn holds(row: &RuleRow, words: &str) -> bool {
    let words = words.trim().to_lowercase();
    let title = row.title.clone().unwrap_or_default();
    [&row.name, &title].into_iter().chain(&row.columns).any(|text| text.to_lowercase().contains(&words))
}

fn pager(query: &Query, from: usize, shown: usize, total: usize, id: cadastre_model::PublicId) -> Pager {
    let here = href::with_query(href::dataset_tab(id, DatasetTab::Quality), "state", &query.state);
    let here = href::with_query(here, "q", &query.q);
    let to = |row: usize| href::with_query(here.clone(), "after", &row.to_string());
    let next = from.saturating_add(PAGE);
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Pager {
        shown: count(shown),
        total: Some(count(total)),
        previous: (from > 0).then(|| to(from.saturating_sub(PAGE))),
        next: (next < total).then(|| to(next)),
    }
}

fn counts(rows: &[(RuleRow, &Seen)]) -> Counts {
    let mut counts: BTreeMap<RuleState, i64> = BTreeMap::new();
    for (row, _) in rows {
        *counts.entry(row.state).or_default() += 1;
    }
    Counts(counts.into_iter().collect())
}

fn score(seen: &[Seen], before: Option<Points>, now: DateTime<Utc>) -> Score {
    let mut dimensions: BTreeMap<_, Vec<&Seen>> = BTreeMap::new();
    for one in seen {
        dimensions.entry(shown::dimension(&one.kept.facts.rule)).or_default().push(one);
    }
    let of = |(dimension, rules): (_, Vec<&Seen>)| {
        let states: Vec<RuleState> = rules.iter().map(|one| shown::state(one, now)).collect();
        let count = |state| i64::try_from(states.iter().filter(|one| **one == state).count()).unwrap_or(0);
        let gravities = rules.iter().map(|one| shown::gravity(&one.kept.facts.rule));
        DimensionScore {
            dimension,
            points: Points::of(gravities.zip(states.iter().copied())),
            rules: i64::try_from(rules.len()).unwrap_or(0),
            failing: count(RuleState::Failing),
            warning: count(RuleState::Warning),
        }
    };
    Score {
        now: shown::points(seen, now),
        yesterday: before,
        dimensions: dimensions.into_iter().map(of).collect(),
    }
}

async fn opened(app: &App, member: &Member, eyes: Eyes, row: &RuleRow, seen: &Seen) -> Result<OpenRule> {
    let rule = &seen.kept.facts.rule;
    let Course { points, learned, told } = course::of(app, seen, eyes).await?;
    let last = seen.results.first();
    let may_values = {
        let mut conn = app.db().web.acquire().await?;
        let asset = crate::catalog::asset::of(&mut *conn, seen.kept.dataset).await?;
        member.caller.may(Action::SeeValues, &asset.resource())
    };
    Ok(OpenRule {
        rule: row.clone(),
        filter: rule.filter.clone().filter(|_| seen.definition.is_some()),
        points,
        unit: shown::unit(rule),
        learned,
        said: said(&told),
        failing: last.and_then(|told| Some((told.failing?, told.rows?))),
        rows: if !rule.sample || !rule.check.kind().counts_rows() {
            Rows::Off
        } else if may_values {
            Rows::None
        } else {
            Rows::Withheld
        },
        correction: rule.correction.as_deref().filter(|_| eyes.sql).map(|text| Code::of_text(text, &[], &[])),
        muted: row.muted_until.map(|until| Muted { until, by: None, reason: None }),
        mute: (eyes.manages && row.muted_until.is_none()).then(|| Form::new("mute")),
        may_edit: eyes.manages,
        may_run: eyes.manages,
    })
}

/// Sentences about the last result: how long it has been so.
fn said(told: &[Told]) -> Vec<Message> {
    let Some(last) = told.first().filter(|last| last.verdict != "pass") else { return Vec::new() };
    let run = told.iter().take_while(|told| told.verdict == last.verdict).count();
    if run < 2 { Vec::new() } else { vec![Message::new("rule-said-row").arg("n", run)] }
}
