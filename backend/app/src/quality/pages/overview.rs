//! How the data stands, where it is worst, what nobody looks after.

use super::incidents;
use super::lists::{self, Query};
use crate::app::App;
use crate::catalog::owners;
use crate::catalog::pages::view::subject;
use crate::error::Result;
use crate::http::{Member, Paging, Params, html};
use crate::lineage;
use crate::quality::badge::{self, badges};
use crate::quality::days::{self, Trend};
use crate::quality::everywhere::{self, Place, Short, Which};
use crate::quality::incidents::{self as service, Which as WhichIncidents};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::href;
use cadastre_frontend::quality::overview::{Coverage, QualityOverviewPage, ScoreRow, WorstRow};
use cadastre_frontend::quality::{Counts, Points, RuleState};
use cadastre_model::{Action, AssetId, Message, PublicId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What fails, on one page.
const FAILING: i64 = 20;
/// The datasets that stand worst.
const WORST: usize = 20;
/// From so many readers on a dataset is important.
const MANY: usize = 5;

/// GET /quality
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Params(query): Params<Query>,
) -> Result<Response> {
    let short = everywhere::short(&app, &member.caller).await?;
    let which = Which {
        verdicts: Some(query.which().verdicts.unwrap_or(&["fail", "error", "warn"])),
        ..query.which()
    };
    let (failing, total) = everywhere::list(&app, &member.caller, &which, (query.from(), FAILING)).await?;
    let unowned = Which { owner: Some("nobody".to_owned()), ..Which::default() };
    let (unowned, unowned_total) = everywhere::list(&app, &member.caller, &unowned, (0, 5)).await?;
    let stale = Which { is_stale: true, ..Which::default() };
    let (stale, stale_total) = everywhere::list(&app, &member.caller, &stale, (0, 5)).await?;
    let all = everywhere::datasets(&app, &member.caller).await?;
    let paging = Paging { cursor: None, limit: Some(5) };
    let open = service::list(&app, &member.caller, &WhichIncidents::default(), &paging).await?;
    let open: Vec<PublicId> = open.items.iter().map(|line| line.public_id).collect();
    let open_total = service::count(&app, &member.caller).await?;
    let chrome = member.chrome(&app);
    let failing = lists::rows(&app, &member, &failing).await?;
    let trends = days::seen(&app, &member.caller).await?;
    let points = points(short.iter());
    let page = QualityOverviewPage {
        trend: trends.all.tenths(points),
        points,
        counts: counts(&short),
        domains: groups(
            &app,
            &member,
            &short,
            |one| one.domain_id,
            &of_all(&all, |one| one.2),
            &trends.domains,
        )
        .await?,
        sources: groups(
            &app,
            &member,
            &short,
            |one| one.source_id,
            &of_all(&all, |one| one.1),
            &trends.sources,
        )
        .await?,
        worst: worst(&app, &member, &short).await?,
        filters: query.filters(&chrome.t),
        pager: query.pager(&href::quality(), FAILING, failing.len(), total),
        failing,
        incidents: incidents::many(&app, &member, &open).await?,
        incidents_total: open_total,
        unowned: (lists::rows(&app, &member, &unowned).await?, unowned_total),
        stale: (lists::rows(&app, &member, &stale).await?, stale_total),
        coverage: coverage(&app, &member, &short, &all)?,
        may_add: member.caller.may_somewhere(Action::ManageRules),
        chrome,
    };
    html(&member.visitor, &page)
}

fn state(one: &Short) -> RuleState {
    badge::state(one.enabled, one.is_muted, one.verdict.as_deref())
}

fn points<'s>(short: impl Iterator<Item = &'s Short>) -> Points {
    Points::of(short.map(|one| (badge::gravity(&one.severity), state(one))))
}

fn counts(short: &[Short]) -> Counts {
    let mut counts: BTreeMap<RuleState, i64> = BTreeMap::new();
    for one in short {
        *counts.entry(state(one)).or_default() += 1;
    }
    Counts(counts.into_iter().collect())
}

