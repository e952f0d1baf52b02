//! Who owns an asset.

use crate::catalog::rows::word;
use crate::error::Result;
use cadastre_model::{AssetId, Origin, PublicId, SubjectKind};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// In what an owner answers for an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerKind {
    /// For what it means.
    Business,
    /// For that it works.
    Technical,
}

impl OwnerKind {
    /// The word as it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Technical => "technical",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Business, Self::Technical].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A person or a team, as others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Which of the two.
    pub kind: SubjectKind,
    /// The id outside.
    pub id: PublicId,
    /// The name that is shown.
    pub name: String,
}

/// Somebody who answers for an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub who: Subject,
    /// In what.
    pub kind: OwnerKind,
    /// Who said so.
    pub origin: Origin,
}

impl Owner {
    /// What tells it from the other owners of its asset, for addresses.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}-{}", self.kind.as_str(), self.who.id)
    }
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    is_team: bool,
    public_id: Uuid,
    name: String,
    kind: String,
    origin: String,
}

/// The owners of an asset, business before technical, the first named first. Their names are those of now.
///
/// # Errors
/// When the database does not answer.
pub async fn of(conn: &mut PgConnection, asset: AssetId, at: Option<DateTime<Utc>>) -> Result<Vec<Owner>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select o.team_id is not null as is_team, coalesce(p.public_id, t.public_id) as public_id,
                coalesce(pf.display_name, tf.name, '') as name, o.kind, o.origin
         from owners o
         left join people p on p.id = o.person_id
         left join person_facts pf on pf.person_id = p.id and pf.valid_to is null
         left join teams t on t.id = o.team_id
         left join team_facts tf on tf.team_id = t.id and tf.valid_to is null
         where o.asset_id = $1 and o.origin <> 'proposal' and holds(o.valid_from, o.valid_to, $2)
         order by o.kind, o.valid_from, o.id",
    )
    .bind(asset.0)
    .bind(at)
    .fetch_all(conn)
    .await?;
    let owner = |row: Row| {
        Ok(Owner {
            who: Subject {
                kind: if row.is_team { SubjectKind::Team } else { SubjectKind::Person },
                id: PublicId(row.public_id),
                name: row.name,
            },
            kind: if row.kind == "business" { OwnerKind::Business } else { OwnerKind::Technical },
            origin: word(&row.origin)?,
        })
    };
    rows.into_iter().map(owner).collect()
}

#[derive(Debug, sqlx::FromRow)]
struct OfRow {
    asset_id: i64,
    is_team: bool,
    public_id: Uuid,
    name: String,
}

/// Who owns each of some assets, in the order of [`of`], everybody once.
pub(crate) async fn of_all(
    conn: &mut PgConnection,
    assets: &[AssetId],
    at: Option<DateTime<Utc>>,
) -> Result<HashMap<AssetId, Vec<Subject>>> {
    let rows: Vec<OfRow> = sqlx::query_as(
        "select o.asset_id, o.team_id is not null as is_team, coalesce(p.public_id, t.public_id) as public_id,
                coalesce(pf.display_name, tf.name, '') as name
         from owners o
         left join people p on p.id = o.person_id
         left join person_facts pf on pf.person_id = p.id and pf.valid_to is null
         left join teams t on t.id = o.team_id
         left join team_facts tf on tf.team_id = t.id and tf.valid_to is null
         where o.asset_id = any($1) and o.origin <> 'proposal' and holds(o.valid_from, o.valid_to, $2)
         order by o.asset_id, o.kind, o.valid_from, o.id",
    )
    .bind(assets.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(at)
    .fetch_all(conn)
    .await?;
    let mut all: HashMap<AssetId, Vec<Subject>> = HashMap::new();
    for row in rows {
        let who = Subject {
            kind: if row.is_team { SubjectKind::Team } else { SubjectKind::Person },
            id: PublicId(row.public_id),
            name: row.name,
        };
        let owners = all.entry(AssetId(row.asset_id)).or_default();
        if !owners.contains(&who) {
            owners.push(who);
        }
    }
    Ok(all)
}

/// How many people and teams own any of these assets.
pub(crate) async fn count(
    conn: &mut PgConnection,
    assets: &[AssetId],
    at: Option<DateTime<Utc>>,
) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "select count(distinct (o.person_id, o.team_id)) from owners o
         where o.asset_id = any($1) and o.origin <> 'proposal' and holds(o.valid_from, o.valid_to, $2)",
    )
    .bind(assets.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(at)
    .fetch_one(conn)
    .await?)
}
