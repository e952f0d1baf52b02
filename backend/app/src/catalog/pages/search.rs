//! The list of datasets with its search box and filters. The address says all.

use super::view;
use crate::app::App;
use crate::catalog::search::{self, Counts, Facet, Filters, Hit, Reason, Sort, Value};
use crate::error::Result;
use crate::http::{Member, Paging, Params, html};
use axum::extract::State;
use axum::response::Response;
use cadastre_frontend::catalog::search::{Hit as ShownHit, QUALITY, SearchPage};
use cadastre_frontend::parts::{Chip, Facet as ShownFacet, FacetOption, Pager, Reason as ShownReason};
use cadastre_frontend::{Choice, Marked, T, excerpt, href};
use cadastre_model::{DatasetKind, Sensitivity};
use serde::Deserialize;

/// How many hits a page has.
const HITS: i64 = 25;

/// The most values of a filter that are shown, those that are set apart.
const VALUES: usize = 12;

#[derive(Debug, Deserialize)]
pub(super) struct Rest {
    sort: Option<Sort>,
    after: Option<String>,
}

/// GET /search
pub(super) async fn search(
    State(app): State<App>,
    member: Member,
    Params(filters): Params<Filters>,
    Params(rest): Params<Rest>,
) -> Result<Response> {
    let sort = rest.sort.unwrap_or_default();
    let paging = Paging { cursor: rest.after, limit: Some(HITS) };
    let found = search::search(&app, &member.caller, &filters, sort, &paging).await?;
    let counts = search::count(&app, &member.caller, &filters).await?;
    let address = Address { filters: &filters, sort };
    let mut chrome = member.chrome(&app);
    chrome.search.clone_from(&filters.q);
    let t = chrome.t;
    let is_narrowed = !filters.q.trim().is_empty() || address.pairs().iter().any(|(name, _)| *name != "sort");
    let page = SearchPage {
        query: filters.q.clone(),
        kept: address.kept(),
        facets: counts.facets.iter().map(|(facet, values)| address.facet(&t, *facet, values)).collect(),
        chips: address.chips(&t, &counts),
        clear: Address { filters: &Filters { q: filters.q.clone(), ..Filters::default() }, sort }.url(&[]),
        total: Some(counts.total),
        sorts: Sort::ALL.map(|sort| Choice::new(sort.as_str(), t.s(sort_key(sort)))).into(),
        sort: sort.as_str().to_owned(),
        pager: Pager {
            shown: i64::try_from(found.items.len()).unwrap_or(0),
            total: Some(counts.total),
            previous: None,
            next: found.next.map(|cursor| address.url(&[("after", cursor)])),
        },
        without: if counts.total == 0 { address.without(&t, &counts) } else { Vec::new() },
        is_register_empty: counts.total == 0 && !is_narrowed,
        hits: found.items.iter().map(hit).collect(),
        chrome,
    };
    html(&member.visitor, &page)
}

const fn sort_key(sort: Sort) -> &'static str {
    match sort {
        Sort::Relevance => "search-sort-relevance",
        Sort::Name => "search-sort-name",
        Sort::Changed => "search-sort-changed",
    }
}

const fn title(facet: Facet) -> &'static str {
    match facet {
        Facet::Kind => "search-facet-kind",
        Facet::Source => "search-facet-source",
        Facet::Schema => "search-facet-schema",
        Facet::Domain => "search-facet-domain",
        Facet::Sensitivity => "search-facet-sensitivity",
        Facet::Owner => "search-facet-owner",
        Facet::Described => "search-facet-described",
        Facet::Quality => "search-facet-quality",
    }
}

/// The address of this search, and of those beside it.
struct Address<'a> {
    filters: &'a Filters,
    sort: Sort,
}

