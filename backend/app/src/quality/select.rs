//! Rules for many datasets: which those are, a rule for all of them at once, and files that are kept so that what they say is so for
//! datasets that come later, too.

use super::apply::{self, Mode};
use super::save::{self, Writer};
use super::store;
use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::change::{Author, ChangeSet};
use crate::error::{Failure, FailureKind, Result};
use cadastre_access::Scope;
use cadastre_model::{Action, Message, PublicId, Version};
use rules::{Rule, Selection};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// The datasets of sources that are selected, within a scope; without, of all.
pub(super) async fn selected(
    conn: &mut PgConnection,
    selection: &Selection,
    within: Option<&Scope>,
) -> Result<Vec<PublicId>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select a.public_id, concat_ws('.', o.name, s.name, a.name) from assets a
         left join assets s on s.id = a.parent_id join assets o on o.id = a.source_id
         where a.kind = 'dataset' and a.state = 'live'",
    );
    if let Some(within) = within {
        query.push(" and ");
        push_scope(&mut query, "a", within);
    }
    query.push(" order by a.id");
    let all: Vec<(Uuid, String)> = query.build_query_as().fetch_all(conn).await?;
    Ok(all.into_iter().filter(|(_, name)| selection.holds(name, &[])).map(|(id, _)| PublicId(id)).collect())
}

/// Those that are selected of the datasets at which the caller may write rules.
pub(super) async fn of_caller(app: &App, caller: &Caller, selection: &Selection) -> Result<Vec<PublicId>> {
    let manages = caller.scope(Action::ManageRules)?;
    let mut conn = app.db().web.acquire().await?;
    selected(&mut conn, selection, Some(&*manages)).await
}

/// Writes a rule at all datasets that are selected and at which the caller may write rules, all or none. Gives how many those are.
///
/// # Errors
/// `Invalid` where none is selected, or at the first dataset that does not take the rule; as [`save::save`] otherwise.
pub(super) async fn save_many(
    app: &App,
    caller: &Caller,
    selection: &Selection,
    rule: &Rule,
) -> Result<(usize, Option<Version>)> {
    let invalid = |message| Err(Failure::invalid("select_name", message));
    let found = of_caller(app, caller, selection).await?;
    if found.is_empty() {
        return invalid(Message::new("rule-selects-none"));
    }
    let mut tx = app.db().web.begin().await?;
    let mut change = ChangeSet::begin_set(&mut tx, "rule.save", &caller.author).await?;
    let writer = Writer::Person(caller);
    for id in &found {
        let dataset = writer.lock(&mut tx, *id).await?;
        if store::named(&mut tx, dataset.id, &rule.name).await?.is_some() {
            return invalid(
                Message::new("rule-many-has").arg("name", &rule.name).arg("dataset", dataset.name),
            );
        }
        let written = save::write(&mut tx, &mut change, writer, &dataset, rule.clone(), None).await;
        written.map_err(|failure| refused_at(failure, &dataset.name))?;
    }
    let version = change.record_set(&mut tx).await?;
    tx.commit().await?;
    caller.has_seen(version).await;
    Ok((found.len(), Some(version)))
}

/// A refusal with the dataset that it comes from.
fn refused_at(mut failure: Failure, dataset: &str) -> Failure {
    if failure.kind == FailureKind::Invalid {
        let said = Message::new("rule-many-refuses").arg("dataset", dataset);
        failure.fields.insert(0, ("select_name".to_owned(), said));
    }
    failure
}

/// Keeps a file that selects datasets for those that come later; one that selects none any more is forgotten.
pub(super) async fn keep(
    tx: &mut PgConnection,
    origin: &str,
    body: Option<&str>,
    version: Version,
) -> Result<()> {
    let Some(body) = body else { return forget(tx, origin).await };
    sqlx::query(
        "insert into rule_files (origin, body, version) values ($1, $2, $3)
         on conflict (origin) do update set body = excluded.body, version = excluded.version",
    )
    .bind(origin)
    .bind(body)
    .bind(version.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets a file that is no more.
pub(super) async fn forget(tx: &mut PgConnection, origin: &str) -> Result<()> {
    sqlx::query("delete from rule_files where origin = $1").bind(origin).execute(tx).await?;
    Ok(())
}

/// Brings files that were kept to what there is since the last crawls: datasets that are new get their rules.
///
/// # Errors
/// When the database does not answer; a file that is refused is said in the log, and keeps no other back.
pub async fn renew(app: &App) -> Result<()> {
    let old: Vec<(String, String)> = sqlx::query_as(
        "select f.origin, f.body from rule_files f
         where exists (select from change_sets c where c.version > f.version and c.kind = 'crawl') order by 1",
    )
    .fetch_all(&app.db().tasks)
    .await?;
    for (origin, body) in old {
        if let Err(failure) = apply::bring(app, &Author::cli(), &origin, &body, Mode::Renew).await {
            tracing::warn!(origin, %failure, "a file of rules can't be applied to what is new");
        }
    }
    Ok(())
}
