//! From a JSON value to a check: one function a kind.

use super::members::{Faults, Members, Node};
use super::values::{Bounds, Limit, Scalar, Within};
use super::{
    Accepted, Aggregates, CastTo, Castable, Check, Compare, Elsewhere, Freshness, GapFree, Kind, Length,
    Metric, Named, NotNull, Operator, Past, Pattern, Range, References, RowCount, SchemaColumn, SchemaIs,
    Side, Sql, Step, Unique,
};
use crate::fault::{Expected, Wrong};
use serde_json::Value;
use std::cmp::Ordering;

/// Patterns are not longer, in bytes.
const PATTERN: usize = 1024;
/// Accepted values are not more: a longer list belongs into a dataset.
const VALUES: usize = 5_000;
/// Nor longer together, in bytes.
const VALUES_BYTES: usize = 128 * 1024;

/// Reads a check: a mapping of one member, the kind.
pub(super) fn check(faults: &mut Faults, node: &Node<'_>) -> Option<Check> {
    let kinds = Kind::ALL.map(Kind::as_str);
    let Value::Object(map) = node.value else {
        faults.note(&node.at, Wrong::NotA { expected: Expected::Object });
        return None;
    };
    let Some((word, value)) = map.iter().next().filter(|_| map.len() == 1) else {
        faults.note(&node.at, Wrong::OneOf { members: kinds.join(", ") });
        return None;
    };
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == word) else {
        let member = super::members::shortened(word);
        faults.note(&node.at, Wrong::UnknownMember { member, allowed: kinds.join(", ") });
        return None;
    };
    of_kind(faults, kind, &Node::new(value, format!("{}.{word}", node.at)))
}

fn of_kind(faults: &mut Faults, kind: Kind, node: &Node<'_>) -> Option<Check> {
    Some(match kind {
        Kind::NotNull => Check::NotNull(not_null(faults, node)?),
        Kind::Unique => Check::Unique(unique(faults, node)?),
        Kind::Accepted => Check::Accepted(accepted(faults, node)?),
        Kind::Range => Check::Range(range(faults, node)?),
        Kind::Length => Check::Length(length(faults, node)?),
        Kind::Pattern => Check::Pattern(pattern(faults, node)?),
        Kind::Castable => Check::Castable(castable(faults, node)?),
        Kind::RowCount => Check::RowCount(row_count(faults, node)?),
        Kind::Freshness => Check::Freshness(freshness(faults, node)?),
        Kind::References => Check::References(references(faults, node)?),
        Kind::Compare => Check::Compare(compare(faults, node)?),
        Kind::Aggregates => Check::Aggregates(aggregates(faults, node)?),
        Kind::Schema => Check::Schema(schema(faults, node)?),
        Kind::Metric => Check::Metric(metric(faults, node)?),
        Kind::Sql => Check::Sql(sql(faults, node)?),
        Kind::GapFree => Check::GapFree(gap_free(faults, node)?),
    })
}

/// A member that is a text and has to be there.
fn text(faults: &mut Faults, members: &Members<'_>, name: &str) -> Option<String> {
    members.need(faults, name)?.text(faults)
}

fn not_null(faults: &mut Faults, node: &Node<'_>) -> Option<NotNull> {
    if node.value.is_string() {
        return Some(NotNull { column: node.text(faults)?, blank: false });
    }
    let members = node.members(faults, &["column", "blank"])?;
    let blank = members.get("blank").and_then(|node| node.flag(faults)).unwrap_or(false);
    Some(NotNull { column: text(faults, &members, "column")?, blank })
}

fn unique(faults: &mut Faults, node: &Node<'_>) -> Option<Unique> {
    if !node.value.is_object() {
        return Some(Unique { columns: node.texts(faults)? });
    }
    let members = node.members(faults, &["columns"])?;
    Some(Unique { columns: members.need(faults, "columns")?.texts(faults)? })
}

