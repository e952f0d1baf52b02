//! Home, search, the tree, domains.

use cadastre_model::{
    AssetKind, AssetState, DatasetKind, Language, Origin, Sensitivity, SourceKind, SubjectKind,
};

use super::{Album, HOSTILE, at, id, sources};
use crate::access::AccessPanel;
use crate::catalog::browse::{
    BrowsePage, ContainerAccessPage, ContainerHead, ContainerPage, ContainerRow, EmptyReason,
};
use crate::catalog::dataset::{Owner, OwnerKind};
use crate::catalog::domain::{
    DomainAccessPage, DomainHead, DomainPage, DomainRow, DomainsPage, EditDomainPage,
};
use crate::catalog::search::{Hit, SearchPage};
use crate::home::{Coverage, FirstRun, HomePage, Need, NeedKind, Recent};
use crate::markup::Marked;
use crate::parts::{
    AssetLink, Chip, Crumb, DatasetRow, Facet, FacetOption, Pager, Reason, Said, Subject, Texts,
};
use crate::{Choice, Form, Message, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    home(album)?;
    search(album)?;
    browse(album)?;
    container(album)?;
    domains(album)?;
    edit_domain(album)
}

pub(super) fn link(kind: AssetKind, name: &str) -> AssetLink {
    AssetLink {
        id: id(name.len() as u32 * 31 + kind as u32),
        kind,
        name: name.to_owned(),
        display_name: name.len().is_multiple_of(3).then(|| format!("订单 {name}")),
        path: vec!["shop_prod".to_owned(), "shop".to_owned(), "sales".to_owned()],
    }
}

pub(super) fn said(body: &str, language: Language, origin: Origin) -> Said {
    Said { body: body.to_owned(), language, origin }
}

pub(super) fn texts(body: &str) -> Texts {
    Texts(vec![
        said(
            &format!("**One row** per order. See [docs](https://example.org). {body}"),
            Language::En,
            Origin::Person,
        ),
        said(&format!("orders of the shop {body}"), Language::En, Origin::Source),
        said(&format!("商城订单表,每单一行。{body}"), Language::Zh, Origin::Source),
    ])
}

pub(super) fn somebody(name: &str) -> Subject {
    Subject { kind: SubjectKind::Person, id: id(11), name: name.to_owned() }
}

pub(super) fn owners(name: &str) -> Vec<Owner> {
    let team = Subject { kind: SubjectKind::Team, id: id(12), name: format!("{name} 团队") };
    vec![
        Owner { id: id(13), who: somebody(name), kind: OwnerKind::Business, origin: Origin::Person },
        Owner { id: id(14), who: team, kind: OwnerKind::Technical, origin: Origin::Source },
    ]
}

pub(super) fn crumbs(name: &str) -> Vec<Crumb> {
    ["shop_prod", "shop", name]
        .into_iter()
        .map(|label| Crumb::new(label, format!("/browse/{}", id(5))))
        .collect()
}

pub(super) fn rows(text: &str) -> Vec<DatasetRow> {
    DatasetKind::ALL
        .iter()
        .zip(["orders", "order_items", "v_open_orders", "mv_revenue_by_day", text])
        .enumerate()
        .map(|(n, (kind, name))| DatasetRow {
            link: link(AssetKind::Dataset, name),
            kind: *kind,
            description: (n != 2)
                .then(|| format!("One row per submitted order, including cancelled ones. {text}")),
            columns: 12,
            rows: (n != 3).then_some(48_211_903),
            sensitivity: Sensitivity::ALL[n % 4],
            owner: (n != 1).then(|| format!("Sales Data {text}")),
            changed: Some(at(n as i64 * 90_000)),
            is_gone: n == 4,
        })
        .collect()
}

fn more() -> Pager {
    Pager { shown: 5, total: Some(412), previous: None, next: Some("/search?after=abc".to_owned()) }
}

