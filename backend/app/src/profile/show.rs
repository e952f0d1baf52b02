//! A profile as its reader sees it: what is masked for them is left out, and most frequent values are for who may see values.

use super::mask::{Mask, Shown};
use super::measures::{Measures, Values};
use super::store::{self, ColumnRow, Profile};
use super::unusual::{self, Unusual};
use crate::access::Caller;
use crate::app::App;
use crate::audit;
use crate::catalog::asset::{self, Asset};
use crate::error::{Failure, Result};
use cadastre_model::{Action, PublicId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Profiles that the history goes back.
const BACK: usize = 30;

/// Profiles from which is learned what is usual.
const LEARNED_FROM: i64 = 60;

/// What is known of what a dataset holds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ProfileShown {
    /// The newest profile, or the one that was asked for; none: there is none yet.
    pub(crate) latest: Option<Latest>,
    /// It and those before it, newest first.
    pub(crate) history: Vec<Past>,
}

/// A profile without its columns.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Past {
    /// Its id.
    pub(crate) id: Uuid,
    /// When it was made.
    pub(crate) at: DateTime<Utc>,
    /// Rows: counted where all were looked at, else as the source estimates.
    pub(crate) rows: i64,
    /// Rows that were looked at.
    pub(crate) looked_at: i64,
    /// None: all rows. `pages`: of pages drawn by chance. `first`: the first that the source gave, which are no fair sample.
    pub(crate) sample: Option<String>,
    /// Of the pages, so many of a hundred.
    pub(crate) percent: Option<f64>,
    /// The seed that chose them.
    pub(crate) seed: Option<i32>,
    /// How long it took, in milliseconds.
    pub(crate) took_ms: i64,
    /// False: some measure took too long, or did not go with the values.
    pub(crate) complete: bool,
}

/// The newest profile.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Latest {
    /// What all columns share.
    #[serde(flatten)]
    pub(crate) profile: Past,
    /// Its rows, where they are unusual by the profiles before.
    pub(crate) unusual: Option<Unusual>,
    /// The columns that are still there, in their order.
    pub(crate) columns: Vec<ColumnShown>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ColumnShown {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its name.
    pub(crate) name: String,
    /// What it holds, as in the catalogue.
    pub(crate) kind: String,
    /// Rows without a value, among those that were looked at.
    pub(crate) nulls: i64,
    /// Their share, 0 to 1; none where no row was looked at.
    pub(crate) null_share: Option<f64>,
    /// Different values; where not all rows were looked at, estimated for the whole. None for types that have no equality.
    pub(crate) distinct: Option<i64>,
    /// Whether that is an estimate.
    pub(crate) distinct_estimated: bool,
    /// Whether each value that was looked at occurs once.
    pub(crate) unique: Option<bool>,
    /// The values are masked: what would show them is left out.
    pub(crate) masked: bool,
    /// What shows values; none where they are masked, or were when the profile was made.
    pub(crate) values: Option<ValuesShown>,
    /// Figures that are unusual by the profiles before.
    pub(crate) unusual: Vec<Unusual>,
    /// What it was in the last profiles, newest first.
    pub(crate) history: Vec<ColumnPast>,
}

/// A column in an earlier profile.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ColumnPast {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// Share of rows without a value.
    pub(crate) null_share: Option<f64>,
    /// Different values.
    pub(crate) distinct: Option<i64>,
}

/// What shows values.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ValuesShown {
    /// The least value.
    pub(crate) min: Shown,
    /// The greatest.
    pub(crate) max: Shown,
    /// The mean of numbers.
    pub(crate) mean: Option<f64>,
    /// Their standard deviation.
    pub(crate) deviation: Option<f64>,
    /// The values below which 5, 25, 50, 75 and 95 of a hundred lie.
    pub(crate) quantiles: Vec<Shown>,
    /// Bars of the same width; of times in seconds since 1970.
    pub(crate) histogram: Option<HistogramShown>,
    /// Characters of texts.
    pub(crate) length: Option<LengthShown>,
    /// The most frequent values; none for who may not see values.
    pub(crate) top: Option<Vec<CountShown>>,
    /// The shapes of texts: `A`, `a`, `9`, `文` for any number of capitals, small letters, digits, others; none for who may not see values.
    pub(crate) patterns: Option<Vec<CountShown>>,
}

/// Bars of the same width.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct HistogramShown {
    /// Where the first begins.
    pub(crate) from: f64,
    /// Where the last ends.
    pub(crate) to: f64,
    /// How many values lie in each.
    pub(crate) counts: Vec<i64>,
}

/// Characters of texts.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct LengthShown {
    /// Of the shortest.
    pub(crate) min: i64,
    /// Of the longest.
    pub(crate) max: i64,
    /// On average.
    pub(crate) mean: f64,
}

/// A value and how often it occurs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct CountShown {
    /// The value, or the shape.
    pub(crate) value: Shown,
    /// How many rows have it, among those that were looked at.
    pub(crate) count: i64,
}

/// When the profiles of a dataset were made that can be seen still, newest first.
///
/// # Errors
/// `Absent`, `Forbidden` for who may not see its profile.
pub(crate) async fn taken(app: &App, caller: &Caller, id: PublicId) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    let mut conn = app.db().web.acquire().await?;
    let (asset, _) = asset::find(&mut *conn, caller, id, Action::SeeProfile).await?;
    store::taken(&mut conn, asset.id).await
}

