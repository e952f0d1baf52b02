//! Datasets, columns, and their forms.

use cadastre_model::{
    AssetKind, AssetState, ColumnType, ConstraintKind, DatasetKind, Language, Origin, Role, Sensitivity,
    SourceKind, TextField, Via,
};

use super::catalog::{crumbs, link, owners, rows, said, somebody, texts};
use super::{Album, HOSTILE, access, at, id};
use crate::access::AccessPanel;
use crate::catalog::column::{ColumnHome, ColumnPage};
use crate::catalog::dataset::{
    ColumnRow, Constraint, DatasetAccessPage, DatasetHead, DocsPage, HistoryPage, SchemaPage,
};
use crate::catalog::edit::{EditAssetPage, EditColumnPage};
use crate::catalog::history::{Change, Entry, FIELDS, Sign};
use crate::parts::{Pager, Texts};
use crate::{Choice, Form, Message, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    schema(album)?;
    tabs(album)?;
    column(album)?;
    edit(album)
}

fn constraints(text: &str) -> Vec<Constraint> {
    ConstraintKind::ALL
        .iter()
        .map(|kind| Constraint {
            kind: *kind,
            name: format!("orders_{kind}"),
            columns: vec!["order_id".to_owned(), text.to_owned()],
            refers_to: (*kind == ConstraintKind::Foreign)
                .then(|| ("sales.customers".to_owned(), Some(format!("/d/{}", id(3))))),
            definition: format!("CHECK (order_id > 0) -- {text}"),
        })
        .collect()
}

pub(super) fn head(text: &str) -> DatasetHead {
    DatasetHead {
        id: id(500),
        name: text.to_owned(),
        kind: DatasetKind::Table,
        source_kind: SourceKind::Postgresql,
        crumbs: crumbs("sales"),
        state: AssetState::Live,
        display_names: Texts(vec![
            said("Orders", Language::En, Origin::Person),
            said("订单", Language::Zh, Origin::Person),
        ]),
        descriptions: texts(text),
        owners: owners(text),
        domain: Some(link(AssetKind::Domain, "Sales")),
        sensitivity: Sensitivity::Confidential,
        columns: 10,
        rows: Some(48_211_903),
        bytes: Some(12_240_656_794),
        source_owner: Some("shop_owner".to_owned()),
        crawled: Some(at(18_000)),
        written: Some(at(3_600)),
        reads: Some((1_204, 30)),
        changed: Some(at(90_000)),
        my_roles: vec![Role::Steward, Role::Analyst],
        constraints: constraints(text),
        details: vec![("dataset-partitioned", format!("RANGE (order_ts) {text}"))],
        at: None,
        may_edit: true,
        may_see_access: true,
        quality: Some(super::quality::head_quality()),
        may_see_profile: true,
    }
}

fn bare() -> DatasetHead {
    DatasetHead {
        display_names: Texts::default(),
        descriptions: Texts::default(),
        owners: Vec::new(),
        domain: None,
        state: AssetState::Tombstoned,
        sensitivity: Sensitivity::Internal,
        columns: 0,
        rows: None,
        bytes: None,
        source_owner: None,
        crawled: None,
        written: None,
        reads: None,
        changed: None,
        my_roles: Vec::new(),
        constraints: Vec::new(),
        details: Vec::new(),
        may_edit: false,
        may_see_access: false,
        quality: None,
        may_see_profile: false,
        ..head("tmp_load_0611")
    }
}

fn columns(text: &str) -> Vec<ColumnRow> {
    ["order_id", "customer_id", "order_ts", "status", "net_amount", "payload", text]
        .into_iter()
        .enumerate()
        .map(|(n, name)| ColumnRow {
            id: id(600 + n as u32),
            path: if n == 6 { vec!["payload".to_owned(), name.to_owned()] } else { vec![name.to_owned()] },
            type_written: ["bigint", "bigint", "timestamp with time zone", "character varying(16)"][n % 4]
                .to_owned(),
            kind: ColumnType::ALL[n],
            nullable: n > 2,
            default: (n == 3).then(|| format!("'new' {text}")),
            keys: match n {
                0 => vec![ConstraintKind::Primary],
                1 => vec![ConstraintKind::Foreign, ConstraintKind::Index],
                3 => vec![ConstraintKind::Check, ConstraintKind::Unique],
                _ => Vec::new(),
            },
            display_names: if n == 4 {
                Texts(vec![said("Net amount", Language::En, Origin::Person)])
            } else {
                Texts::default()
            },
            descriptions: if n % 2 == 0 { texts(text) } else { Texts::default() },
            sensitivity: (n == 1).then_some(Sensitivity::Secret),
        })
        .collect()
}

