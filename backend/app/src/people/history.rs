//! What changed about a person or a team: the change sets that opened or closed a fact about them, and what was before and
//! after. As the History of an asset it is read from the facts, and nothing is kept beside them.
//!
//! A grant is in it where the reader may see who has access, what they own where the reader sees it. A new password is no
//! fact: it is in the record of events.

use crate::access::{Caller, push_scope};
use crate::app::App;
use crate::catalog::history::{self, Change, Fact};
use crate::error::Result;
use crate::http::{Page, Paging};
use cadastre_access::{Permit, Scope};
use cadastre_model::{Action, PersonId, SubjectId, TeamId};
use sqlx::{Postgres, QueryBuilder};
use std::sync::Arc;

/// The name of the list in its cursors.
const LIST: &str = "history of people";

/// A page of the history of a person or a team, newest first.
///
/// # Errors
/// `Invalid` for a cursor or a size that is none.
pub async fn of(
    app: &App,
    caller: &Caller,
    _permit: &Permit,
    subject: SubjectId,
    paging: &Paging,
) -> Result<Page<Change>> {
    let (size, after) = (paging.size()?, paging.after::<i64>(app, LIST)?);
    let reader = Reader { see: caller.scope(Action::See)?, see_access: caller.scope(Action::SeeAccess)? };
    let mut conn = app.db().web.acquire().await?;
    let mut query = facts(subject, &reader);
    history::push_change_sets(
        &mut query,
        "select change_set from facts union select closed_by from facts where closed_by is not null",
        after,
        size + 1,
    );
    let rows = history::read(&mut conn, &mut query).await?;
    let page = Page::of(rows, size, app, LIST, |row| row.version)?;
    let ids: Vec<i64> = page.items.iter().map(|row| row.id).collect();
    let mut query = facts(subject, &reader);
    query.push("select * from facts where change_set = any(").push_bind(&ids);
    query.push(") or closed_by = any(").push_bind(&ids).push(")");
    let facts: Vec<Fact> = query.build_query_as().fetch_all(&mut *conn).await?;
    Ok(history::shown(page, &facts))
}

/// What the reader may see of others' things.
struct Reader {
    see: Arc<Scope>,
    see_access: Arc<Scope>,
}

/// `with facts as (…) `: all that is or was true of the subject, as far as the reader sees it, each a [`Fact`].
fn facts(subject: SubjectId, reader: &Reader) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("with facts as (");
    match subject {
        SubjectId::Person(person) => push_person(&mut query, person),
        SubjectId::Team(team) => push_team(&mut query, team),
    }
    query.push(
        " union all
         select g.change_set, g.closed_by, 'grant', g.id::text, '',
                jsonb_build_object('grant', a.name || ': ' || g.effect || ' ' || g.role || ' ≤ ' || g.ceiling
                    || coalesce(' – ' || to_char(g.ends_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), ''))
         from grants g join assets a on a.id = g.asset_id where g.",
    );
    push_is(&mut query, subject);
    query.push(" and ");
    push_scope(&mut query, "a", &reader.see_access);
    query.push(
        " union all
         select o.change_set, o.closed_by, 'owner', concat_ws(' ', o.kind, o.asset_id), '',
                jsonb_build_object('owner', a.name || ' (' || o.kind || ')')
         from owners o join assets a on a.id = o.asset_id where o.origin <> 'proposal' and o.",
    );
    push_is(&mut query, subject);
    query.push(" and ");
    push_scope(&mut query, "a", &reader.see);
    query.push(") ");
    query
}

fn push_person(query: &mut QueryBuilder<Postgres>, person: PersonId) {
    query.push(
        "select change_set, closed_by, 'person' as of, '' as key, '' as subject,
                jsonb_build_object('name', display_name, 'email', email, 'state', state) as says
         from person_facts where person_id = ",
    );
    query.push_bind(person.0);
    query.push(
        " union all
         select m.change_set, m.closed_by, 'membership', m.team_id::text, '', jsonb_build_object('membership',
                (select name from team_facts where team_id = m.team_id order by valid_from desc limit 1))
         from team_members m where m.person_id = ",
    );
    query.push_bind(person.0);
}

fn push_team(query: &mut QueryBuilder<Postgres>, team: TeamId) {
    query.push(
        "select f.change_set, f.closed_by, 'team' as of, '' as key, '' as subject, jsonb_build_object('name', f.name, 'above',
                (select name from team_facts where team_id = f.parent_id order by valid_from desc limit 1)) as says
         from team_facts f where f.team_id = ",
    );
    query.push_bind(team.0);
    query.push(
        " union all
         select m.change_set, m.closed_by, 'member', m.person_id::text, '', jsonb_build_object('member',
                (select display_name from person_facts where person_id = m.person_id order by valid_from desc limit 1))
         from team_members m where m.team_id = ",
    );
    query.push_bind(team.0);
}

fn push_is(query: &mut QueryBuilder<Postgres>, subject: SubjectId) {
    match subject {
        SubjectId::Person(person) => query.push("person_id = ").push_bind(person.0),
        SubjectId::Team(team) => query.push("team_id = ").push_bind(team.0),
    };
}