fn accepted(faults: &mut Faults, node: &Node<'_>) -> Option<Accepted> {
    let members = node.members(faults, &["column", "values", "from"])?;
    let column = text(faults, &members, "column");
    let values = members.get("values").and_then(|node| values(faults, &node));
    let from = members.get("from").and_then(|node| {
        let members = node.members(faults, &["dataset", "column"])?;
        let (dataset, column) = (text(faults, &members, "dataset"), text(faults, &members, "column"));
        Some(Elsewhere { dataset: dataset?, column: column? })
    });
    if members.get("values").is_some() == members.get("from").is_some() {
        faults.note(&members.at, Wrong::OneOf { members: "values, from".to_owned() });
    }
    Some(Accepted { column: column?, values, from })
}

fn values(faults: &mut Faults, node: &Node<'_>) -> Option<Vec<Scalar>> {
    let items = node.list(faults)?;
    if items.len() > VALUES {
        faults.note(&node.at, Wrong::TooMuch { limit: VALUES as u64 });
        return None;
    }
    let mut seen = std::collections::HashSet::new();
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        let Some(value) = item.scalar(faults) else { continue };
        if !seen.insert(value.clone()) {
            let word = super::members::shortened(&value.to_string());
            faults.note(&item.at, Wrong::Twice { word });
        }
        values.push(value);
    }
    let bytes: usize = values.iter().map(|value| value.to_string().len()).sum();
    if bytes > VALUES_BYTES {
        faults.note(&node.at, Wrong::TooMuch { limit: VALUES_BYTES as u64 });
    }
    Some(values)
}

const BOUNDS: [&str; 4] = ["min", "max", "above", "below"];

/// Reads the four bounds; of `min`/`above` and of `max`/`below` at most one each.
fn bounds<'v, T>(
    faults: &mut Faults,
    members: &Members<'v>,
    read: impl Fn(&Node<'v>, &mut Faults) -> Option<T>,
    order: impl Fn(&T, &T) -> Option<Ordering>,
) -> Bounds<T> {
    let [min, max, above, below] = BOUNDS.map(|name| members.get(name).and_then(|node| read(&node, faults)));
    for (one, other, names) in [(&min, &above, "min, above"), (&max, &below, "max, below")] {
        if one.is_some() && other.is_some() {
            faults.note(&members.at, Wrong::OneOf { members: names.to_owned() });
        }
    }
    let bounds = Bounds { min, max, above, below };
    let inclusive = bounds.min.is_some() && bounds.max.is_some();
    if let (Some(low), Some(high)) =
        (bounds.min.as_ref().or(bounds.above.as_ref()), bounds.max.as_ref().or(bounds.below.as_ref()))
    {
        match order(low, high) {
            Some(Ordering::Greater) => faults.note(&members.at, Wrong::Empty),
            Some(Ordering::Equal) if !inclusive => faults.note(&members.at, Wrong::Empty),
            _ => {}
        }
    }
    bounds
}

fn some_bound<T>(faults: &mut Faults, members: &Members<'_>, bounds: &Bounds<T>) {
    if bounds.is_open() && BOUNDS.iter().all(|name| members.get(name).is_none()) {
        faults.note(&members.at, Wrong::SomeOf { members: BOUNDS.join(", ") });
    }
}

fn numbers(faults: &mut Faults, members: &Members<'_>) -> Bounds<super::values::Decimal> {
    bounds(faults, members, Node::number, |a, b| Some(a.cmp(b)))
}

fn range(faults: &mut Faults, node: &Node<'_>) -> Option<Range> {
    let members = node.members(faults, &["column", "min", "max", "above", "below"])?;
    let column = text(faults, &members, "column");
    let order = |a: &Scalar, b: &Scalar| match (a, b) {
        (Scalar::Number(a), Scalar::Number(b)) => Some(a.cmp(b)),
        _ => None,
    };
    let bounds = bounds(faults, &members, Node::scalar, order);
    some_bound(faults, &members, &bounds);
    Some(Range { column: column?, bounds })
}

