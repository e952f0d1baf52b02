//! The form of a rule: from its fields to the language, and back.

use cadastre_frontend::Form;
use cadastre_frontend::quality::Kind;
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeMap;

/// What a browser sends.
pub(super) type Fields = BTreeMap<String, String>;

/// The rule that the fields say, for the language to read: what is not filled in is left out.
pub(super) fn rule(kind: Kind, fields: &Fields) -> Value {
    let form = Typed(fields);
    let mut rule = Map::new();
    form.text(&mut rule, "name", "name");
    form.text(&mut rule, "title", "title");
    rule.insert("check".to_owned(), json!({ kind.as_str(): form.check(kind) }));
    if kind.takes_where() {
        form.text(&mut rule, "where", "where");
    }
    if kind.looks_at_values() && form.of("nulls") == "fail" {
        rule.insert("nulls".to_owned(), json!("fail"));
    }
    if kind.counts_rows() {
        let mut tolerance = Map::new();
        form.figure(&mut tolerance, "warn", "warn");
        form.figure(&mut tolerance, "fail", "fail");
        if !tolerance.is_empty() {
            rule.insert("tolerance".to_owned(), Value::Object(tolerance));
        }
        if fields.get("keep_rows").is_none() {
            rule.insert("sample".to_owned(), json!(false));
        }
    }
    for name in ["severity", "dimension", "owner", "correction"] {
        form.text(&mut rule, name, name);
    }
    if kind.has_course() && form.of("learned") != "off" {
        form.text(&mut rule, "learned", "learned");
    }
    if kind.goes_by_watermark() {
        form.text(&mut rule, "watermark", "watermark");
    }
    match form.of("schedule") {
        "after_update" => drop(rule.insert("schedule".to_owned(), json!("after update"))),
        "cron" => {
            let schedule = json!({"cron": form.of("cron"), "zone": form.of("zone")});
            rule.insert("schedule".to_owned(), schedule);
        }
        _ => {}
    }
    Value::Object(rule)
}

struct Typed<'f>(&'f Fields);