fn home(album: &mut Album) -> Result<(), RenderError> {
    let needs = |text: &str| {
        NeedKind::ALL
            .into_iter()
            .enumerate()
            .map(|(n, kind)| Need {
                kind,
                count: n as i64 * 4 + 1,
                place: (n % 2 == 1).then(|| link(AssetKind::Schema, "sales")),
                examples: vec!["orders".to_owned(), text.to_owned()],
                href: "/search?described=no".to_owned(),
            })
            .collect::<Vec<_>>()
    };
    let recent = |text: &str, what: bool| {
        (0..4)
            .map(|n| Recent {
                asset: link(
                    [AssetKind::Dataset, AssetKind::Schema, AssetKind::Domain, AssetKind::Source][n],
                    text,
                ),
                at: at(4_000 * n as i64),
                what: what.then(|| Message::new("history-definition")),
                by: (n % 2 == 0).then(|| somebody(text)),
            })
            .collect::<Vec<_>>()
    };
    let coverage = ["home-coverage-described", "home-coverage-columns", "home-coverage-owned"]
        .into_iter()
        .zip([412, 4_900, 31])
        .map(|(key, done)| Coverage {
            key,
            done,
            total: if done > 412 { 6_904 } else { 412 },
            href: "/search".to_owned(),
        })
        .collect::<Vec<_>>();
    let page = |first_run, needs, text: &str| HomePage {
        chrome: album.chrome("/"),
        first_run,
        needs,
        changed: recent(text, true),
        viewed: recent(text, false),
        coverage: coverage.clone(),
        sources: sources::rows(),
    };
    let first = FirstRun { has_source: false, is_crawled: false, has_owner: false, may_add_source: true };
    let mut empty = page(Some(first), Vec::new(), "");
    (empty.changed, empty.viewed, empty.coverage, empty.sources) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let started = FirstRun { has_source: true, is_crawled: true, ..first };
    let samples = [
        ("empty", empty),
        ("started", page(Some(started), needs("orders"), "orders")),
        ("full", page(None, needs("order_items"), "fct_orders")),
        ("hostile", page(None, needs(HOSTILE), HOSTILE)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("home", name, view))
}

fn option(label: &str, count: i64, is_chosen: bool) -> FacetOption {
    FacetOption { label: label.to_owned(), count, href: "/search?kind=table".to_owned(), is_chosen }
}

fn search(album: &mut Album) -> Result<(), RenderError> {
    let facet = |title, options| Facet { title, options, is_open: title != "search-facet-owner" };
    let page = |query: &str, hits: Vec<Hit>, is_register_empty| SearchPage {
        chrome: album.chrome("/search?q=order"),
        query: query.to_owned(),
        kept: vec![("domain".to_owned(), id(7)), ("kind".to_owned(), query.to_owned())],
        facets: vec![
            facet("search-facet-kind", vec![option("Table", 1_240, false), option("View", 8, false)]),
            facet("search-facet-source", vec![option("shop_prod", 21, false), option(query, 1, false)]),
            facet("search-facet-domain", vec![option("Sales", 41, true), option("Finance", 30, false)]),
            facet("search-facet-owner", vec![option("Sales Data", 28, false)]),
        ],
        chips: vec![Chip {
            title: "search-facet-domain",
            label: format!("Sales {query}"),
            href: "/search".to_owned(),
        }],
        clear: "/search".to_owned(),
        total: Some(hits.len() as i64),
        sorts: vec![Choice::new("relevance", "Best match"), Choice::new("name", "Name")],
        sort: "name".to_owned(),
        hits,
        pager: more(),
        without: vec![option("Domain: Sales", 12, false)],
        is_register_empty,
    };
    let hits = |text: &str| {
        rows(text)
            .into_iter()
            .map(|dataset| Hit {
                name: Marked(vec![(dataset.link.name.clone(), false), ("_order".to_owned(), true)]),
                description: dataset.description.clone().map(|text| Marked(vec![(text, false)])),
                reasons: vec![Reason {
                    place: "search-in-column",
                    text: Marked(vec![("net_".to_owned(), false), (text.to_owned(), true)]),
                }],
                quality: Some(super::quality::head_quality().badge),
                dataset,
            })
            .collect()
    };
    let mut empty = page("", Vec::new(), true);
    (empty.facets, empty.chips, empty.pager, empty.kept) =
        (Vec::new(), Vec::new(), Pager::default(), Vec::new());
    let mut fragment = page("order amount", hits("amount"), false);
    fragment.chrome.is_fragment = true;
    let samples = [
        ("empty", empty),
        ("nothing", page("order amount", Vec::new(), false)),
        ("full", page("order amount", hits("amount"), false)),
        ("hostile", page(HOSTILE, hits(HOSTILE), false)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("search", name, view))?;
    album.add("search", "fragment", &fragment)
}

fn browse(album: &mut Album) -> Result<(), RenderError> {
    let page = |sources, pager| BrowsePage { chrome: album.chrome("/browse"), sources, pager, may_add: true };
    let mut hostile = sources::rows();
    hostile[0].name = HOSTILE.to_owned();
    let samples = [
        ("empty", page(Vec::new(), Pager::default())),
        ("full", page(sources::rows(), more())),
        ("hostile", page(hostile, Pager::default())),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("browse", name, view))
}

fn container_head(name: &str, kind: AssetKind) -> ContainerHead {
    ContainerHead {
        id: id(55),
        kind,
        name: name.to_owned(),
        source_kind: SourceKind::Postgresql,
        crumbs: crumbs(name),
        display_names: texts(name),
        descriptions: texts(name),
        owners: owners(name),
        domain: Some(link(AssetKind::Domain, "Sales")),
        sensitivity: Sensitivity::Confidential,
        state: if kind == AssetKind::Schema { AssetState::OutOfScope } else { AssetState::Live },
        at: None,
        may_edit: true,
        may_see_access: true,
    }
}

fn container(album: &mut Album) -> Result<(), RenderError> {
    let page = |name: &str, kind, containers, datasets| ContainerPage {
        chrome: album.chrome("/browse/x"),
        head: container_head(name, kind),
        query: String::new(),
        containers,
        datasets,
        pager: more(),
        empty: Some(EmptyReason { last_crawl: Some(at(600)), filters: vec![format!("{name}.*")] }),
    };
    let schemas = |text: &str| {
        ["raw", "staging", "mart", text]
            .into_iter()
            .map(|name| ContainerRow {
                link: link(AssetKind::Schema, name),
                description: (name == "mart").then(|| format!("What reports read. {text}")),
                datasets: 61,
                unowned: if name == "raw" { 12 } else { 0 },
                state: AssetState::Live,
            })
            .collect::<Vec<_>>()
    };
    let mut past = page("sales", AssetKind::Schema, Vec::new(), rows("x"));
    past.head.at = Some(at(86_400));
    let samples = [
        ("empty", page("tmp", AssetKind::Schema, Vec::new(), Vec::new())),
        ("full", page("shop", AssetKind::Database, schemas("archive"), Vec::new())),
        ("past", past),
        ("hostile", page(HOSTILE, AssetKind::Source, schemas(HOSTILE), rows(HOSTILE))),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("container", name, view))?;
    for (name, text) in [("empty", "sales"), ("full", "sales"), ("hostile", HOSTILE)] {
        let panel = if name == "empty" {
            AccessPanel { grants: Vec::new(), form: None, ..super::access::panel("") }
        } else {
            super::access::panel(text)
        };
        let view = ContainerAccessPage {
            chrome: album.chrome("/browse/x/access"),
            head: container_head(text, AssetKind::Schema),
            panel,
        };
        album.add("container-access", name, &view)?;
    }
    Ok(())
}

fn tree(text: &str) -> Vec<DomainRow> {
    [("Sales", 0), ("Orders", 1), ("Returns", 2), ("Finance", 0), (text, 6)]
        .into_iter()
        .enumerate()
        .map(|(n, (name, depth))| DomainRow {
            id: id(70 + n as u32),
            name: name.to_owned(),
            depth,
            description: (n != 1).then(|| format!("All about {name}")),
            datasets: 12 * n as i64,
            owner: (n == 0).then(|| "Sales steward".to_owned()),
        })
        .collect()
}

fn domain_head(name: &str) -> DomainHead {
    DomainHead {
        id: id(71),
        name: name.to_owned(),
        crumbs: vec![Crumb::new("Sales", "/domains/x")],
        display_names: texts(name),
        descriptions: texts(name),
        owners: owners(name),
        sensitivity: Sensitivity::Internal,
        may_manage: true,
        may_see_access: true,
    }
}

fn domains(album: &mut Album) -> Result<(), RenderError> {
    for (name, rows) in [("empty", Vec::new()), ("full", tree("Customers")), ("hostile", tree(HOSTILE))] {
        let view = DomainsPage { chrome: album.chrome("/domains"), domains: rows, may_add: true };
        album.add("domains", name, &view)?;
    }
    for (name, text, is_full) in
        [("empty", "Sales", false), ("full", "Sales", true), ("hostile", HOSTILE, true)]
    {
        let view = DomainPage {
            chrome: album.chrome("/domains/x"),
            head: domain_head(text),
            below: if is_full { tree(text) } else { Vec::new() },
            datasets: if is_full { rows(text) } else { Vec::new() },
            pager: Pager::default(),
            containers: if is_full { vec![link(AssetKind::Schema, text)] } else { Vec::new() },
            changes: if is_full { super::datasets::changes(text) } else { Vec::new() },
        };
        album.add("domain", name, &view)?;
    }
    let view = DomainAccessPage {
        chrome: album.chrome("/domains/x/access"),
        head: domain_head(HOSTILE),
        panel: super::access::panel(HOSTILE),
    };
    album.add("domain-access", "hostile", &view)
}

fn edit_domain(album: &mut Album) -> Result<(), RenderError> {
    let page = |domain, form| EditDomainPage {
        chrome: album.chrome("/domains/new"),
        version: 0,
        domain,
        form,
        parents: vec![Choice::new(id(70), "Sales"), Choice::new(id(71), "Sales / Orders")],
        inherited: Sensitivity::Internal,
        owner_form: Form::new("owner"),
        may_remove: true,
    };
    let samples = [
        ("empty", page(None, Form::new("domain"))),
        (
            "full",
            page(
                Some(domain_head("Orders")),
                Form::new("domain").with("name", "Orders").with("parent", id(70)),
            ),
        ),
        (
            "hostile",
            page(
                Some(domain_head(HOSTILE)),
                Form::new("domain").with("name", HOSTILE).wrong("name", "source-field-empty"),
            ),
        ),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("domain-edit", name, view))
}