impl Address<'_> {
    /// The filters that are set and the order, without the words.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let values =
            |facet: Facet| self.filters.values(facet).into_iter().map(move |value| (facet.as_str(), value));
        let sort = (self.sort != Sort::default()).then(|| ("sort", self.sort.as_str().to_owned()));
        Facet::ALL.into_iter().flat_map(values).chain(sort).collect()
    }

    /// What the form sends again beside the words and the order.
    fn kept(&self) -> Vec<(String, String)> {
        let pairs = self.pairs().into_iter().filter(|(name, _)| *name != "sort");
        pairs.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn url(&self, more: &[(&str, String)]) -> String {
        self.of(self.pairs(), more)
    }

    /// The address with a value set, or taken away where it is set.
    fn toggled(&self, facet: Facet, value: &str) -> String {
        let mut pairs = self.pairs();
        let before = pairs.len();
        pairs.retain(|(name, set)| *name != facet.as_str() || set != value);
        if pairs.len() == before {
            pairs.push((facet.as_str(), value.to_owned()));
        }
        self.of(pairs, &[])
    }

    fn of(&self, pairs: Vec<(&'static str, String)>, more: &[(&str, String)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.filters.q.is_empty() {
            query.append_pair("q", &self.filters.q);
        }
        query.extend_pairs(pairs).extend_pairs(more);
        let query = query.finish();
        if query.is_empty() { href::search() } else { format!("{}?{query}", href::search()) }
    }

    fn facet(&self, t: &T, facet: Facet, values: &[Value]) -> ShownFacet {
        let set = self.filters.values(facet);
        let is_set = |value: &Value| set.contains(&word(value));
        let few = values.iter().enumerate().filter(|(place, value)| *place < VALUES || is_set(value));
        ShownFacet {
            title: title(facet),
            options: few
                .map(|(_, value)| FacetOption {
                    label: label(t, facet, &word(value), value.label.as_deref()),
                    count: value.count,
                    href: self.toggled(facet, &word(value)),
                    is_chosen: is_set(value),
                })
                .collect(),
            is_open: matches!(facet, Facet::Kind | Facet::Source | Facet::Schema),
        }
    }

    fn chips(&self, t: &T, counts: &Counts) -> Vec<Chip> {
        let chip = |facet: Facet, value: String| {
            let known = counts.facets.iter().filter(|(of, _)| *of == facet).flat_map(|(_, values)| values);
            let name = known.filter(|known| word(known) == value).find_map(|known| known.label.clone());
            Chip {
                title: title(facet),
                label: label(t, facet, &value, name.as_deref()),
                href: self.toggled(facet, &value),
            }
        };
        let set = |facet: Facet| self.filters.values(facet).into_iter().map(move |value| (facet, value));
        Facet::ALL.into_iter().flat_map(set).map(|(facet, value)| chip(facet, value)).collect()
    }

    /// Where nothing is found: what there would be without one of the filters that are set.
    fn without(&self, t: &T, counts: &Counts) -> Vec<FacetOption> {
        let helps = |(facet, count): &&(Facet, i64)| *count > 0 && !self.filters.values(*facet).is_empty();
        let option = |(facet, count): &(Facet, i64)| {
            let pairs = self.pairs().into_iter().filter(|(name, _)| *name != facet.as_str()).collect();
            FacetOption {
                label: t.s(title(*facet)),
                count: *count,
                href: self.of(pairs, &[]),
                is_chosen: false,
            }
        };
        counts.without.iter().filter(helps).map(option).collect()
    }
}

fn word(value: &Value) -> String {
    value.value.clone().unwrap_or_else(|| "none".to_owned())
}

fn label(t: &T, facet: Facet, value: &str, name: Option<&str>) -> String {
    let word = match facet {
        Facet::Kind => value.parse::<DatasetKind>().ok().map(|kind| t.w(&kind)),
        Facet::Sensitivity => value.parse::<Sensitivity>().ok().map(|level| t.w(&level)),
        Facet::Described if value == "yes" => Some(t.s("search-described-yes")),
        Facet::Described => Some(t.s("search-described-no")),
        Facet::Quality => QUALITY.iter().find(|(word, _)| *word == value).map(|(_, key)| t.s(key)),
        Facet::Owner if value == "none" => Some(t.s("owner-none")),
        Facet::Owner if value == "me" => Some(t.s("search-owner-me")),
        _ => None,
    };
    word.or_else(|| name.map(ToOwned::to_owned)).unwrap_or_else(|| value.to_owned())
}

fn hit(hit: &Hit) -> ShownHit {
    let dataset = view::dataset_row(&hit.dataset);
    // Marked where it is short enough to be shown as it stands; else its first words.
    let description = dataset.description.as_ref().map(|text| match &hit.description {
        Some(pieces) if pieces.iter().map(|piece| piece.0.as_str()).collect::<String>() == *text => {
            Marked(pieces.clone())
        }
        _ => Marked(vec![(excerpt(text, 160), false)]),
    });
    ShownHit {
        name: Marked(hit.name.clone()),
        description,
        reasons: hit.reasons.iter().map(reason).collect(),
        quality: hit.quality,
        dataset,
    }
}

fn reason(reason: &Reason) -> ShownReason {
    let place = match (reason.field.as_str(), &reason.column) {
        ("column", _) => "search-in-column",
        ("display_name", None) => "search-in-display-name",
        ("docs", _) => "search-in-docs",
        (_, Some(_)) => "search-in-column-description",
        (_, None) => "search-in-description",
    };
    let mut text = reason.piece.clone();
    if let Some(column) = &reason.column {
        text.insert(0, (format!("{column}: "), false));
    }
    ShownReason { place, text: Marked(text) }
}
