//! Rules and what came of them, as readers see them. Who sees a dataset sees its rules and whether they hold; the figures are part of its
//! profile; SQL that somebody wrote may name what the reader does not see, so it is shown as the texts of jobs are.

use super::badge;
use super::custom;
use super::store::{self, Kept, RuleId};
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::catalog::owners::Subject;
use crate::catalog::visible;
use crate::error::{Failure, Result};
use crate::http::{Page, Paging};
use cadastre_frontend::quality::Points;
use cadastre_model::{Action, AssetId, AssetKind, Message, PublicId, SubjectKind};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;

/// The strip of a rule shows so many runs.
pub(super) const STRIP: i64 = 30;

/// What the reader may know of rules of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Eyes {
    /// Figures: counts, measured values, why.
    pub(super) figures: bool,
    /// SQL that somebody wrote.
    pub(super) sql: bool,
    /// What SQL that somebody wrote measured: it may be a value.
    pub(super) custom: bool,
    /// Whether they may write rules there.
    pub(super) manages: bool,
}

impl Eyes {
    pub(super) async fn of(conn: &mut PgConnection, caller: &Caller, asset: &Asset) -> Result<Self> {
        let sql = visible::whole_source(conn, &*caller.scope(Action::See)?, asset).await?;
        let manages = caller.may(Action::ManageRules, &asset.resource());
        let figures = caller.may(Action::SeeProfile, &asset.resource());
        let custom = sql && custom::may(conn, caller, asset).await?;
        Ok(Self { figures, sql, custom, manages })
    }
}

/// What came of a rule at one time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    /// When it was due.
    pub(super) due: DateTime<Utc>,
    /// When it was looked at.
    pub(super) at: DateTime<Utc>,
    /// Which version of the rule.
    pub(super) version: i32,
    /// `schedule`, `update` or `asked`.
    pub(super) why: String,
    /// `pass`, `warn`, `fail`, `error` or `open`.
    pub(super) verdict: String,
    /// What was measured; none also for who may not see figures.
    pub(super) value: Option<f64>,
    /// How many rows failed.
    pub(super) failing: Option<i64>,
    /// Of how many.
    pub(super) rows: Option<i64>,
    /// Why it is no plain pass or fail.
    pub(super) message: Option<Message>,
    /// The constraint of the source that holds it.
    pub(super) held: Option<String>,
    /// What sort of constraint that is, by its word.
    pub(super) held_by: Option<String>,
}

#[derive(Debug, sqlx::FromRow)]
struct ResultRow {
    rule_id: i64,
    due_at: DateTime<Utc>,
    at: DateTime<Utc>,
    version: i32,
    why: String,
    verdict: String,
    value: Option<f64>,
    failing: Option<i64>,
    row_count: Option<i64>,
    message: Option<Value>,
    held: Option<String>,
    held_by: Option<String>,
    is_custom: bool,
}

impl ResultRow {
    fn seen(self, eyes: Eyes) -> Told {
        let may_be_value = !self.is_custom || eyes.custom;
        let figures = |figure: Option<i64>| figure.filter(|_| eyes.figures);
        // What the source said may tell of values, and of what the SQL names.
        let message = self.message.filter(|_| eyes.figures && eyes.sql && may_be_value);
        Told {
            due: self.due_at,
            at: self.at,
            version: self.version,
            why: self.why,
            verdict: self.verdict,
            value: self.value.filter(|_| eyes.figures && may_be_value),
            failing: figures(self.failing),
            rows: figures(self.row_count),
            message: message.and_then(|said| serde_json::from_value(said).ok()),
            held: self.held,
            held_by: self.held_by,
        }
    }
}

/// A rule, with what came of it lately.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// It.
    pub(super) kept: Kept,
    /// What it says, as far as the reader may read it.
    pub(super) definition: Option<Value>,
    /// The last results, the newest first; 30 at most.
    pub(super) results: Vec<Told>,
    /// Whether it is due now, and waits for its result.
    pub(super) is_waiting: bool,
    /// Who answers for it.
    pub(super) owner: Option<Subject>,
}

