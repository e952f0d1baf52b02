//! Looking for datasets: one use case, for the page, the API and the export.

use super::filters::{Asker, Facet, Filters};
use super::marks::mark;
use super::queries::{self, Count, Match, Place, Sort};
use super::query::Search;
use crate::access::Caller;
use crate::app::App;
use crate::catalog::rows::{self, DatasetRow};
use crate::error::Result;
use crate::http::{Page, Paging};
use crate::quality;
use cadastre_frontend::quality::Badge;
use cadastre_model::Action;
use std::collections::HashMap;

/// The name of the list, for its cursors.
const LIST: &str = "datasets";

/// Something that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The dataset.
    pub dataset: DatasetRow,
    /// Its name in pieces, with what matched marked.
    pub name: Vec<(String, bool)>,
    /// Its description in pieces.
    pub description: Option<Vec<(String, bool)>>,
    /// What matched beside them.
    pub reasons: Vec<Reason>,
    /// How its rules of quality stand; none where it has none.
    pub quality: Option<Badge>,
}

/// A piece of a dataset that matched.
#[derive(Debug, Clone)]
pub struct Reason {
    /// `column` for a column's name, else the field of a text: `display_name`, `description`, `docs`.
    pub field: String,
    /// The column that the text is about.
    pub column: Option<String>,
    /// The piece, with what matched marked.
    pub piece: Vec<(String, bool)>,
}

/// How many there are of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As it stands in the address; none for datasets that nobody owns.
    pub value: Option<String>,
    /// Its name, where the value is an id.
    pub label: Option<String>,
    /// How many.
    pub count: i64,
}

/// The counts of a search.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// How many are found.
    pub total: i64,
    /// For each filter its values, the most frequent first, counted without regard to the filter itself.
    pub facets: Vec<(Facet, Vec<Value>)>,
    /// For each filter how many there would be without it.
    pub without: Vec<(Facet, i64)>,
}

/// Finds a page of what the caller sees.
///
/// # Errors
/// `Invalid` for a cursor or size that is none.
pub async fn search(
    app: &App,
    caller: &Caller,
    filters: &Filters,
    sort: Sort,
    paging: &Paging,
) -> Result<Page<Hit>> {
    let see = caller.scope(Action::See)?;
    let asker = asker(caller, &see)?;
    let (size, after) = (paging.size()?, paging.after::<Place>(app, LIST)?);
    let Some(search) = read(filters) else { return Ok(Page { items: Vec::new(), next: None }) };
    let mut conn = app.db().web.acquire().await?;
    let found =
        queries::list(&mut conn, &asker, (search.as_ref(), filters), sort, (after.as_ref(), size)).await?;
    let page = Page::of(found, size, app, LIST, Place::clone)?;
    let ids: Vec<_> = page.items.iter().map(Place::asset).collect();
    let datasets = rows::datasets(&mut conn, &see, &ids, caller.language).await?;
    let mut items = match &search {
        Some(search) => {
            let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
            let matches = queries::matches(&mut conn, &ids, &search.words).await?;
            with_reasons(datasets, matches, &search.words)
        }
        None => datasets.into_iter().map(plain).collect(),
    };
    let mut badges = quality::badges(&mut conn, &ids, caller.now).await?;
    for hit in &mut items {
        hit.quality = badges.remove(&hit.dataset.named.id);
    }
    Ok(Page { items, next: page.next })
}

/// Counts what the caller sees of it.
///
/// # Errors
/// When the database does not answer.
pub async fn count(app: &App, caller: &Caller, filters: &Filters) -> Result<Counts> {
    let see = caller.scope(Action::See)?;
    let asker = asker(caller, &see)?;
    let Some(search) = read(filters) else { return Ok(Counts::default()) };
    let mut conn = app.db().web.acquire().await?;
    let counts = queries::count(&mut conn, &asker, search.as_ref(), filters).await?;
    Ok(gathered(counts))
}

fn asker<'a>(caller: &Caller, see: &'a cadastre_access::Scope) -> Result<Asker<'a>> {
    let person = caller.person();
    Ok(Asker { see, person, teams: caller.ask(|rights| rights.teams_of(person))? })
}

/// `None`: something was typed that holds nothing to look for, so that nothing is found.
#[expect(clippy::option_option, reason = "nothing typed and nothing to look for are two things")]
fn read(filters: &Filters) -> Option<Option<Search>> {
    if filters.q.trim().is_empty() { Some(None) } else { Search::read(&filters.q).map(Some) }
}

fn plain(dataset: DatasetRow) -> Hit {
    Hit {
        name: vec![(dataset.named.name.clone(), false)],
        description: dataset.description.clone().map(|text| vec![(text, false)]),
        dataset,
        reasons: Vec::new(),
        quality: None,
    }
}

fn with_reasons(datasets: Vec<DatasetRow>, matches: Vec<Match>, words: &[String]) -> Vec<Hit> {
    let mut by_dataset: HashMap<i64, Vec<Match>> = HashMap::new();
    for found in matches {
        by_dataset.entry(found.dataset_id).or_default().push(found);
    }
    let hit = |dataset: DatasetRow| {
        let found = by_dataset.remove(&dataset.named.id.0).unwrap_or_default();
        // The name and the description that are shown say it themselves.
        let is_shown = |found: &Match| {
            let shown = if found.field == "display_name" {
                &dataset.named.display_name
            } else {
                &dataset.description
            };
            found.column.is_none() && shown.as_ref().is_some_and(|text| text.contains(&found.piece))
        };
        let reasons = found.into_iter().filter(|found| !is_shown(found)).map(|found| Reason {
            field: found.field,
            column: found.column,
            piece: mark(&found.piece, words),
        });
        Hit {
            name: mark(&dataset.named.name, words),
            description: dataset.description.as_deref().map(|text| mark(text, words)),
            reasons: reasons.filter(|reason| reason.piece.iter().any(|piece| piece.1)).take(3).collect(),
            quality: None,
            dataset,
        }
    };
    datasets.into_iter().map(hit).collect()
}

fn gathered(counts: Vec<Count>) -> Counts {
    let mut all = Counts { facets: Facet::ALL.map(|facet| (facet, Vec::new())).into(), ..Counts::default() };
    for count in counts {
        let named = |word: &str| Facet::ALL.into_iter().find(|facet| facet.as_str() == word);
        match (count.of.as_str(), named(&count.of)) {
            ("total", _) => all.total = count.n,
            ("without", _) => {
                all.without.extend(count.value.as_deref().and_then(named).map(|facet| (facet, count.n)));
            }
            (_, Some(facet)) => {
                let value = Value { value: count.value, label: count.label, count: count.n };
                all.facets
                    .iter_mut()
                    .filter(|(of, _)| *of == facet)
                    .for_each(|(_, values)| values.push(value.clone()));
            }
            _ => {}
        }
    }
    for (_, values) in &mut all.facets {
        values.sort_by(|a, b| (b.count, &a.label, &a.value).cmp(&(a.count, &b.label, &b.value)));
    }
    all
}