fn length(faults: &mut Faults, node: &Node<'_>) -> Option<Length> {
    let members = node.members(faults, &["column", "min", "max"])?;
    let column = text(faults, &members, "column");
    let [min, max] = ["min", "max"].map(|name| members.get(name).and_then(|node| node.whole(faults)));
    if members.get("min").is_none() && members.get("max").is_none() {
        faults.note(&members.at, Wrong::SomeOf { members: "min, max".to_owned() });
    }
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        faults.note(&members.at, Wrong::Empty);
    }
    Some(Length { column: column?, min, max })
}

fn pattern(faults: &mut Faults, node: &Node<'_>) -> Option<Pattern> {
    let members = node.members(faults, &["column", "matches", "named"])?;
    let column = text(faults, &members, "column");
    let matches = members.get("matches").and_then(|node| {
        let text = node.text(faults)?;
        if text.len() > PATTERN {
            faults.note(&node.at, Wrong::NotA { expected: Expected::Pattern });
        }
        Some(text)
    });
    let named = members.get("named").and_then(|node| node.word(faults, &Named::ALL, Named::as_str));
    if members.get("matches").is_some() == members.get("named").is_some() {
        faults.note(&members.at, Wrong::OneOf { members: "matches, named".to_owned() });
    }
    Some(Pattern { column: column?, matches, named })
}

fn castable(faults: &mut Faults, node: &Node<'_>) -> Option<Castable> {
    let members = node.members(faults, &["column", "to"])?;
    let column = text(faults, &members, "column");
    let to = members.need(faults, "to").and_then(|node| node.word(faults, &CastTo::ALL, CastTo::as_str));
    Some(Castable { column: column?, to: to? })
}

fn row_count(faults: &mut Faults, node: &Node<'_>) -> Option<RowCount> {
    let members = node.members(faults, &["min", "max", "above", "below", "against", "fall", "rise"])?;
    let bounds = numbers(faults, &members);
    let against = members.get("against").and_then(|node| node.word(faults, &Past::ALL, Past::as_str));
    let [fall, rise] = ["fall", "rise"].map(|name| members.get(name).and_then(|node| node.limit(faults)));
    let has = |name: &str| members.get(name).is_some();
    if !has("against") && !has("fall") && !has("rise") {
        some_bound(faults, &members, &bounds);
    }
    if has("against") && !has("fall") && !has("rise") {
        faults.note(&members.at, Wrong::SomeOf { members: "fall, rise".to_owned() });
    }
    if !has("against") && (has("fall") || has("rise")) {
        faults.note(&format!("{}.against", members.at), Wrong::Missing);
    }
    Some(RowCount { bounds, against, fall, rise })
}

fn freshness(faults: &mut Faults, node: &Node<'_>) -> Option<Freshness> {
    let members = node.members(faults, &["column", "max_age", "zone"])?;
    let column = text(faults, &members, "column");
    let max_age = members.need(faults, "max_age").and_then(|node| node.span(faults));
    let zone = members.get("zone").and_then(|node| node.zone(faults));
    Some(Freshness { column: column?, max_age: max_age?, zone })
}

fn references(faults: &mut Faults, node: &Node<'_>) -> Option<References> {
    let members = node.members(faults, &["columns", "dataset", "to"])?;
    let columns = members.need(faults, "columns").and_then(|node| node.texts(faults));
    let dataset = text(faults, &members, "dataset");
    let to = members.need(faults, "to").and_then(|node| node.texts(faults));
    let (columns, to) = (columns?, to?);
    if columns.len() != to.len() {
        faults.note(&members.at, Wrong::Sides { left: columns.len(), right: to.len() });
    }
    Some(References { columns, dataset: dataset?, to })
}

fn operator(faults: &mut Faults, members: &Members<'_>) -> Option<Operator> {
    members.need(faults, "operator")?.word(faults, &Operator::ALL, Operator::as_str)
}

fn only_with_same(faults: &mut Faults, members: &Members<'_>, operator: Option<Operator>) {
    if let Some(node) = members.get("within")
        && operator.is_some_and(|operator| operator != Operator::Same)
    {
        faults.note(&node.at, Wrong::NotFor { check: operator.map_or("", Operator::as_str).to_owned() });
    }
}