/// The rules of a dataset, by name, for who sees it.
///
/// # Errors
/// `Absent`.
pub(super) async fn of_dataset(
    app: &App,
    caller: &Caller,
    dataset: PublicId,
) -> Result<(Asset, Eyes, Vec<Seen>)> {
    let mut conn = app.db().web.acquire().await?;
    let (asset, _) = asset::find(&mut *conn, caller, dataset, Action::See).await?;
    if asset.kind != AssetKind::Dataset {
        return Err(Failure::absent());
    }
    let eyes = Eyes::of(&mut conn, caller, &asset).await?;
    let kept = store::of_dataset(&mut conn, asset.id).await?;
    let seen = seen(&mut conn, eyes, kept).await?;
    Ok((asset, eyes, seen))
}

/// One rule, with its dataset.
///
/// # Errors
/// `Absent` also for a rule of a dataset that the caller does not see, and for one that was retired.
pub(super) async fn one(app: &App, caller: &Caller, rule: PublicId) -> Result<(Asset, Eyes, Seen)> {
    let mut conn = app.db().web.acquire().await?;
    let kept = store::find(&mut conn, rule).await?.ok_or_else(Failure::absent)?;
    let public: uuid::Uuid = sqlx::query_scalar("select public_id from assets where id = $1")
        .bind(kept.dataset.0)
        .fetch_one(&mut *conn)
        .await?;
    let (asset, _) = asset::find(&mut *conn, caller, PublicId(public), Action::See).await?;
    let eyes = Eyes::of(&mut conn, caller, &asset).await?;
    let seen = seen(&mut conn, eyes, vec![kept]).await?.pop().ok_or_else(Failure::absent)?;
    Ok((asset, eyes, seen))
}

/// Rules with what came of them, as far as these eyes see it.
pub(super) async fn seen(conn: &mut PgConnection, eyes: Eyes, kept: Vec<Kept>) -> Result<Vec<Seen>> {
    let ids: Vec<i64> = kept.iter().map(|kept| kept.id.0).collect();
    let mut results: HashMap<RuleId, Vec<Told>> = HashMap::new();
    let rows: Vec<ResultRow> = sqlx::query_as(
        "select o.rule_id, o.due_at, o.at, o.version, o.why, o.verdict, o.value, o.failing, o.row_count, o.message,
                o.outcome->'held'->>'name' as held, o.outcome->'held'->>'by' as held_by,
                coalesce((select f.is_custom from rule_facts f where f.rule_id = o.rule_id and f.number = o.version), true) as is_custom
         from unnest($1::bigint[]) as r (id)
         cross join lateral (select * from rule_results o where o.rule_id = r.id order by o.at desc limit $2) o
         order by o.rule_id, o.at desc",
    )
    .bind(&ids)
    .bind(STRIP)
    .fetch_all(&mut *conn)
    .await?;
    for row in rows {
        results.entry(RuleId(row.rule_id)).or_default().push(row.seen(eyes));
    }
    let waiting: Vec<i64> = sqlx::query_scalar(
        "select distinct rule_id from rule_dues where rule_id = any($1) and due_at <= clock_timestamp()",
    )
    .bind(&ids)
    .fetch_all(&mut *conn)
    .await?;
    let owners = owners(conn, &kept).await?;
    let one = |kept: Kept| {
        let may_read = !kept.facts.is_custom || eyes.sql;
        let definition = serde_json::to_value(&kept.facts.rule).ok().filter(|_| may_read);
        let results = results.remove(&kept.id).unwrap_or_default();
        let owner = owners.get(&kept.id).cloned();
        Seen { definition, results, is_waiting: waiting.contains(&kept.id.0), owner, kept }
    };
    Ok(kept.into_iter().map(one).collect())
}

