//! The search in PostgreSQL: what is found, in its order, page by page, and how many there are of what.

use super::filters::{Asker, Facet, Filters, IS_DESCRIBED, STANDING, push_candidates, push_filter};
use super::query::Search;
use crate::access::push_scope;
use crate::error::Result;
use cadastre_model::AssetId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The nearest match first: a name is it, it is in a name, in a column's name, in a text; then by name.
    #[default]
    Relevance,
    /// By name.
    Name,
    /// What changed last first.
    Changed,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Relevance, Self::Name, Self::Changed];

    /// The word in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Name => "name",
            Self::Changed => "changed",
        }
    }
}

/// Where a dataset stands in the order; also the key of a page's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub(crate) struct Place {
    /// How near the match is, 0 the nearest.
    pub tier: i32,
    /// The machine name.
    pub name: String,
    /// When it changed.
    pub changed_at: DateTime<Utc>,
    /// The dataset.
    pub id: i64,
}

impl Place {
    /// The dataset.
    pub(crate) const fn asset(&self) -> AssetId {
        AssetId(self.id)
    }
}

/// One more than `limit` of what is found, from after `after`.
pub(super) async fn list(
    conn: &mut PgConnection,
    asker: &Asker<'_>,
    (search, filters): (Option<&Search>, &Filters),
    sort: Sort,
    (after, limit): (Option<&Place>, i64),
) -> Result<Vec<Place>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "select tier, name, changed_at, id from (select a.id, a.name, a.changed_at, ",
    );
    push_tier(&mut query, search.filter(|_| sort == Sort::Relevance));
    query.push(" as tier");
    push_candidates(&mut query, asker, search, !filters.quality.is_empty());
    for facet in Facet::ALL {
        query.push(" and ");
        push_filter(&mut query, filters, facet, asker);
    }
    query.push(") found");
    if let Some(after) = after {
        match sort {
            Sort::Changed => {
                query.push(" where (changed_at, id) < (").push_bind(after.changed_at);
            }
            Sort::Relevance | Sort::Name => {
                query
                    .push(" where (tier, name, id) > (")
                    .push_bind(after.tier)
                    .push(", ")
                    .push_bind(after.name.clone());
            }
        }
        query.push(", ").push_bind(after.id).push(")");
    }
    query.push(match sort {
        Sort::Changed => " order by changed_at desc, id desc",
        Sort::Relevance | Sort::Name => " order by tier, name, id",
    });
    query.push(" limit ").push_bind(limit + 1);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// Constant steps, without any count of how common a word is. Of a name with dots the last part is what counts.
fn push_tier(query: &mut QueryBuilder<Postgres>, search: Option<&Search>) {
    let Some(search) = search else {
        query.push("0");
        return;
    };
    let dotted = search.dotted.as_ref();
    let steps = [
        (&search.exact, dotted.map(|last| &last.exact)),
        (&search.in_names, dotted.map(|last| &last.in_names)),
        (&search.in_columns, dotted.map(|last| &last.in_columns)),
    ];
    query.push("case");
    for (tier, (whole, last)) in ["0", "1", "2"].into_iter().zip(steps) {
        query.push(" when d.words @@ ").push_bind(whole.clone()).push("::tsquery");
        if let Some(last) = last {
            query.push(" or d.words @@ ").push_bind(last.clone()).push("::tsquery");
        }
        query.push(" then ").push(tier);
    }
    query.push(" else 3 end");
}

/// How many there are of what. `value` is as it stands in the address, `label` the name where it has one.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Count {
    /// `total`, `without`, or the name of a facet.
    pub of: String,
    pub value: Option<String>,
    pub label: Option<String>,
    pub n: i64,
}