fn schema(album: &mut Album) -> Result<(), RenderError> {
    let page = |head, columns, definition, missing_right| SchemaPage {
        chrome: album.chrome("/d/x"),
        head,
        query: String::new(),
        columns,
        pager: Pager { shown: 7, total: Some(10_000), previous: None, next: Some("/d/x?after=1".to_owned()) },
        definition,
        missing_right,
    };
    let mut past = page(head("fct_orders"), columns("channel"), None, None);
    (past.head.at, past.chrome.url) = (Some(at(86_400)), "/d/x?at=2026-11-19T17:00".to_owned());
    let statement =
        |text: &str| Some(format!("SELECT o.order_id,\n       o.status\n  FROM orders o -- {text}"));
    let samples = [
        (
            "empty",
            page(
                bare(),
                Vec::new(),
                None,
                Some("GRANT USAGE ON SCHEMA sales TO cadastre_reader;".to_owned()),
            ),
        ),
        ("full", page(head("fct_orders"), columns("channel"), statement("open"), None)),
        ("past", past),
        ("hostile", page(head(HOSTILE), columns(HOSTILE), statement(HOSTILE), None)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("dataset", name, view))
}

fn tabs(album: &mut Album) -> Result<(), RenderError> {
    for (name, text) in [("empty", ""), ("full", "orders"), ("hostile", HOSTILE)] {
        let (head, is_full) = if text.is_empty() { (bare(), false) } else { (head(text), true) };
        let view = HistoryPage {
            chrome: album.chrome("/d/x/history"),
            head: head.clone(),
            changes: if is_full { changes(text) } else { Vec::new() },
            pager: Pager::default(),
        };
        album.add("dataset-history", name, &view)?;
        let docs = if is_full { texts(text) } else { Texts::default() };
        album.add(
            "dataset-docs",
            name,
            &DocsPage { chrome: album.chrome("/d/x/docs"), head: head.clone(), docs },
        )?;
        let panel = AccessPanel {
            form: if is_full { access::panel(text).form } else { None },
            ..access::panel(text)
        };
        album.add(
            "dataset-access",
            name,
            &DatasetAccessPage { chrome: album.chrome("/d/x/access"), head, panel },
        )?;
    }
    Ok(())
}

pub(super) fn changes(text: &str) -> Vec<Change> {
    Via::ALL
        .iter()
        .enumerate()
        .map(|(n, via)| Change {
            id: id(800 + n as u32),
            at: at(50_000 * n as i64 + 300),
            who: (*via != Via::Crawl).then(|| somebody(if n == 0 { text } else { "Sales steward" })),
            via: *via,
            what: Message::new("edit-title").arg("name", text),
            reason: (n == 0).then(|| format!("Asked for in the review. {text}")),
            entries: FIELDS
                .iter()
                .skip(n * 3)
                .take(3)
                .enumerate()
                .map(|(k, field)| Entry {
                    sign: [Sign::Added, Sign::Removed, Sign::Changed][k],
                    subject: if k == 0 { String::new() } else { format!("order_items.{text}") },
                    field: Message::new(field),
                    before: (k > 0).then(|| format!("varchar(12) {text}")),
                    after: (k != 1).then(|| format!("varchar(16) {text}")),
                })
                .collect(),
            more: if n == 1 { 41 } else { 0 },
            as_of: (n > 0).then(|| "/d/x?at=2026-11-19T00:00:00Z".to_owned()),
        })
        .collect()
}

fn column(album: &mut Album) -> Result<(), RenderError> {
    let page = |n: usize, text: &str, is_full: bool| ColumnPage {
        chrome: album.chrome("/d/x/c/y"),
        dataset: ColumnHome { id: id(500), name: text.to_owned(), crumbs: crumbs(text) },
        column: columns(text)[n].clone(),
        sensitivity: Sensitivity::Secret,
        lineage: is_full.then(|| super::lineage::of_column(text)),
        constraints: if is_full { constraints(text) } else { Vec::new() },
        same_name: if is_full { rows(text) } else { Vec::new() },
        changes: if is_full { changes(text) } else { Vec::new() },
        at: (n == 4).then(|| at(90_000)),
        may_edit: is_full,
    };
    let samples = [
        ("empty", page(5, "orders", false)),
        ("full", page(0, "orders", true)),
        ("past", page(4, "orders", true)),
        ("hostile", page(6, HOSTILE, true)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("column", name, view))
}

fn edit(album: &mut Album) -> Result<(), RenderError> {
    for (name, text) in [("empty", "orders"), ("full", "orders"), ("hostile", HOSTILE)] {
        let is_full = name != "empty";
        let typed = Form::new("texts")
            .with("display_name_en", text)
            .with("description_zh", text)
            .with("docs_en", text);
        let source_texts = vec![(TextField::Description, texts(text))];
        let asset = EditAssetPage {
            chrome: album.chrome("/d/x/edit"),
            asset: link(AssetKind::Dataset, text),
            crumbs: crumbs(text),
            version: 7,
            texts: Some(if is_full {
                typed.clone().wrong("description_zh", "source-field-nul")
            } else {
                Form::new("texts")
            }),
            source_texts: if is_full { source_texts.clone() } else { Vec::new() },
            owners: Some((if is_full { owners(text) } else { Vec::new() }, Form::new("owner"))),
            domain: is_full.then(|| {
                (
                    Form::new("domain").with("domain", id(70)),
                    vec![Choice::new(id(70), text)],
                    Some(text.to_owned()),
                )
            }),
            sensitivity: is_full
                .then(|| (Form::new("level").with("sensitivity", "secret"), Sensitivity::Internal)),
        };
        album.add("asset-edit", name, &asset)?;
        let column = EditColumnPage {
            chrome: album.chrome("/d/x/c/y/edit"),
            dataset: link(AssetKind::Dataset, text),
            column: id(601),
            name: text.to_owned(),
            crumbs: crumbs(text),
            version: 7,
            texts: Some(if is_full { typed } else { Form::new("texts") }),
            source_texts,
            sensitivity: is_full.then(|| (Form::new("level"), Sensitivity::Internal)),
        };
        album.add("column-edit", name, &column)?;
    }
    Ok(())
}
