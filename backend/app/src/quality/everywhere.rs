//! Rules of all datasets that the reader sees.

use super::read::{self, Eyes, Seen};
use super::store;
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::error::Result;
use cadastre_model::{Action, AssetId};
use sqlx::{Postgres, QueryBuilder};
use std::collections::{BTreeMap, HashMap};

/// Which rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Which {
    /// A part of a name or title of the rule, or of the name of its dataset.
    pub(super) words: String,
    /// By the words of the store.
    pub(super) dimension: Option<String>,
    /// By the words of the store.
    pub(super) severity: Option<String>,
    /// Whose: `me`, `nobody`; else all.
    pub(super) owner: Option<String>,
    /// Those alone that should have run and did not.
    pub(super) is_stale: bool,
    /// What came last: these verdicts alone.
    pub(super) verdicts: Option<&'static [&'static str]>,
}

/// A rule with its dataset.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) asset: Asset,
    pub(super) eyes: Eyes,
    pub(super) seen: Seen,
}

/// Rules, the failing first, then by severity and name; and how many there are. At most `most` from `from` on.
pub(super) async fn list(
    app: &App,
    caller: &Caller,
    which: &Which,
    (from, most): (i64, i64),
) -> Result<(Vec<Placed>, i64)> {
    let see = caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select r.id, r.dataset_id, count(*) over () as total
         from rules r join rule_facts f on f.rule_id = r.id and f.valid_to is null
         join assets a on a.id = r.dataset_id
         where a.state = 'live' and ",
    );
    push_scope(&mut query, "a", &see);
    if !which.words.trim().is_empty() {
        let like =
            format!("%{}%", which.words.trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        query.push(" and (r.name ilike ").push_bind(like.clone());
        query.push(" or f.definition->>'title' ilike ").push_bind(like.clone());
        query.push(" or a.name ilike ").push_bind(like).push(")");
    }
    if let Some(dimension) = &which.dimension {
        query.push(" and f.dimension = ").push_bind(dimension);
    }
    if let Some(severity) = &which.severity {
        query.push(" and f.severity = ").push_bind(severity);
    }
    match which.owner.as_deref() {
        Some("nobody") => {
            query.push(" and f.owner_person is null and f.owner_team is null");
        }
        Some("me") => {
            query.push(" and f.owner_person = ").push_bind(caller.person().0);
        }
        _ => {}
    }
    if which.is_stale {
        // An hour late by its schedule, or never run in the week since it was made.
        query.push(
            " and f.enabled and (r.next_due < now() - interval '1 hour' or (r.verdict is null and f.valid_from < now() - interval '7 days'))",
        );
    }
    if let Some(verdicts) = which.verdicts {
        query.push(" and f.enabled and r.verdict = any(").push_bind(verdicts).push(")");
    }
    query.push(
        " order by case when not f.enabled then 9 else coalesce(array_position(array['fail', 'error', 'warn', 'pass', 'open'], r.verdict), 6) end,
          array_position(array['high', 'medium', 'low'], f.severity), r.name, r.id limit ",
    );
    query.push_bind(most).push(" offset ").push_bind(from);
    let rows: Vec<(i64, i64, i64)> = query.build_query_as().fetch_all(&mut *conn).await?;
    let total = rows.first().map_or(0, |row| row.2);
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let mut kept: HashMap<i64, store::Kept> =
        store::of_ids(&mut conn, &ids).await?.into_iter().map(|kept| (kept.id.0, kept)).collect();
    let mut by_dataset: BTreeMap<i64, Vec<store::Kept>> = BTreeMap::new();
    for (id, dataset, _) in &rows {
        if let Some(kept) = kept.remove(id) {
            by_dataset.entry(*dataset).or_default().push(kept);
        }
    }
    let mut placed: HashMap<i64, Placed> = HashMap::new();
    for (dataset, kept) in by_dataset {
        let asset = asset::of(&mut *conn, AssetId(dataset)).await?;
        let eyes = Eyes::of(&mut conn, caller, &asset).await?;
        let seen = read::seen(&mut conn, eyes, kept).await?;
        placed.extend(
            seen.into_iter().map(|seen| (seen.kept.id.0, Placed { asset: asset.clone(), eyes, seen })),
        );
    }
    Ok((rows.iter().filter_map(|(id, _, _)| placed.remove(id)).collect(), total))
}

/// A rule in short, for counts and scores.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Short {
    pub(super) dataset_id: i64,
    pub(super) source_id: Option<i64>,
    pub(super) domain_id: Option<i64>,
    pub(super) severity: String,
    pub(super) enabled: bool,
    pub(super) is_muted: bool,
    pub(super) verdict: Option<String>,
}

/// Every rule that the caller sees, in short.
pub(super) async fn short(app: &App, caller: &Caller) -> Result<Vec<Short>> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select r.dataset_id, a.source_id, a.effective_domain_id as domain_id, f.severity, f.enabled,
                coalesce(f.muted_until > now(), false) as is_muted, r.verdict
         from rules r join rule_facts f on f.rule_id = r.id and f.valid_to is null
         join assets a on a.id = r.dataset_id
         where a.state = 'live' and ",
    );
    push_scope(&mut query, "a", &see);
    Ok(query.build_query_as().fetch_all(&app.db().web).await?)
}

/// A dataset, its source and its domain.
pub(super) type Place = (i64, Option<i64>, Option<i64>);

/// The datasets that the caller sees.
pub(super) async fn datasets(app: &App, caller: &Caller) -> Result<Vec<Place>> {
    let see = caller.scope(Action::See)?;
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.id, a.source_id, a.effective_domain_id from assets a where a.kind = 'dataset' and a.state = 'live' and ",
    );
    push_scope(&mut query, "a", &see);
    Ok(query.build_query_as().fetch_all(&app.db().web).await?)
}
