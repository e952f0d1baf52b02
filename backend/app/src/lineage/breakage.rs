//! What breaks when definitions change or something goes: asked before it happens, as by a pull request's check.
//!
//! A column that a changed definition no longer fills, or that is to be dropped, breaks what is made from it; one that is
//! made in another way changes it.

use super::edges::EdgeKey;
use super::handed::{self, HandIn};
use super::jobs;
use super::reading;
use super::show::eyes::Eyes;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::visible;
use crate::error::{Failure, Result};
use cadastre_access::Scope;
use cadastre_lineage::{Direction, ImpactAsk, Level, NodeId, Sight};
use cadastre_model::{Action, AssetId, ColumnId, How, Message};
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many that are affected are named for each change; the rest are counted.
const NAMED: usize = 200;

/// What is about to happen.
#[derive(Debug, Clone, Default)]
pub struct Planned {
    /// Definitions as they are to be.
    pub texts: HandIn,
    /// What is to be dropped: a dataset or a column, by its name from the right: `mart.daily` or `mart.daily.total`.
    pub drops: Vec<String>,
}

/// How bad it is. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing that is known depends on what changes.
    None,
    /// Something is made from what changes.
    Changes,
    /// Something is made from what goes.
    Breaks,
}

/// What happens to a column or a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// It goes, or nothing fills it any more.
    Goes,
    /// It is made in another way.
    Changes,
}

/// What comes of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Breakage {
    /// How bad it is.
    pub severity: Severity,
    /// What happens, the worst first.
    pub changes: Vec<Changed>,
    /// The same in Markdown, as for a pull request.
    pub markdown: String,
}

/// One thing that happens.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Changed {
    /// The dataset.
    pub dataset: String,
    /// Its column; none: the dataset as a whole.
    pub column: Option<String>,
    /// What happens to it.
    pub what: Happening,
    /// What is made from it, the nearest first; at most 200.
    pub affected: Vec<AffectedJson>,
    /// How many there are in all.
    pub total: usize,
}

/// Something that is affected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AffectedJson {
    /// The id of the dataset.
    pub id: Uuid,
    /// Its name.
    pub dataset: String,
    /// The column.
    pub column: Option<String>,
    /// How many hops away.
    pub hop: u32,
    /// How it is made on the last of them.
    pub how: Vec<String>,
    /// Who owns the dataset.
    pub owners: Vec<String>,
}

/// A place in the graph to which something happens.
type Node = (AssetId, Option<ColumnId>);

/// Says what would break, by page or API: as far as the caller sees it.
///
/// # Errors
/// As [`handed::hand_in`]; `Invalid` for a drop that names nothing the caller sees.
pub async fn ask(app: &App, caller: &Caller, planned: &Planned) -> Result<Breakage> {
    let see = caller.scope(Action::See)?;
    ask_as(app, Some(&see), planned).await
}

/// The same for the operator, who sees everything.
///
/// # Errors
/// As [`ask`].
pub async fn ask_as(app: &App, see: Option<&Arc<Scope>>, planned: &Planned) -> Result<Breakage> {
    let mut conn = app.db().web.acquire().await?;
    let eyes = see.map(|see| Eyes::of(Arc::clone(see)));
    let see = see.map(AsRef::as_ref);
    let mut happens = BTreeMap::new();
    if !planned.texts.texts.is_empty() {
        for (node, what) in redefined(&mut conn, see, &planned.texts).await? {
            happens.insert(node, what);
        }
    }
    for name in &planned.drops {
        happens.insert(dropped(&mut conn, see, name).await?, Happening::Goes);
    }
    let mut found: Vec<(Node, Happening, Vec<Hit>)> = happens
        .into_iter()
        .map(|(node, what)| Ok((node, what, hits(app, eyes.as_ref(), node)?)))
        .collect::<Result<_>>()?;
    found.sort_by_key(|(node, what, hits)| (hits.is_empty(), *what, *node));
    let names = Names::of(&mut conn, see, &found).await?;
    drop(conn);
    let changes: Vec<Changed> = found.into_iter().map(|one| names.changed(one)).collect();
    let severity = changes.iter().filter(|one| one.total > 0).map(|one| match one.what {
        Happening::Goes => Severity::Breaks,
        Happening::Changes => Severity::Changes,
    });
    let severity = severity.max().unwrap_or(Severity::None);
    Ok(Breakage { severity, markdown: markdown(severity, &changes), changes })
}