fn compare(faults: &mut Faults, node: &Node<'_>) -> Option<Compare> {
    let members = node.members(faults, &["left", "operator", "right", "within"])?;
    let (left, right) = (text(faults, &members, "left"), text(faults, &members, "right"));
    let operator = operator(faults, &members);
    let within = members.get("within").and_then(|node| node.number(faults));
    only_with_same(faults, &members, operator);
    Some(Compare { left: left?, operator: operator?, right: right?, within })
}

fn aggregates(faults: &mut Faults, node: &Node<'_>) -> Option<Aggregates> {
    let members = node.members(faults, &["left", "operator", "right", "within"])?;
    let left = text(faults, &members, "left");
    let operator = operator(faults, &members);
    let right = members.need(faults, "right").and_then(|node| side(faults, &node));
    let within = members.get("within").and_then(|node| within(faults, &node));
    only_with_same(faults, &members, operator);
    Some(Aggregates { left: left?, operator: operator?, right: right?, within })
}

fn side(faults: &mut Faults, node: &Node<'_>) -> Option<Side> {
    if node.value.is_string() {
        return Some(Side { aggregate: node.text(faults)?, dataset: None, filter: None });
    }
    let members = node.members(faults, &["aggregate", "dataset", "where"])?;
    let aggregate = text(faults, &members, "aggregate");
    let dataset = members.get("dataset").and_then(|node| node.text(faults));
    let filter = members.get("where").and_then(|node| node.text(faults));
    Some(Side { aggregate: aggregate?, dataset, filter })
}

fn within(faults: &mut Faults, node: &Node<'_>) -> Option<Within> {
    if let Value::String(text) = node.value
        && text.trim_end().ends_with('%')
    {
        return match Limit::parse(text) {
            Some(share) => Some(Within::Share(share)),
            None => {
                faults.note(&node.at, Wrong::NotA { expected: Expected::Limit });
                None
            }
        };
    }
    node.number(faults).map(Within::Absolute)
}

fn schema(faults: &mut Faults, node: &Node<'_>) -> Option<SchemaIs> {
    let members = node.members(faults, &["columns", "ordered", "others"])?;
    let mut columns: Vec<SchemaColumn> = Vec::new();
    for item in members.need(faults, "columns")?.list(faults)? {
        let Some(column) = schema_column(faults, &item) else { continue };
        if columns.iter().any(|before| before.name == column.name) {
            faults.note(&item.at, Wrong::Twice { word: super::members::shortened(&column.name) });
        }
        columns.push(column);
    }
    let [ordered, others] =
        ["ordered", "others"].map(|name| members.get(name).and_then(|node| node.flag(faults)));
    Some(SchemaIs { columns, ordered: ordered.unwrap_or(false), others: others.unwrap_or(false) })
}

fn schema_column(faults: &mut Faults, node: &Node<'_>) -> Option<SchemaColumn> {
    if node.value.is_string() {
        return Some(SchemaColumn { name: node.text(faults)?, written: None });
    }
    let members = node.members(faults, &["name", "type"])?;
    let name = text(faults, &members, "name");
    let written = members.get("type").and_then(|node| node.text(faults));
    Some(SchemaColumn { name: name?, written })
}

fn metric(faults: &mut Faults, node: &Node<'_>) -> Option<Metric> {
    let members = node.members(faults, &["expression", "min", "max", "above", "below"])?;
    let expression = text(faults, &members, "expression");
    let bounds = numbers(faults, &members);
    some_bound(faults, &members, &bounds);
    Some(Metric { expression: expression?, bounds })
}

fn sql(faults: &mut Faults, node: &Node<'_>) -> Option<Sql> {
    if node.value.is_string() {
        return Some(Sql { query: node.text(faults)? });
    }
    let members = node.members(faults, &["query"])?;
    Some(Sql { query: text(faults, &members, "query")? })
}

fn gap_free(faults: &mut Faults, node: &Node<'_>) -> Option<GapFree> {
    let members = node.members(faults, &["column", "step"])?;
    let column = text(faults, &members, "column");
    let step = members.need(faults, "step").and_then(|node| node.word(faults, &Step::ALL, Step::as_str));
    Some(GapFree { column: column?, step: step? })
}