/// Who answers for rules.
async fn owners(conn: &mut PgConnection, kept: &[Kept]) -> Result<HashMap<RuleId, Subject>> {
    let ids: Vec<i64> = kept.iter().map(|kept| kept.id.0).collect();
    let rows: Vec<(i64, bool, uuid::Uuid, String)> = sqlx::query_as(
        "select f.rule_id, f.owner_person is not null, coalesce(p.public_id, t.public_id), coalesce(pf.display_name, tf.name)
         from rule_facts f
         left join people p on p.id = f.owner_person
         left join person_facts pf on pf.person_id = p.id and pf.valid_to is null
         left join teams t on t.id = f.owner_team
         left join team_facts tf on tf.team_id = t.id and tf.valid_to is null
         where f.rule_id = any($1) and f.valid_to is null and coalesce(pf.display_name, tf.name) is not null",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let subject = |(rule, is_person, id, name): (i64, bool, uuid::Uuid, String)| {
        let kind = if is_person { SubjectKind::Person } else { SubjectKind::Team };
        (RuleId(rule), Subject { kind, id: PublicId(id), name })
    };
    Ok(rows.into_iter().map(subject).collect())
}

/// The results of a rule, the newest first; of one verdict where that is asked for.
///
/// # Errors
/// As [`one`]; `Invalid` for a cursor or a size that is none.
pub(super) async fn results(
    app: &App,
    caller: &Caller,
    rule: PublicId,
    verdict: Option<&str>,
    paging: &Paging,
) -> Result<Page<Told>> {
    let (size, after) = (paging.size()?, paging.after::<DateTime<Utc>>(app, "rule.results")?);
    let (_, eyes, seen) = one(app, caller, rule).await?;
    let rows: Vec<ResultRow> = sqlx::query_as(
        "select rule_id, due_at, at, version, why, verdict, value, failing, row_count, message, outcome->'held'->>'name' as held, outcome->'held'->>'by' as held_by,
                coalesce((select f.is_custom from rule_facts f where f.rule_id = rule_results.rule_id and f.number = rule_results.version), true) as is_custom
         from rule_results
         where rule_id = $1 and ($2::timestamptz is null or due_at < $2) and ($3::text is null or verdict = $3)
         order by due_at desc limit $4",
    )
    .bind(seen.kept.id.0)
    .bind(after)
    .bind(verdict)
    .bind(size + 1)
    .fetch_all(&app.db().web)
    .await?;
    let rows = rows.into_iter().map(|row| row.seen(eyes)).collect();
    Page::of(rows, size, app, "rule.results", |row: &Told| row.due)
}

/// The last results of a rule, the newest first.
pub(super) async fn last(app: &App, seen: &Seen, eyes: Eyes, most: i64) -> Result<Vec<Told>> {
    let rows: Vec<ResultRow> = sqlx::query_as(
        "select rule_id, due_at, at, version, why, verdict, value, failing, row_count, message,
                outcome->'held'->>'name' as held, outcome->'held'->>'by' as held_by,
                coalesce((select f.is_custom from rule_facts f where f.rule_id = rule_results.rule_id and f.number = rule_results.version), true) as is_custom
         from rule_results where rule_id = $1 order by at desc limit $2",
    )
    .bind(seen.kept.id.0)
    .bind(most)
    .fetch_all(&app.db().web)
    .await?;
    Ok(rows.into_iter().map(|row| row.seen(eyes)).collect())
}

/// The points that a dataset's rules had at an instant; none where nothing is known of then.
pub(super) async fn before(
    conn: &mut PgConnection,
    dataset: AssetId,
    at: DateTime<Utc>,
) -> Result<Option<Points>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select f.severity, l.verdict from rules r
         join rule_facts f on f.rule_id = r.id and holds(f.valid_from, f.valid_to, $2) and f.enabled
         cross join lateral (select o.verdict from rule_results o where o.rule_id = r.id and o.at <= $2 order by o.at desc limit 1) l
         where r.dataset_id = $1",
    )
    .bind(dataset.0)
    .bind(at)
    .fetch_all(conn)
    .await?;
    let one = |(severity, verdict): &(String, String)| {
        (badge::gravity(severity), badge::state(true, false, Some(verdict)))
    };
    let points = Points::of(rows.iter().map(one));
    Ok((points.possible > 0).then_some(points))
}
