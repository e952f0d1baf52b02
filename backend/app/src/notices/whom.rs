//! Whom something concerns: who owns the dataset or what is made from it, who deals with the incident, who subscribed. Only
//! people who are active and see it; never who did it.

use super::occasion::Happened;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::error::Result;
use cadastre_access::Scope;
use cadastre_lineage::{Direction, ImpactAsk, Level, NodeId, Sight};
use cadastre_model::{Action, AssetId, ObjectKind, PersonId, Sensitivity};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Who owns what lies so far down the lineage is told of an incident; of so many datasets at most.
const HOPS: u32 = 3;
const DATASETS: usize = 500;

/// What happened, with what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) happened: Happened,
    pub(super) dataset: AssetId,
    pub(super) severity: String,
    pub(super) assignee: Option<PersonId>,
    pub(super) rule_owner: (Option<PersonId>, Option<i64>),
    pub(super) by: Option<PersonId>,
    pub(super) to: Option<PersonId>,
}

/// Why somebody is told; the strongest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Because {
    Assignee,
    Owner,
    /// They subscribed to the dataset itself.
    Watch,
    /// They subscribed to what it lies in, or to all.
    Subscription,
    /// They own what is made from it.
    Downstream,
}

impl Because {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Assignee => "assignee",
            Self::Owner => "owner",
            Self::Watch => "watch",
            Self::Subscription => "subscription",
            Self::Downstream => "downstream",
        }
    }
}

/// Somebody who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) because: Because,
    /// What is subscribed to, where that is why.
    pub(super) scope: Option<AssetId>,
    /// What they own down the lineage, where that is why.
    pub(super) downstream: Option<AssetId>,
    pub(super) inbox: bool,
    /// Subscriptions by which it leaves the house, with their channel.
    pub(super) by: Vec<(i64, String)>,
}

impl Told {
    pub(super) fn new(because: Because, inbox: bool) -> Self {
        Self { because, scope: None, downstream: None, inbox, by: Vec::new() }
    }