/// What a reader sees of a dataset's profiles; where one of them is named, as if it were the newest.
///
/// # Errors
/// `Absent`, also where there is no such profile; `Forbidden` for who may not see its profile.
pub(crate) async fn show(
    app: &App,
    caller: &Caller,
    id: PublicId,
    chosen: Option<Uuid>,
) -> Result<ProfileShown> {
    let mut conn = app.db().web.begin().await?;
    let (asset, permit) = asset::find(&mut *conn, caller, id, Action::SeeProfile).await?;
    let mask = Mask::of(app, &mut *conn, caller, &asset, &permit).await?;
    let values = match caller.permit(Action::SeeValues, &asset.resource()) {
        Ok(permit) => Some(Mask::of(app, &mut *conn, caller, &asset, &permit).await?),
        Err(_) => None,
    };
    let profiles = store::newest(&mut conn, asset.id, chosen, LEARNED_FROM).await?;
    if chosen.is_some() && profiles.is_empty() {
        return Err(Failure::absent());
    }
    let latest = match profiles.first() {
        Some(newest) => Some(latest(&mut conn, &asset, newest, &profiles, &mask, values.as_ref()).await?),
        None => None,
    };
    drop(conn);
    let mut history: Vec<Past> = profiles.iter().map(Past::of).collect();
    let latest = match latest {
        Some(latest) => Some(short(unusual::mark(latest, history.clone()).await?)),
        None => None,
    };
    history.truncate(BACK);
    let shows = latest.iter().flat_map(|latest| &latest.columns).any(ColumnShown::shows_values);
    if shows {
        let event =
            audit::Event::new("values.read").by_caller(caller).about(asset.id).with("what", "profile");
        audit::note(app, &event).await?;
    }
    Ok(ProfileShown { latest, history })
}

/// What was needed to judge is more than is shown.
fn short(mut latest: Latest) -> Latest {
    for column in &mut latest.columns {
        column.history.truncate(BACK);
    }
    latest
}

async fn latest(
    conn: &mut PgConnection,
    asset: &Asset,
    newest: &Profile,
    profiles: &[Profile],
    mask: &Mask,
    values: Option<&Mask>,
) -> Result<Latest> {
    let rows = store::columns(conn, asset.id, newest.id).await?;
    let ids: Vec<i64> = profiles.iter().map(|profile| profile.id).collect();
    let past: HashMap<(i64, i64), (i64, Option<i64>)> = store::past(conn, &ids)
        .await?
        .into_iter()
        .map(|(profile, column, nulls, distinct)| ((profile, column), (nulls, distinct)))
        .collect();
    let columns = rows.into_iter().map(|row| {
        let history = profiles.iter().filter_map(|profile| {
            let (nulls, distinct) = past.get(&(profile.id, row.column_id))?;
            let null_share = share(*nulls, profile.looked_at);
            Some(ColumnPast { at: profile.at, null_share, distinct: *distinct })
        });
        ColumnShown::of(&row, newest, mask, values, history.collect())
    });
    Ok(Latest { profile: Past::of(newest), unusual: None, columns: columns.collect() })
}

impl Past {
    fn of(profile: &Profile) -> Self {
        Self {
            id: profile.public_id,
            at: profile.at,
            rows: profile.rows,
            looked_at: profile.looked_at,
            sample: profile.sample.clone(),
            percent: profile.percent,
            seed: profile.seed,
            took_ms: profile.took_ms,
            complete: profile.complete,
        }
    }
}

impl ColumnShown {
    fn of(
        row: &ColumnRow,
        newest: &Profile,
        mask: &Mask,
        values: Option<&Mask>,
        history: Vec<ColumnPast>,
    ) -> Self {
        let (name, measures): (String, &Measures) = (row.path.join("."), &row.measures.0);
        let there = newest.looked_at - measures.nulls;
        let masked = mask.hides(&name);
        let shown = measures.values.as_ref().filter(|_| !masked);
        Self {
            id: row.public_id,
            kind: row.kind.clone(),
            nulls: measures.nulls,
            null_share: share(measures.nulls, newest.looked_at),
            distinct: measures.distinct,
            distinct_estimated: newest.sample.is_some() && measures.distinct.is_some(),
            unique: measures.once.map(|once| once == there),
            masked,
            values: shown.map(|all| ValuesShown::of(&name, all, mask, values)),
            unusual: Vec::new(),
            history,
            name,
        }
    }

    fn shows_values(&self) -> bool {
        self.values.as_ref().is_some_and(|values| values.top.is_some())
    }
}

impl ValuesShown {
    fn of(name: &str, all: &Values, mask: &Mask, values: Option<&Mask>) -> Self {
        let text = |text: Option<&String>| mask.text_of(name, text.map(String::as_str), false);
        let counts = |counts: &[(String, i64)]| {
            let mask = values.filter(|mask| !mask.hides(name))?;
            let shown = |(value, count): &(String, i64)| CountShown {
                value: mask.text_of(name, Some(value), false),
                count: *count,
            };
            Some(counts.iter().map(shown).collect())
        };
        Self {
            min: text(all.min.as_ref()),
            max: text(all.max.as_ref()),
            mean: all.mean,
            deviation: all.deviation,
            quantiles: all.quantiles.iter().map(|value| text(Some(value))).collect(),
            histogram: all.histogram.as_ref().map(|bars| HistogramShown {
                from: bars.from,
                to: bars.to,
                counts: bars.counts.clone(),
            }),
            length: all.length.as_ref().map(|length| LengthShown {
                min: length.min,
                max: length.max,
                mean: length.mean,
            }),
            top: counts(&all.top),
            patterns: counts(&all.patterns),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share")]
fn share(part: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}