impl Typed<'_> {
    fn of(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    fn text(&self, into: &mut Map<String, Value>, name: &str, member: &str) {
        let value = self.of(name);
        if !value.is_empty() {
            into.insert(member.to_owned(), json!(value));
        }
    }

    /// A number as a number; a share, a span or a date as a text.
    fn figure(&self, into: &mut Map<String, Value>, name: &str, member: &str) {
        let value = self.of(name);
        if !value.is_empty() {
            into.insert(member.to_owned(), figure(value));
        }
    }

    fn flag(&self, into: &mut Map<String, Value>, name: &str) {
        if self.0.contains_key(name) {
            into.insert(name.to_owned(), json!(true));
        }
    }

    fn list(&self, into: &mut Map<String, Value>, name: &str, member: &str) {
        let all: Vec<&str> =
            self.of(name).split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if !all.is_empty() {
            into.insert(member.to_owned(), json!(all));
        }
    }

    fn lines(&self, name: &str) -> Vec<&str> {
        self.of(name).lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    }

    fn bounds(&self, into: &mut Map<String, Value>) {
        for name in ["min", "max", "above", "below"] {
            self.figure(into, name, name);
        }
    }

    fn check(&self, kind: Kind) -> Value {
        let mut check = Map::new();
        match kind {
            Kind::Unique | Kind::References => self.list(&mut check, "columns", "columns"),
            Kind::RowCount | Kind::Compare | Kind::Aggregates | Kind::Schema | Kind::Metric | Kind::Sql => {}
            _ => self.text(&mut check, "column", "column"),
        }
        match kind {
            Kind::NotNull => self.flag(&mut check, "blank"),
            Kind::Accepted => self.accepted(&mut check),
            Kind::Range | Kind::Length => self.bounds(&mut check),
            Kind::Pattern => {
                self.text(&mut check, "named", "named");
                self.text(&mut check, "matches", "matches");
            }
            Kind::Castable => self.text(&mut check, "to", "to"),
            Kind::RowCount => {
                self.bounds(&mut check);
                self.text(&mut check, "against", "against");
                self.figure(&mut check, "fall", "fall");
                self.figure(&mut check, "rise", "rise");
            }
            Kind::Freshness => {
                self.text(&mut check, "max_age", "max_age");
                self.text(&mut check, "age_zone", "zone");
            }
            Kind::References => {
                self.text(&mut check, "to_dataset", "dataset");
                self.list(&mut check, "to_columns", "to");
            }
            Kind::Compare => {
                for name in ["left", "operator", "right"] {
                    self.text(&mut check, name, name);
                }
                self.figure(&mut check, "within", "within");
            }
            Kind::Aggregates => self.aggregates(&mut check),
            Kind::Schema => self.schema(&mut check),
            Kind::Metric => {
                self.text(&mut check, "expression", "expression");
                self.bounds(&mut check);
            }
            Kind::Sql => self.text(&mut check, "query", "query"),
            Kind::GapFree => self.text(&mut check, "step", "step"),
            Kind::Unique => {}
        }
        Value::Object(check)
    }

    fn accepted(&self, check: &mut Map<String, Value>) {
        let values: Vec<Value> = self.lines("values").into_iter().map(figure).collect();
        if !values.is_empty() {
            check.insert("values".to_owned(), Value::Array(values));
        }
        let mut from = Map::new();
        self.text(&mut from, "from_dataset", "dataset");
        self.text(&mut from, "from_column", "column");
        if !from.is_empty() {
            check.insert("from".to_owned(), Value::Object(from));
        }
    }

    fn aggregates(&self, check: &mut Map<String, Value>) {
        self.text(check, "aggregate", "left");
        self.text(check, "operator", "operator");
        let mut right = Map::new();
        self.text(&mut right, "right_aggregate", "aggregate");
        self.text(&mut right, "right_dataset", "dataset");
        self.text(&mut right, "right_where", "where");
        check.insert("right".to_owned(), Value::Object(right));
        self.figure(check, "within", "within");
    }

    fn schema(&self, check: &mut Map<String, Value>) {
        let column = |line: &str| match line.split_once(char::is_whitespace) {
            Some((name, kind)) => json!({"name": name, "type": kind.trim()}),
            None => json!(line),
        };
        check.insert("columns".to_owned(), self.lines("schema").into_iter().map(column).collect());
        self.flag(check, "ordered");
        self.flag(check, "others");
    }
}

/// A number where it is one.
fn figure(text: &str) -> Value {
    let number: Option<Number> = serde_json::from_str(text).ok();
    number.map_or_else(|| json!(text), Value::Number)
}

/// The fields of a rule that is there.
pub(super) fn fields(rule: &Value) -> Fields {
    let mut fields = Fields::new();
    let mut put = |name: &str, value: &Value| {
        let text = match value {
            Value::Null => return,
            Value::String(text) => text.clone(),
            Value::Array(all) => {
                let between = if matches!(name, "values" | "schema") { "\n" } else { ", " };
                all.iter().map(line).collect::<Vec<_>>().join(between)
            }
            Value::Bool(true) => "on".to_owned(),
            Value::Bool(false) => return,
            other => other.to_string(),
        };
        fields.insert(name.to_owned(), text);
    };
    for name in [
        "name",
        "title",
        "where",
        "nulls",
        "severity",
        "learned",
        "dimension",
        "owner",
        "watermark",
        "correction",
    ] {
        put(name, &rule[name]);
    }
    put("warn", &rule["tolerance"]["warn"]);
    match &rule["tolerance"] {
        Value::Object(members) => put("fail", members.get("fail").unwrap_or(&Value::Null)),
        limit => put("fail", limit),
    }
    if rule["sample"] != json!(false) {
        put("keep_rows", &json!(true));
    }
    match &rule["schedule"] {
        Value::String(_) => put("schedule", &json!("after_update")),
        Value::Object(members) => {
            put("schedule", &json!("cron"));
            members.iter().for_each(|(name, value)| put(name, value));
        }
        _ => put("schedule", &json!("on_request")),
    }
    if let Some((kind, check)) = rule["check"].as_object().and_then(|members| members.iter().next()) {
        of_check(kind, check, &mut put);
    }
    fields
}

