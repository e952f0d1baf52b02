//! The tab Profile of a dataset.

use super::run;
use super::sample;
use super::show::{self, ColumnShown, Latest, ProfileShown};
use super::unusual::{Figure, Unusual};
use crate::app::App;
use crate::catalog::dataset::Dataset;
use crate::catalog::pages::{DatasetQuery, dataset_head, find_dataset};
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, Member, Params, SignedForm, html, redirect};
use crate::profile::mask::Shown;
use crate::tasks;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use cadastre_frontend::href::{self, DatasetTab};
use cadastre_frontend::parts::Pager;
use cadastre_frontend::quality::measure::number;
use cadastre_frontend::quality::profile::{ColumnProfile, Histogram, Profile, ProfilePage, Strange};
use cadastre_frontend::quality::rows::{Cell, Rows, Sample};
use cadastre_frontend::{Flash, Tone};
use cadastre_model::{Action, ColumnType, Message, Sensitivity};
use serde::Deserialize;

/// A page has so many columns.
const PAGE: usize = 100;

/// So many rows are read as examples.
const SAMPLE: u32 = 20;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new().route("/d/{id}/profile", get(tab)).route("/d/{id}/profile/run", post(ask))
}

#[derive(Debug, Deserialize, Default)]
struct Query {
    #[serde(default)]
    col: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    profile: String,
    #[serde(default)]
    sample: String,
}

/// GET /d/{id}/profile
async fn tab(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Query>,
) -> Result<Response> {
    let dataset = find_dataset(&app, &member, id, &DatasetQuery::default()).await?;
    let chosen = match query.profile.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Failure::absent())?),
    };
    let shown = show::show(&app, &member.caller, id, chosen).await?;
    let taken = show::taken(&app, &member.caller, id).await?;
    let (sample, sample_why) = match rows(&app, &member, &dataset, &query).await {
        Ok(rows) => (rows, None),
        Err(failure) if failure.kind == FailureKind::Absent => (Some(Rows::None), None),
        Err(failure) if failure.kind == FailureKind::Internal => return Err(failure),
        // The rest of the page does not need the source.
        Err(failure) => (None, Some(failure.said().clone())),
    };
    let live = tasks::live_of(&app, &member.caller, &dataset.asset, super::KIND).await?;
    let why_not = shown.latest.is_none().then(|| Message::new("profile-never"));
    let page = ProfilePage {
        chrome: member.chrome(&app),
        head: dataset_head(&member, &dataset),
        profile: shown.latest.as_ref().map(|latest| profile(&dataset, &shown, latest, &query)),
        why_not,
        taken: taken.into_iter().map(|(id, at)| (id.to_string(), at)).collect(),
        sample,
        sample_why,
        opened: Some(query.col).filter(|col| !col.is_empty()),
        live,
        may_profile: true,
    };
    html(&member.visitor, &page)
}

/// Rows of the source as they are now, where they were asked for.
async fn rows(app: &App, member: &Member, dataset: &Dataset, query: &Query) -> Result<Option<Rows>> {
    if !member.caller.may(Action::SeeValues, &dataset.asset.resource()) {
        return Ok(Some(Rows::Withheld));
    }
    if query.sample.is_empty() {
        return Ok(None);
    }
    let read = sample::sample(app, &member.caller, dataset.asset.public_id, SAMPLE).await?;
    if read.rows.is_empty() {
        return Ok(Some(Rows::None));
    }
    Ok(Some(Rows::Shown(Sample {
        is_masked: read.columns.iter().any(|column| column.masked),
        columns: read.columns.into_iter().map(|column| column.name).collect(),
        rows: read.rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
        total: None,
        taken: Some(app.now()),
    })))
}