/// Counts all at once: each facet without regard to itself, and what there would be without each.
pub(super) async fn count(
    conn: &mut PgConnection,
    asker: &Asker<'_>,
    search: Option<&Search>,
    filters: &Filters,
) -> Result<Vec<Count>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "with found as materialized (select a.id, a.source_id, a.parent_id, a.effective_domain_id, \
         a.effective_sensitivity, f.kind, ",
    );
    query.push(IS_DESCRIBED).push(" as described, ").push(STANDING).push(" as standing");
    for facet in Facet::ALL {
        query.push(", ");
        push_filter(&mut query, filters, facet, asker);
        query.push(" as p_").push(facet.as_str());
    }
    push_candidates(&mut query, asker, search, true);
    query.push(") select 'total' as of, null as value, null as label, count(*) as n from found h where ");
    push_passes(&mut query, None);
    for facet in Facet::ALL {
        query
            .push(" union all select 'without', '")
            .push(facet.as_str())
            .push("', null, count(*) from found h where ");
        push_passes(&mut query, Some(facet));
        query.push(" union all select '").push(facet.as_str()).push("', ");
        push_groups(&mut query, facet, asker);
    }
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// All filters but one.
fn push_passes(query: &mut QueryBuilder<Postgres>, but: Option<Facet>) {
    query.push("true");
    for facet in Facet::ALL.into_iter().filter(|facet| Some(*facet) != but) {
        query.push(" and h.p_").push(facet.as_str());
    }
}

fn push_groups(query: &mut QueryBuilder<Postgres>, facet: Facet, asker: &Asker<'_>) {
    let plain = match facet {
        Facet::Kind => Some("h.kind"),
        Facet::Sensitivity => Some("h.effective_sensitivity"),
        Facet::Described => Some("case when h.described then 'yes' else 'no' end"),
        Facet::Quality => Some("h.standing"),
        _ => None,
    };
    let around = match facet {
        Facet::Source => Some("h.source_id"),
        Facet::Schema => Some("h.parent_id"),
        Facet::Domain => Some("h.effective_domain_id"),
        _ => None,
    };
    if let Some(plain) = plain {
        query.push(plain).push(", null, count(*) from found h where ");
        push_passes(query, Some(facet));
        query.push(" group by ").push(plain);
    } else if let Some(around) = around {
        query.push("c.public_id::text, c.name, count(*) from found h join assets c on c.id = ").push(around);
        query.push(" and ");
        push_scope(query, "c", asker.see);
        query.push(" where ");
        push_passes(query, Some(facet));
        query.push(" group by c.public_id, c.name");
    } else {
        query.push(
            "coalesce(p.public_id, t.public_id)::text, coalesce(pf.display_name, tf.name), count(distinct h.id)
             from found h
             left join owners o on o.asset_id = h.id and o.origin <> 'proposal' and o.valid_to is null
             left join people p on p.id = o.person_id left join person_facts pf on pf.person_id = p.id and pf.valid_to is null
             left join teams t on t.id = o.team_id left join team_facts tf on tf.team_id = t.id and tf.valid_to is null
             where ",
        );
        push_passes(query, Some(facet));
        query.push(" group by 2, 3");
    }
}

/// Why a dataset was found: a piece of what matched.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Match {
    pub dataset_id: i64,
    /// The column it is about.
    pub column: Option<String>,
    /// `column` for its name, else the field of a text.
    pub field: String,
    /// The piece.
    pub piece: String,
}

/// For each of the datasets a few columns and texts in which one of the words stands.
pub(super) async fn matches(conn: &mut PgConnection, ids: &[i64], words: &[String]) -> Result<Vec<Match>> {
    Ok(sqlx::query_as(
        "select dataset_id, \"column\", field, piece from (
            select m.*, row_number() over (partition by dataset_id, field order by rank, piece) as place from (
                select f.dataset_id, null as \"column\", 'column' as field, array_to_string(f.path, '.') as piece, f.ordinal as rank
                from column_facts f
                where f.dataset_id = any($1) and f.valid_to is null
                  and exists (select from unnest($2::text[]) w where strpos(lower(array_to_string(f.path, '.')), w) > 0)
                union all
                select t.asset_id, array_to_string(f.path, '.'), t.field,
                       substr(t.body, greatest(1, hit.at - 60), 160), coalesce(f.ordinal, 0)
                from texts t
                left join column_facts f on f.column_id = t.column_id and f.valid_to is null
                cross join lateral (select min(nullif(strpos(lower(left(t.body, 65536)), w), 0)) as at from unnest($2::text[]) w) hit
                where t.asset_id = any($1) and t.valid_to is null and t.origin <> 'proposal' and hit.at is not null
            ) m
        ) few where place <= 3 order by dataset_id, place",
    )
    .bind(ids)
    .bind(words)
    .fetch_all(conn)
    .await?)
}
