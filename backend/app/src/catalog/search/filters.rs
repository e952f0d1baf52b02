//! What a list of datasets can be narrowed by.

use super::query::Search;
use crate::access::push_scope;
use cadastre_access::Scope;
use cadastre_model::{DatasetKind, PersonId, PublicId, Sensitivity, TeamId};
use serde::Deserialize;
use sqlx::{Postgres, QueryBuilder};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What is looked for, and what it is narrowed by. A filter with several values lets through what has any of them.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Words in names, names of columns and texts; a name with dots says what it lies in. At most 200 characters.
    #[serde(default)]
    #[param(max_length = 200)]
    pub q: String,
    /// Kinds of dataset: `table`, `view` and so on.
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    pub kind: Vec<DatasetKind>,
    /// Ids of sources.
    #[serde(default)]
    #[param(value_type = Vec<Uuid>)]
    pub source: Vec<PublicId>,
    /// Ids of the schemas that datasets lie in.
    #[serde(default)]
    #[param(value_type = Vec<Uuid>)]
    pub schema: Vec<PublicId>,
    /// Ids of domains, without those below them.
    #[serde(default)]
    #[param(value_type = Vec<Uuid>)]
    pub domain: Vec<PublicId>,
    /// Levels in force.
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    pub sensitivity: Vec<Sensitivity>,
    /// Ids of people and teams that own; `me` for the caller and their teams, `none` for nobody.
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    pub owner: Vec<OwnedBy>,
    /// `yes` or `no`: whether somebody or the source describes it.
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    pub described: Vec<Described>,
    /// How its rules of quality stand: `failing`, `warning`, `passing`, `unmeasured`; `none` for datasets without any.
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    pub quality: Vec<Standing>,
}

/// By whom something is owned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum OwnedBy {
    /// By nobody.
    Nobody,
    /// By the caller, or a team of theirs.
    Me,
    /// By a person or a team.
    Subject(PublicId),
}

impl TryFrom<String> for OwnedBy {
    type Error = uuid::Error;

    fn try_from(word: String) -> Result<Self, uuid::Error> {
        match word.as_str() {
            "none" => Ok(Self::Nobody),
            "me" => Ok(Self::Me),
            id => PublicId::from_str(id).map(Self::Subject),
        }
    }
}

impl fmt::Display for OwnedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("none"),
            Self::Me => f.write_str("me"),
            Self::Subject(id) => id.fmt(f),
        }
    }
}

/// Whether something is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Described {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl Described {
    /// The word in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

/// How the rules of a dataset stand, by the worst of them; those that are switched off or muted do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// One fails, or could not be measured.
    Failing,
    /// One holds only just.
    Warning,
    /// All hold that were measured.
    Passing,
    /// None was measured yet.
    Unmeasured,
    /// There are none.
    None,
}

impl Standing {
    /// The word in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Warning => "warning",
            Self::Passing => "passing",
            Self::Unmeasured => "unmeasured",
            Self::None => "none",
        }
    }
}

/// The filters, each of which is also counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Kind of dataset.
    Kind,
    /// Source.
    Source,
    /// Schema.
    Schema,
    /// Domain.
    Domain,
    /// Level in force.
    Sensitivity,
    /// Owner.
    Owner,
    /// Described or not.
    Described,
    /// How its rules stand.
    Quality,
}

impl Facet {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Kind,
        Self::Source,
        Self::Schema,
        Self::Domain,
        Self::Sensitivity,
        Self::Owner,
        Self::Described,
        Self::Quality,
    ];

    /// The name of its parameter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Source => "source",
            Self::Schema => "schema",
            Self::Domain => "domain",
            Self::Sensitivity => "sensitivity",
            Self::Owner => "owner",
            Self::Described => "described",
            Self::Quality => "quality",
        }
    }
}

impl Filters {
    /// The values of a filter, as they stand in the address.
    #[must_use]
    pub fn values(&self, facet: Facet) -> Vec<String> {
        fn words<T: ToString>(values: &[T]) -> Vec<String> {
            values.iter().map(ToString::to_string).collect()
        }
        match facet {
            Facet::Kind => words(&self.kind),
            Facet::Source => words(&self.source),
            Facet::Schema => words(&self.schema),
            Facet::Domain => words(&self.domain),
            Facet::Sensitivity => words(&self.sensitivity),
            Facet::Owner => words(&self.owner),
            Facet::Described => self.described.iter().map(|word| word.as_str().to_owned()).collect(),
            Facet::Quality => self.quality.iter().map(|word| word.as_str().to_owned()).collect(),
        }
    }
}

/// Who asks, as far as the conditions need it.
#[derive(Debug, Clone)]
pub(super) struct Asker<'a> {
    /// What they see.
    pub see: &'a Scope,
    /// Who they are.
    pub person: PersonId,
    /// Their teams.
    pub teams: Vec<TeamId>,
}