/// What the new definitions no longer fill, or fill in another way. A job that is not known yet changes nothing.
async fn redefined(
    conn: &mut PgConnection,
    see: Option<&Scope>,
    batch: &HandIn,
) -> Result<Vec<(Node, Happening)>> {
    let told = handed::told(conn, batch).await?;
    let facts = told.iter().map(|told| told.facts.clone()).collect();
    let new = reading::found(conn, facts).await?;
    let mut happens = Vec::new();
    for (told, new) in told.iter().zip(new) {
        let Some(job) = jobs::find(conn, &told.namespace, &told.name).await? else { continue };
        if let Some(see) = see
            && visible::of(conn, see, [job]).await?.is_empty()
        {
            continue;
        }
        let old = super::edges::open_keys(conn, job).await?;
        happens.extend(differing(&by_column(old), &by_column(new)));
    }
    if let Some(see) = see {
        // A job that is seen may fill what is not.
        let seen = visible::of(conn, see, happens.iter().map(|(node, _)| node.0)).await?;
        happens.retain(|(node, _)| seen.contains(&node.0));
    }
    Ok(happens)
}

/// What makes each column, and each dataset as a whole.
type Makes = BTreeMap<Node, BTreeSet<(Option<AssetId>, Option<ColumnId>, How)>>;

fn by_column(edges: Vec<EdgeKey>) -> Makes {
    let mut makes = Makes::new();
    for edge in edges {
        let Some(to) = edge.to else { continue };
        let sources = makes.entry((to, edge.to_column)).or_default();
        // What only decides rows changes none by itself.
        if edge.to_column.is_some() {
            sources.insert((edge.from, edge.from_column, edge.how));
        }
    }
    makes
}

fn differing(old: &Makes, new: &Makes) -> Vec<(Node, Happening)> {
    let change = |(node, sources): (&Node, &BTreeSet<_>)| match new.get(node) {
        None => Some((*node, Happening::Goes)),
        Some(now) if now != sources => Some((*node, Happening::Changes)),
        Some(_) => None,
    };
    old.iter().filter_map(change).collect()
}