/// Scores by domain or source, the worst first; what the reader does not see is none of them.
async fn groups(
    app: &App,
    member: &Member,
    short: &[Short],
    of: impl Fn(&Short) -> Option<i64>,
    all_of: &HashMap<i64, i64>,
    trends: &HashMap<i64, Trend>,
) -> Result<Vec<ScoreRow>> {
    let mut all: BTreeMap<i64, Vec<&Short>> = BTreeMap::new();
    for one in short {
        if let Some(id) = of(one) {
            all.entry(id).or_default().push(one);
        }
    }
    let ids: Vec<AssetId> = all.keys().copied().map(AssetId).collect();
    let see = member.caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let seen = crate::catalog::visible::of(&mut conn, &see, ids.iter().copied()).await?;
    let named = crate::catalog::rows::named(&mut conn, &see, &ids, member.caller.language).await?;
    let row = |(id, rules): (i64, Vec<&Short>)| {
        let named = named.get(&AssetId(id)).filter(|_| seen.contains(&AssetId(id)))?;
        let datasets: BTreeSet<i64> = rules.iter().map(|one| one.dataset_id).collect();
        let is_domain = named.kind == cadastre_model::AssetKind::Domain;
        let points = points(rules.iter().copied());
        Some(ScoreRow {
            name: named.name.clone(),
            href: place(&named.public_id.to_string(), is_domain),
            trend: trends.get(&id).map(|trend| trend.tenths(points)).unwrap_or_default(),
            points,
            failing: count(rules.iter().filter(|one| state(one) == RuleState::Failing).count()),
            rules: count(rules.len()),
            covered: (count(datasets.len()), all_of.get(&id).copied().unwrap_or_default()),
        })
    };
    let mut rows: Vec<ScoreRow> = all.into_iter().filter_map(row).collect();
    rows.sort_by_key(|row| row.points.tenths().unwrap_or(i64::MAX));
    Ok(rows)
}

/// How many datasets there are in each source, or domain.
fn of_all(all: &[Place], of: impl Fn(&Place) -> Option<i64>) -> HashMap<i64, i64> {
    let mut counts = HashMap::new();
    for id in all.iter().filter_map(of) {
        *counts.entry(id).or_default() += 1;
    }
    counts
}

/// How many datasets have rules, by how many others are made from them, as far as the reader sees.
fn coverage(app: &App, member: &Member, short: &[Short], all: &[Place]) -> Result<Vec<Coverage>> {
    let ruled: BTreeSet<i64> = short.iter().map(|one| one.dataset_id).collect();
    let readers = lineage::readers(app, &member.caller)?;
    let kinds = [
        (Message::new("quality-importance-many").arg("n", MANY), MANY..usize::MAX),
        (Message::new("quality-importance-some"), 1..MANY),
        (Message::new("quality-importance-none"), 0..1),
    ];
    let of = |(what, range): (Message, std::ops::Range<usize>)| {
        let is_in = |place: &&Place| range.contains(&readers.get(&AssetId(place.0)).copied().unwrap_or(0));
        let within: Vec<&Place> = all.iter().filter(is_in).collect();
        let covered = within.iter().filter(|place| ruled.contains(&place.0)).count();
        Coverage { what, covered: count(covered), total: count(within.len()) }
    };
    Ok(kinds.into_iter().map(of).filter(|one| one.total > 0).collect())
}

/// The page of a domain or a source.
fn place(id: &str, is_domain: bool) -> String {
    if is_domain { href::domain(id) } else { href::container(id) }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

async fn worst(app: &App, member: &Member, short: &[Short]) -> Result<Vec<WorstRow>> {
    let mut by: HashMap<i64, Vec<&Short>> = HashMap::new();
    for one in short {
        by.entry(one.dataset_id).or_default().push(one);
    }
    let mut scored: Vec<(i64, i64)> = by
        .into_iter()
        .filter_map(|(id, rules)| Some((points(rules.iter().copied()).tenths()?, id)))
        .filter(|(tenths, _)| *tenths < 1000)
        .collect();
    scored.sort_unstable();
    let ids: Vec<AssetId> = scored.iter().take(WORST).map(|(_, id)| AssetId(*id)).collect();
    let mut links = lineage::dataset_links(app, &member.caller, &ids).await?;
    let mut conn = app.db().web.acquire().await?;
    let mut badges = badges(&mut conn, &ids, app.now()).await?;
    let trends = days::of(&mut conn, &ids, app.now()).await?;
    let owners = owners::of_all(&mut conn, &ids, None).await?;
    let downstream = lineage::downstream(app, &member.caller, &ids)?;
    let row = |id: &AssetId| {
        let badge = badges.remove(id).unwrap_or_default();
        Some(WorstRow {
            link: links.remove(id)?,
            trend: trends.get(id).map(|trend| trend.tenths(badge.points)).unwrap_or_default(),
            badge,
            owner: owners.get(id).and_then(|owners| owners.first()).map(subject),
            downstream: downstream.get(id).map(|n| count(*n)),
        })
    };
    Ok(ids.iter().filter_map(row).collect())
}