/// Adds `from … where …`: the datasets that are seen and meet the search, before any filter. `a` is the asset, `f` the
/// fact of the dataset, `d` its words; `q` how its rules stand, where that is wanted.
pub(super) fn push_candidates(
    query: &mut QueryBuilder<Postgres>,
    asker: &Asker<'_>,
    search: Option<&Search>,
    wants_quality: bool,
) {
    query.push(" from assets a join dataset_facts f on f.dataset_id = a.id and f.valid_to is null");
    if wants_quality {
        query.push(STANDINGS);
    }
    if search.is_some() {
        query.push(" join search_documents d on d.asset_id = a.id");
    }
    query.push(" where a.kind = 'dataset' and a.state = 'live' and a.merged_into is null and ");
    push_scope(query, "a", asker.see);
    let Some(search) = search else { return };
    query.push(" and (d.words @@ ").push_bind(search.anywhere.clone()).push("::tsquery");
    if let Some(dotted) = &search.dotted {
        query.push(" or (d.words @@ ").push_bind(dotted.anywhere.clone()).push("::tsquery");
        for name in &dotted.inside {
            query.push(
                " and exists (select from assets c where c.id = any(a.container_path) and lower(c.name) = ",
            );
            query.push_bind(name.clone()).push(" and ");
            push_scope(query, "c", asker.see);
            query.push(")");
        }
        query.push(")");
    }
    query.push(")");
}

/// Adds `( … )`: true where a dataset meets the filter; always, where it is not set.
pub(super) fn push_filter(
    query: &mut QueryBuilder<Postgres>,
    filters: &Filters,
    facet: Facet,
    asker: &Asker<'_>,
) {
    if filters.values(facet).is_empty() {
        query.push("(true)");
        return;
    }
    query.push("(");
    match facet {
        Facet::Kind => {
            query.push("f.kind = any(").push_bind(filters.values(facet)).push(")");
        }
        Facet::Sensitivity => {
            query.push("a.effective_sensitivity = any(").push_bind(filters.values(facet)).push(")");
        }
        Facet::Source => push_around(query, "c.id = a.source_id", &filters.source, asker),
        Facet::Schema => push_around(query, "c.id = a.parent_id", &filters.schema, asker),
        Facet::Domain => push_around(query, "c.id = a.effective_domain_id", &filters.domain, asker),
        Facet::Owner => push_owner(query, &filters.owner, asker),
        Facet::Described => {
            let wanted: Vec<bool> = filters.described.iter().map(|word| *word == Described::Yes).collect();
            query.push(IS_DESCRIBED).push(" = any(").push_bind(wanted).push(")");
        }
        Facet::Quality => {
            query.push(STANDING).push(" = any(").push_bind(filters.values(facet)).push(")");
        }
    }
    query.push(")");
}

/// Whether a person or the source describes the dataset.
pub(super) const IS_DESCRIBED: &str = "exists (select from texts t where t.asset_id = a.id and t.column_id is null \
    and t.field = 'description' and t.origin <> 'proposal' and t.valid_to is null)";

/// How the rules of datasets stand, by the last verdict of each: one row for each dataset that has any.
const STANDINGS: &str = " left join (
    select r.dataset_id, case when bool_or(r.verdict in ('fail', 'error')) then 'failing' when bool_or(r.verdict = 'warn') then 'warning'
                              when bool_or(r.verdict = 'pass') then 'passing' else 'unmeasured' end as standing
    from rules r join rule_facts rf on rf.rule_id = r.id and rf.valid_to is null
    where rf.enabled and (rf.muted_until is null or rf.muted_until <= now()) group by r.dataset_id) q on q.dataset_id = a.id";

/// How the rules of the dataset stand, where [`STANDINGS`] are there.
pub(super) const STANDING: &str = "coalesce(q.standing, 'none')";

/// What the dataset lies in is one of these, and is seen.
fn push_around(query: &mut QueryBuilder<Postgres>, join: &'static str, ids: &[PublicId], asker: &Asker<'_>) {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    query
        .push("exists (select from assets c where ")
        .push(join)
        .push(" and c.public_id = any(")
        .push_bind(ids);
    query.push(") and ");
    push_scope(query, "c", asker.see);
    query.push(")");
}

fn push_owner(query: &mut QueryBuilder<Postgres>, wanted: &[OwnedBy], asker: &Asker<'_>) {
    let ids: Vec<Uuid> = wanted
        .iter()
        .filter_map(|owner| match owner {
            OwnedBy::Subject(id) => Some(id.0),
            OwnedBy::Nobody | OwnedBy::Me => None,
        })
        .collect();
    let open = "exists (select from owners o where o.asset_id = a.id and o.origin <> 'proposal' and o.valid_to is null";
    query.push("false");
    if wanted.contains(&OwnedBy::Nobody) {
        query.push(" or not ").push(open).push(")");
    }
    if wanted.contains(&OwnedBy::Me) {
        let teams: Vec<i64> = asker.teams.iter().map(|team| team.0).collect();
        query.push(" or ").push(open).push(" and (o.person_id = ").push_bind(asker.person.0);
        query.push(" or o.team_id = any(").push_bind(teams).push(")))");
    }
    if !ids.is_empty() {
        query
            .push(" or ")
            .push(open)
            .push(" and (o.person_id in (select id from people where public_id = any(");
        query.push_bind(ids.clone()).push(")) or o.team_id in (select id from teams where public_id = any(");
        query.push_bind(ids).push("))))");
    }
}
