//! The facts of an asset that some change sets opened or closed, of all kinds in one shape.

use crate::error::Result;
use cadastre_model::{AssetId, PublicId};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// What is asked for, and what its reader may see.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    /// The asset.
    pub asset: AssetId,
    /// A column of it.
    pub column: Option<PublicId>,
    /// Whether the reader sees who may do what.
    pub sees_access: bool,
    /// Whether the reader sees all that the source's SQL may name.
    pub sees_source: bool,
}

/// A fact that held from one change set to another.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Fact {
    /// The change set that opened it.
    pub change_set: i64,
    /// The change set that closed it.
    pub closed_by: Option<i64>,
    /// Of what kind: `person`, `team`, `member`, `membership`, `asset`, `dataset`, `column`, `key`, `text-description`, `owner`, `sensitivity`, `grant`, `source`.
    pub of: String,
    /// What makes it the successor of another one.
    pub key: String,
    /// The name of what it is about; empty: the asset.
    pub subject: String,
    /// What it says, by field.
    #[sqlx(json)]
    pub says: BTreeMap<String, Value>,
}

/// The facts that the change sets opened or closed.
pub(super) async fn of(conn: &mut PgConnection, about: About, change_sets: &[i64]) -> Result<Vec<Fact>> {
    let mut facts: Vec<Fact> = sqlx::query_as(
        "select f.change_set, f.closed_by, 'asset' as of, '' as key, '' as subject,
                jsonb_build_object('name', f.name, 'parent', p.name, 'domain', d.name, 'sensitivity', f.sensitivity, 'state', f.state) as says
         from asset_facts f left join assets p on p.id = f.parent_id left join assets d on d.id = f.domain_id
         where f.asset_id = $1 and $3::uuid is null and (f.change_set = any($2) or f.closed_by = any($2))
         union all
         select change_set, closed_by, 'dataset', '', '',
                jsonb_build_object('kind', kind, 'source-owner', source_owner, 'definition', left(definition, 2000))
         from dataset_facts where dataset_id = $1 and $3::uuid is null and (change_set = any($2) or closed_by = any($2))
         union all
         select f.change_set, f.closed_by, 'column', f.column_id::text, array_to_string(f.path, '.'),
                jsonb_build_object('name', array_to_string(f.path, '.'), 'type', f.type_written, 'nullable', f.nullable,
                                   'default', left(f.default_value, 500), 'order', f.ordinal)
         from column_facts f join columns c on c.id = f.column_id
         where f.dataset_id = $1 and ($3::uuid is null or c.public_id = $3) and (f.change_set = any($2) or f.closed_by = any($2))
         union all
         select change_set, closed_by, 'key', kind || name, name, jsonb_build_object('key', left(definition, 500), 'foreign', kind = 'foreign')
         from dataset_constraints where dataset_id = $1 and $3::uuid is null and (change_set = any($2) or closed_by = any($2))
         union all
         select t.change_set, t.closed_by, 'text-' || replace(t.field, '_', '-'),
                concat_ws(' ', t.column_id, t.field, t.language, t.origin),
                concat_ws(' ', (select array_to_string(f.path, '.') from column_facts f where f.column_id = t.column_id
                                order by f.valid_from desc limit 1), t.language, t.origin),
                jsonb_build_object('text', left(t.body, 500))
         from texts t left join columns c on c.id = t.column_id
         where t.asset_id = $1 and t.origin <> 'proposal' and ($3::uuid is null or c.public_id = $3)
           and (t.change_set = any($2) or t.closed_by = any($2))
         union all
         select o.change_set, o.closed_by, 'owner', concat_ws(' ', o.kind, o.person_id, o.team_id, o.team_id is null), '',
                jsonb_build_object('owner', coalesce(
                    (select display_name from person_facts where person_id = o.person_id order by valid_from desc limit 1),
                    (select name from team_facts where team_id = o.team_id order by valid_from desc limit 1)) || ' (' || o.kind || ')')
         from owners o where o.asset_id = $1 and $3::uuid is null and o.origin <> 'proposal' and (o.change_set = any($2) or o.closed_by = any($2))
         union all
         select s.change_set, s.closed_by, 'sensitivity', s.column_id::text,
                (select array_to_string(f.path, '.') from column_facts f where f.column_id = s.column_id order by f.valid_from desc limit 1),
                jsonb_build_object('sensitivity', s.sensitivity)
         from column_sensitivities s join columns c on c.id = s.column_id
         where s.dataset_id = $1 and ($3::uuid is null or c.public_id = $3) and (s.change_set = any($2) or s.closed_by = any($2))
         union all
         select change_set, closed_by, 'source', '', '',
                jsonb_build_object('connection', concat(connection->>'user', '@', connection->>'host', ':', connection->>'port', '/', connection->>'database'),
                                   'schedule', case when paused then 'paused' else cron end, 'name', namespace)
         from source_facts where source_id = $1 and $3::uuid is null and $4 and (change_set = any($2) or closed_by = any($2))
         union all
         select g.change_set, g.closed_by, 'grant', g.id::text, '',
                jsonb_build_object('grant', coalesce(
                    (select display_name from person_facts where person_id = g.person_id order by valid_from desc limit 1),
                    (select name from team_facts where team_id = g.team_id order by valid_from desc limit 1))
                    || ': ' || g.effect || ' ' || g.role || ' ≤ ' || g.ceiling
                    || coalesce(' – ' || to_char(g.ends_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), ''))
         from grants g where g.asset_id = $1 and $3::uuid is null and $4 and (g.change_set = any($2) or g.closed_by = any($2))",
    )
    .bind(about.asset.0)
    .bind(change_sets)
    .bind(about.column.map(|id| id.0))
    .bind(about.sees_access)
    .fetch_all(conn)
    .await?;
    if !about.sees_source {
        facts.retain(|fact| fact.says.get("foreign") != Some(&Value::Bool(true)));
        facts.iter_mut().for_each(without_names);
    }
    Ok(facts)
}

/// What may name something that the reader does not see. A statement that changed is still another one: its hash says so.
fn without_names(fact: &mut Fact) {
    fact.says.remove("parent");
    fact.says.remove("domain");
    if let Some(Value::String(definition)) = fact.says.get_mut("definition") {
        use sha2::{Digest, Sha256};
        *definition = format!("\u{0}{}", hex::encode(Sha256::digest(definition.as_bytes())));
    }
}