    /// Of two reasons the stronger counts.
    fn join(&mut self, other: Self) {
        self.inbox |= other.inbox;
        self.by.extend(other.by);
        if other.because < self.because {
            (self.because, self.scope, self.downstream) = (other.because, other.scope, other.downstream);
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
struct SubscriptionRow {
    id: i64,
    person_id: i64,
    about: String,
    asset_id: Option<i64>,
    channel: String,
}

/// Everybody who is told.
///
/// # Errors
/// `Unavailable` while rights or lineage are not known to be current.
pub(super) async fn of(
    app: &App,
    conn: &mut PgConnection,
    event: &Event,
) -> Result<BTreeMap<PersonId, Told>> {
    let dataset = asset::of(&mut *conn, event.dataset).await?;
    let reached = if tells_downstream(event.happened) {
        reached(app, &Sight::everything(), &dataset)?
    } else {
        Vec::new()
    };
    let mut assets: Vec<AssetId> = reached.clone();
    assets.push(dataset.id);
    let owners = owners(conn, &assets, event.rule_owner).await?;
    let mut people: BTreeMap<PersonId, Told> = BTreeMap::new();
    concerned(event, &dataset, &owners, &mut people);
    let downstream = downstream(app, conn, event, &dataset, &reached, &owners).await?;
    for (&person, &place) in &downstream {
        let told = Told { downstream: Some(place), ..Told::new(Because::Downstream, true) };
        add(&mut people, person, told);
    }
    for row in subscribed(conn, event, &dataset).await? {
        subscriber(event, &dataset, &owners, &downstream, &row, &mut people);
    }
    seeing(app, conn, event, &dataset, people).await
}

const fn tells_downstream(happened: Happened) -> bool {
    matches!(happened, Happened::Opened | Happened::Resolved)
}

fn add(people: &mut BTreeMap<PersonId, Told>, person: PersonId, told: Told) {
    match people.get_mut(&person) {
        Some(known) => known.join(told),
        None => drop(people.insert(person, told)),
    }
}

/// Who is told without having asked for it.
fn concerned(
    event: &Event,
    dataset: &Asset,
    owners: &HashMap<AssetId, BTreeSet<PersonId>>,
    people: &mut BTreeMap<PersonId, Told>,
) {
    if event.happened == Happened::Assigned {
        if let Some(person) = event.to {
            add(people, person, Told::new(Because::Assignee, true));
        }
        return;
    }
    for &person in owners.get(&dataset.id).into_iter().flatten() {
        add(people, person, Told::new(Because::Owner, true));
    }
    if let Some(person) = event.assignee {
        add(people, person, Told::new(Because::Assignee, true));
    }
}

fn subscriber(
    event: &Event,
    dataset: &Asset,
    owners: &HashMap<AssetId, BTreeSet<PersonId>>,
    downstream: &BTreeMap<PersonId, AssetId>,
    row: &SubscriptionRow,
    people: &mut BTreeMap<PersonId, Told>,
) {
    let person = PersonId(row.person_id);
    let owns = owners.get(&dataset.id).is_some_and(|all| all.contains(&person));
    let (because, scope) = match row.about.as_str() {
        "mine" if owns => (Because::Owner, None),
        "upstream" if downstream.contains_key(&person) => (Because::Downstream, None),
        "all" => (Because::Subscription, None),
        "asset" if row.asset_id == Some(dataset.id.0) => (Because::Watch, None),
        "asset" => (Because::Subscription, row.asset_id.map(AssetId)),
        _ => return,
    };
    // That somebody else is to deal with it is between the two of them.
    if event.happened == Happened::Assigned && event.to != Some(person) {
        return;
    }
    let by = if row.channel == "inbox" { Vec::new() } else { vec![(row.id, row.channel.clone())] };
    let told = Told {
        scope,
        downstream: downstream.get(&person).copied().filter(|_| because == Because::Downstream),
        by,
        ..Told::new(because, row.channel == "inbox")
    };
    add(people, person, told);
}

/// Datasets down the lineage, as these eyes see it.
fn reached(app: &App, sight: &Sight<'_>, dataset: &Asset) -> Result<Vec<AssetId>> {
    let whole = ImpactAsk::whole(NodeId::Asset(dataset.id), Direction::Down, Level::Datasets);
    let ask = ImpactAsk { depth: Some(HOPS), ..whole };
    let impact = app.lineage().ask(|graph| graph.impact(*sight, &ask))?;
    let reached = impact.reached.iter().filter(|one| one.hop > 0 && one.asset != dataset.id);
    Ok(reached.map(|one| one.asset).take(DATASETS).collect())
}

/// Who owns what is made from it, each with the nearest of theirs: as they themselves see the lineage, since a hidden dataset
/// between the two is no bridge.
async fn downstream(
    app: &App,
    conn: &mut PgConnection,
    event: &Event,
    dataset: &Asset,
    reached_by_anybody: &[AssetId],
    owners: &HashMap<AssetId, BTreeSet<PersonId>>,
) -> Result<BTreeMap<PersonId, AssetId>> {
    let people: BTreeSet<PersonId> =
        reached_by_anybody.iter().filter_map(|id| owners.get(id)).flatten().copied().collect();
    let mut told = BTreeMap::new();
    for person in people.into_iter().filter(|person| Some(*person) != event.by) {
        let see = Caller::beside(app, person).scope(Action::See)?;
        let covers =
            |kind: ObjectKind, level: Sensitivity, path: &[AssetId]| see.covers_at(kind, level, path);
        let names = |kind: ObjectKind, level: Sensitivity, asset: AssetId| see.names(kind, level, asset);
        let theirs = reached(app, &Sight::scoped(&covers, &names), dataset)?;
        let owned = theirs.into_iter().filter(|id| owners.get(id).is_some_and(|all| all.contains(&person)));
        for id in owned {
            // The graph may be a moment behind what may be seen.
            if sees(&see, &asset::of(&mut *conn, id).await?) {
                told.insert(person, id);
                break;
            }
        }
    }
    Ok(told)
}

fn sees(see: &Scope, asset: &Asset) -> bool {
    see.covers(&asset.resource())
}

/// Active people who own these assets, by themselves or by a team; and who answers for the rule.
async fn owners(
    conn: &mut PgConnection,
    assets: &[AssetId],
    (rule_person, rule_team): (Option<PersonId>, Option<i64>),
) -> Result<HashMap<AssetId, BTreeSet<PersonId>>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "with recursive owning as (
             select o.asset_id, o.person_id, o.team_id from owners o
             where o.asset_id = any($1) and o.valid_to is null and o.origin <> 'proposal'
             union all
             select $2::bigint, $3::bigint, $4::bigint where $3::bigint is not null or $4::bigint is not null
         ), teams_of as (
             select asset_id, team_id from owning where team_id is not null
             union
             select t.asset_id, f.team_id from teams_of t join team_facts f on f.parent_id = t.team_id and f.valid_to is null
         ), people_of as (
             select asset_id, person_id from owning where person_id is not null
             union
             select t.asset_id, m.person_id from teams_of t join team_members m on m.team_id = t.team_id and m.valid_to is null
         )
         select p.asset_id, p.person_id from people_of p
         join person_facts f on f.person_id = p.person_id and f.valid_to is null and f.state = 'active'",
    )
    .bind(assets.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(assets.last().map(|id| id.0))
    .bind(rule_person.map(|id| id.0))
    .bind(rule_team)
    .fetch_all(conn)
    .await?;
    let mut owners: HashMap<AssetId, BTreeSet<PersonId>> = HashMap::new();
    for (asset, person) in rows {
        owners.entry(AssetId(asset)).or_default().insert(PersonId(person));
    }
    Ok(owners)
}

/// Subscriptions of active people that may be about it, from its severity on.
async fn subscribed(conn: &mut PgConnection, event: &Event, dataset: &Asset) -> Result<Vec<SubscriptionRow>> {
    let rows = sqlx::query_as(
        "select s.id, s.person_id, s.about, s.asset_id, s.channel from subscriptions s
         join person_facts f on f.person_id = s.person_id and f.valid_to is null and f.state = 'active'
         where s.valid_to is null and (s.about <> 'asset' or s.asset_id = any($1))
           and array_position(array['low', 'medium', 'high'], s.severity) <= array_position(array['low', 'medium', 'high'], $2)
         order by s.id",
    )
    .bind(dataset.scope_path.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(&event.severity)
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Those of them who are active, see it, and did not do it themselves.
async fn seeing(
    app: &App,
    conn: &mut PgConnection,
    event: &Event,
    dataset: &Asset,
    people: BTreeMap<PersonId, Told>,
) -> Result<BTreeMap<PersonId, Told>> {
    let ids: Vec<i64> = people.keys().map(|id| id.0).collect();
    let active: Vec<i64> = sqlx::query_scalar(
        "select person_id from person_facts where person_id = any($1) and valid_to is null and state = 'active'",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let active: BTreeSet<PersonId> = active.into_iter().map(PersonId).collect();
    let mut told = BTreeMap::new();
    for (person, why) in people {
        if Some(person) == event.by || !active.contains(&person) {
            continue;
        }
        if sees(&*Caller::beside(app, person).scope(Action::See)?, dataset) {
            told.insert(person, why);
        }
    }
    Ok(told)
}