/// A dataset or a column by its name, from the right.
async fn dropped(conn: &mut PgConnection, see: Option<&Scope>, name: &str) -> Result<Node> {
    let unknown = || Failure::invalid("drops", Message::new("impact-unknown").arg("name", name));
    let several = || Failure::invalid("drops", Message::new("impact-several").arg("name", name));
    let parts: Vec<String> = name.split('.').map(|part| part.trim().to_owned()).collect();
    let datasets = ending(conn, see, &parts).await?;
    if let [one] = datasets[..] {
        return Ok((one, None));
    }
    if datasets.len() > 1 {
        return Err(several());
    }
    let (column, table) = parts.split_last().ok_or_else(unknown)?;
    let datasets = ending(conn, see, table).await?;
    let columns: Vec<(i64, i64)> = sqlx::query_as(
        "select dataset_id, column_id from column_facts where dataset_id = any($1) and path = array[$2] and valid_to is null",
    )
    .bind(datasets.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind(column)
    .fetch_all(conn)
    .await?;
    match columns[..] {
        [(dataset, column)] => Ok((AssetId(dataset), Some(ColumnId(column)))),
        [] => Err(unknown()),
        _ => Err(several()),
    }
}

/// Datasets whose open name ends so. What somebody does not see has no name for them, so each part must be of something seen.
async fn ending(conn: &mut PgConnection, see: Option<&Scope>, parts: &[String]) -> Result<Vec<AssetId>> {
    let Some(last) = parts.last().filter(|last| !last.is_empty()) else { return Ok(Vec::new()) };
    let rows: Vec<(i64, Option<i64>, Option<i64>)> = sqlx::query_as(
        "select distinct a.id, a.parent_id, a.source_id from assets a join names n on n.asset_id = a.id and n.valid_to is null and n.origin <> 'former'
         where a.kind = 'dataset' and a.name = $1 and a.state in ('live', 'referenced')
           and n.path[greatest(cardinality(n.path) - $2 + 1, 1):] = $3",
    )
    .bind(last)
    .bind(i32::try_from(parts.len()).unwrap_or(i32::MAX))
    .bind(parts)
    .fetch_all(&mut *conn)
    .await?;
    // The dataset, what it lies in, its source: as many as there are parts.
    let spoken_of = |(id, parent, source): &(i64, Option<i64>, Option<i64>)| {
        let ids = [Some(*id), *parent, *source].into_iter().take(parts.len());
        ids.flatten().map(AssetId).collect::<Vec<_>>()
    };
    let datasets = rows.iter().map(|row| (AssetId(row.0), spoken_of(row)));
    let Some(see) = see else { return Ok(datasets.map(|(id, _)| id).collect()) };
    let seen = visible::of(conn, see, rows.iter().flat_map(spoken_of)).await?;
    Ok(datasets.filter(|(_, ids)| ids.iter().all(|id| seen.contains(id))).map(|(id, _)| id).collect())
}

/// Something that is reached.
#[derive(Debug, Clone, Copy)]
struct Hit {
    node: Node,
    hop: u32,
    hows: cadastre_lineage::Hows,
}

/// What is made from a column; of a dataset as a whole, what reads it. What only influences rows counts too: it would fail.
fn hits(app: &App, eyes: Option<&Eyes>, node: Node) -> Result<Vec<Hit>> {
    let (from, level) = match node {
        (_, Some(column)) => (NodeId::Column(column), Level::Columns),
        (asset, None) => (NodeId::Asset(asset), Level::Datasets),
    };
    let ask = ImpactAsk::whole(from, Direction::Down, level);
    let impact = app.lineage().ask(|graph| match eyes {
        Some(eyes) => eyes.look(|sight| graph.impact(sight, &ask)),
        // The operator sees everything.
        None => graph.impact(Sight::everything(), &ask),
    })?;
    let hit = |one: &cadastre_lineage::Affected| Hit {
        node: (one.asset, if let NodeId::Column(column) = one.node { Some(column) } else { None }),
        hop: one.hop,
        hows: one.hows,
    };
    Ok(impact.reached.iter().filter(|one| one.hop > 0).map(hit).collect())
}

/// A dataset by ids and name, with the id and name of its schema.
type DatasetRow = (i64, Uuid, String, Option<i64>, Option<String>);

/// The names of all that is spoken of.
struct Names {
    datasets: HashMap<AssetId, (Uuid, String)>,
    columns: HashMap<ColumnId, String>,
    owners: HashMap<AssetId, Vec<String>>,
}

impl Names {
    async fn of(
        conn: &mut PgConnection,
        see: Option<&Scope>,
        found: &[(Node, Happening, Vec<Hit>)],
    ) -> Result<Self> {
        let nodes: Vec<Node> = found
            .iter()
            .flat_map(|(node, _, hits)| {
                std::iter::once(*node).chain(hits.iter().take(NAMED).map(|hit| hit.node))
            })
            .collect();
        let assets: Vec<i64> =
            nodes.iter().map(|node| node.0.0).collect::<BTreeSet<_>>().into_iter().collect();
        let columns: Vec<ColumnId> = nodes.iter().filter_map(|node| node.1).collect();
        let rows: Vec<DatasetRow> = sqlx::query_as(
            "select a.id, a.public_id, a.name, s.id, s.name from assets a
             left join assets s on s.id = a.parent_id and s.kind in ('schema', 'database') where a.id = any($1)",
        )
        .bind(&assets)
        .fetch_all(&mut *conn)
        .await?;
        let above: HashSet<AssetId> = rows.iter().filter_map(|row| row.3).map(AssetId).collect();
        let seen = match see {
            Some(see) => visible::of(conn, see, above).await?,
            None => above,
        };
        let dataset = |(id, public, name, parent, schema): DatasetRow| {
            let schema = schema.filter(|_| parent.is_some_and(|id| seen.contains(&AssetId(id))));
            let name = schema.map_or(name.clone(), |schema| format!("{schema}.{name}"));
            (AssetId(id), (public, name))
        };
        let datasets = rows.into_iter().map(dataset).collect();
        let columns = super::job::columns(conn, &columns).await?;
        let owned: Vec<(i64, String)> = sqlx::query_as(
            "select o.asset_id, coalesce(p.display_name, t.name) from owners o
                left join person_facts p on p.person_id = o.person_id and p.valid_to is null
                left join team_facts t on t.team_id = o.team_id and t.valid_to is null
             where o.asset_id = any($1) and o.origin <> 'proposal' and o.valid_to is null
               and coalesce(p.display_name, t.name) is not null
             order by o.asset_id, o.kind, o.valid_from, o.id",
        )
        .bind(&assets)
        .fetch_all(conn)
        .await?;
        let mut owners: HashMap<AssetId, Vec<String>> = HashMap::new();
        for (asset, name) in owned {
            owners.entry(AssetId(asset)).or_default().push(name);
        }
        let columns = columns.into_iter().map(|(id, (_, name))| (id, name)).collect();
        Ok(Self { datasets, columns, owners })
    }

    fn changed(&self, (node, what, hits): (Node, Happening, Vec<Hit>)) -> Changed {
        let name = |node: Node| self.datasets.get(&node.0).cloned().unwrap_or_default();
        let column = |node: Node| node.1.and_then(|column| self.columns.get(&column).cloned());
        let affected = hits.iter().take(NAMED).map(|hit| {
            let (id, dataset) = name(hit.node);
            AffectedJson {
                id,
                dataset,
                column: column(hit.node),
                hop: hit.hop,
                how: hit.hows.iter().map(|how| how.as_str().to_owned()).collect(),
                owners: self.owners.get(&hit.node.0).cloned().unwrap_or_default(),
            }
        });
        Changed {
            dataset: name(node).1,
            column: column(node),
            what,
            affected: affected.collect(),
            total: hits.len(),
        }
    }
}

/// For a pull request: a table a change, nothing where nothing depends on it.
fn markdown(severity: Severity, changes: &[Changed]) -> String {
    let mut text = String::from(match severity {
        Severity::None => "### Lineage: nothing that is known depends on this\n",
        Severity::Changes => "### Lineage: this changes what others are made from\n",
        Severity::Breaks => "### Lineage: this breaks what others are made from\n",
    });
    for change in changes.iter().filter(|change| change.total > 0) {
        let what = if change.what == Happening::Goes { "goes" } else { "is made in another way" };
        let name = full(&change.dataset, change.column.as_ref());
        text.push_str(&format!("\n**{}** {what}: {} affected\n\n", cell(&name), change.total));
        text.push_str("| affected | hops | how | owners |\n|---|---|---|---|\n");
        for one in &change.affected {
            let name = full(&one.dataset, one.column.as_ref());
            let (how, owners) = (one.how.join(", "), one.owners.join(", "));
            text.push_str(&format!("| {} | {} | {how} | {} |\n", cell(&name), one.hop, cell(&owners)));
        }
        if change.total > change.affected.len() {
            text.push_str(&format!("\nand {} more\n", change.total - change.affected.len()));
        }
    }
    text
}

fn full(dataset: &str, column: Option<&String>) -> String {
    column.map_or(dataset.to_owned(), |column| format!("{dataset}.{column}"))
}

/// A name in a cell of a table: what Markdown or HTML would take for its own is written out.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' => safe.extend(['\\', c]),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