/// An element of a list: a column of a schema with its type.
fn line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(column) => {
            let word = |name: &str| column.get(name).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", word("name"), word("type")).trim().to_owned()
        }
        other => other.to_string(),
    }
}

fn of_check(kind: &str, check: &Value, put: &mut impl FnMut(&str, &Value)) {
    // The short forms.
    let Some(members) = check.as_object() else {
        let name = if kind == "unique" { "columns" } else { "column" };
        put(name, check);
        return;
    };
    for (member, value) in members {
        match (kind, member.as_str()) {
            ("accepted", "from") => {
                put("from_dataset", &value["dataset"]);
                put("from_column", &value["column"]);
            }
            ("references", "dataset") => put("to_dataset", value),
            ("references", "to") => put("to_columns", value),
            ("freshness", "zone") => put("age_zone", value),
            ("aggregates", "left") => put("aggregate", value.get("aggregate").unwrap_or(value)),
            ("aggregates", "right") => {
                put("right_aggregate", &value["aggregate"]);
                put("right_dataset", &value["dataset"]);
                put("right_where", &value["where"]);
            }
            ("schema", "columns") => put("schema", value),
            (_, member) => put(member, value),
        }
    }
}

/// The fields as a form takes them.
pub(super) fn filled(fields: &Fields) -> Form {
    fields.iter().fold(Form::new("rule"), |form, (name, value)| form.with(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_each_kind_comes_back_from_its_fields() {
        for check in [
            json!({"not_null": {"column": "a", "blank": true}}),
            json!({"unique": {"columns": ["a", "b"]}}),
            json!({"accepted": {"column": "a", "values": ["x", 2]}}),
            json!({"accepted": {"column": "a", "from": {"dataset": "s.t", "column": "b"}}}),
            json!({"range": {"column": "a", "min": 0, "max": "2026-01-31"}}),
            json!({"length": {"column": "a", "min": 1, "max": 3}}),
            json!({"pattern": {"column": "a", "named": "email"}}),
            json!({"castable": {"column": "a", "to": "date"}}),
            json!({"row_count": {"min": 1, "against": "yesterday", "fall": "10 %"}}),
            json!({"freshness": {"column": "a", "max_age": "2 h"}}),
            json!({"references": {"columns": ["a"], "dataset": "s.t", "to": ["b"]}}),
            json!({"compare": {"left": "a", "operator": "<=", "right": "b"}}),
            json!({"schema": {"columns": ["a", {"name": "b", "type": "text"}], "ordered": true}}),
            json!({"metric": {"expression": "avg(a)", "min": 0.5}}),
            json!({"sql": {"query": "select 1"}}),
            json!({"gap_free": {"column": "a", "step": "day"}}),
        ] {
            let mut value = json!({
                "name": "r", "check": check, "severity": "high", "schedule": {"cron": "0 4 * * *", "zone": "UTC"},
            });
            if check.get("schema").is_none() && check.get("gap_free").is_none() {
                value["learned"] = json!("low");
            }
            let first = rules::read(&value).unwrap_or_else(|faults| panic!("{check}: {faults:?}"));
            let written = serde_json::to_value(&first).unwrap();
            let kind = Kind::of_word(first.check.kind().as_str()).unwrap();
            let again = rule(kind, &fields(&written));
            assert_eq!(rules::read(&again), Ok(first), "{again}");
        }
    }
}