fn profile(dataset: &Dataset, shown: &ProfileShown, latest: &Latest, query: &Query) -> Profile {
    let about = &latest.profile;
    let from = query.after.parse().unwrap_or(0_usize);
    let here = href::dataset_tab(dataset.asset.public_id, DatasetTab::Profile);
    let here = match query.profile.as_str() {
        "" => here,
        chosen => href::with_query(here, "profile", chosen),
    };
    let to = |row: usize| href::with_query(here.clone(), "after", &row.to_string());
    let next = from.saturating_add(PAGE);
    let total = latest.columns.len();
    let columns: Vec<ColumnProfile> = latest
        .columns
        .iter()
        .enumerate()
        .skip(from)
        .take(PAGE)
        .map(|(at, one)| column(dataset, at, one, about.looked_at))
        .collect();
    Profile {
        id: about.id.to_string(),
        taken: about.at,
        took_ms: about.took_ms,
        rows: about.rows,
        sampled: about.sample.is_some().then_some(about.looked_at),
        unusual: latest.unusual.as_ref().map(strange),
        history: shown.history.iter().rev().map(|past| (past.at, float(past.rows))).collect(),
        pager: Pager {
            shown: count(columns.len()),
            total: Some(count(total)),
            previous: (from > 0).then(|| to(from.saturating_sub(PAGE))),
            next: (next < total).then(|| to(next)),
        },
        columns,
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "counts are drawn")]
const fn float(n: i64) -> f64 {
    n as f64
}

fn column(dataset: &Dataset, at: usize, one: &ColumnShown, looked_at: i64) -> ColumnProfile {
    let values = one.values.as_ref();
    let past = || one.history.iter().rev();
    ColumnProfile {
        id: one.id.to_string(),
        place: count(at + 1),
        name: one.name.clone(),
        type_written: one.kind.clone(),
        kind: one.kind.parse().unwrap_or(ColumnType::Other),
        sensitivity: level(dataset),
        is_masked: one.masked,
        nulls: one.nulls,
        rows: looked_at,
        distinct: one.distinct.map(|distinct| (distinct, one.distinct_estimated)),
        min: values.and_then(|values| known(&values.min)),
        max: values.and_then(|values| known(&values.max)),
        mean: values.and_then(|values| values.mean).map(|mean| Cell::Value(number(mean))),
        quantiles: values
            .map(|values| [5, 25, 50, 75, 95].into_iter().zip(values.quantiles.iter().map(cell)).collect())
            .unwrap_or_default(),
        lengths: values
            .and_then(|values| values.length.as_ref())
            .map(|length| (length.min, length.mean, length.max)),
        patterns: values
            .and_then(|values| values.patterns.as_ref())
            .map(|patterns| {
                patterns.iter().filter_map(|one| Some((one.value.text()?.to_owned(), one.count))).collect()
            })
            .unwrap_or_default(),
        histogram: values.and_then(|values| values.histogram.as_ref()).map(|histogram| Histogram {
            low: number(histogram.from),
            high: number(histogram.to),
            bins: histogram.counts.clone(),
        }),
        top: values
            .and_then(|values| values.top.as_ref())
            .map(|top| top.iter().map(|one| (cell(&one.value), one.count)).collect())
            .unwrap_or_default(),
        unusual_nulls: unusual_of(one, Figure::NullShare),
        unusual_distinct: unusual_of(one, Figure::Distinct),
        null_history: past().filter_map(|past| Some((past.at, past.null_share?))).collect(),
        distinct_history: past().filter_map(|past| Some((past.at, float(past.distinct?)))).collect(),
    }
}

fn unusual_of(one: &ColumnShown, figure: Figure) -> Option<Strange> {
    one.unusual.iter().find(|unusual| unusual.figure == figure).map(strange)
}

fn strange(unusual: &Unusual) -> Strange {
    Strange { said: unusual.message(), grounds: unusual.grounds.clone() }
}

const fn level(dataset: &Dataset) -> Sensitivity {
    dataset.standing.sensitivity
}

/// A figure, where the type has it: what has no order has no least value, which is not to be read as an empty one.
fn known(shown: &Shown) -> Option<Cell> {
    (shown.is_masked() || shown.text().is_some()).then(|| cell(shown))
}

fn cell(shown: &Shown) -> Cell {
    match (shown.is_masked(), shown.text()) {
        (true, _) => Cell::Masked("•••".to_owned()),
        (false, Some(text)) => Cell::Value(text.to_owned()),
        (false, None) => Cell::Null,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// POST /d/{id}/profile/run
async fn ask(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(_): SignedForm<Nothing>,
) -> Result<Response> {
    run::ask_for(&app, &member.caller, id).await?;
    let flash = Flash { tone: Tone::Pass, message: Message::new("profile-asked") };
    Ok(redirect(&app, &href::dataset_tab(id, DatasetTab::Profile), Some(flash), None))
}
