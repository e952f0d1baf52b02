//! What is wrong is said with its place, all at once, and with what is allowed.

use rules::{Dimension, Document, Kind, Limit, Severity, Span, Wrong, read};
use serde_json::{Value, json};

fn faults(value: &Value) -> Vec<String> {
    read(value).map(|rule| format!("{rule:?}")).unwrap_err().iter().map(ToString::to_string).collect()
}

fn of_check(check: &Value) -> Vec<String> {
    faults(&json!({"name": "r", "check": check}))
}

#[test]
fn the_least_rule_has_its_defaults() {
    let rule = read(&json!({"name": "id-there", "check": {"not_null": "id"}})).unwrap();
    assert_eq!(rule.severity, Severity::Medium);
    assert_eq!(rule.dimension(), Dimension::Completeness);
    assert!(rule.sample);
    assert!(rule.tolerance.fail == Limit::Rows(0) && rule.tolerance.warn.is_none());
}

#[test]
fn an_unknown_member_is_named_with_what_is_allowed_wherever_it_stands() {
    assert_eq!(
        faults(&json!({"name": "r", "check": {"not_null": "id"}, "severty": "low"})),
        [
            "`severty` is not known here; known are name, title, check, where, nulls, tolerance, severity, learned, dimension, owner, watermark, sample, correction, schedule"
        ]
    );
    for (check, said) in [
        (
            json!({"not_nul": "id"}),
            "check: `not_nul` is not known here; known are not_null, unique, accepted",
        ),
        (
            json!({"not_null": {"columns": "id"}}),
            "check.not_null: `columns` is not known here; known are column, blank",
        ),
        (
            json!({"range": {"column": "a", "minimum": 1}}),
            "check.range: `minimum` is not known here; known are column, min, max, above, below",
        ),
        (
            json!({"accepted": {"column": "a", "from": {"table": "t"}}}),
            "check.accepted.from: `table` is not known here; known are dataset, column",
        ),
        (
            json!({"schema": {"columns": [{"nam": "a"}]}}),
            "check.schema.columns[0]: `nam` is not known here; known are name, type",
        ),
    ] {
        let faults = of_check(&check);
        assert!(faults.iter().any(|fault| fault.starts_with(said)), "{faults:#?}");
    }
    // Each kind refuses a stranger.
    for kind in Kind::ALL {
        let faults = of_check(&json!({kind.as_str(): {"stranger": 1}}));
        let said = format!("check.{}: `stranger` is not known here", kind.as_str());
        assert!(faults.iter().any(|fault| fault.starts_with(&said)), "{faults:#?}");
    }
}

#[test]
fn everything_wrong_is_said_at_once() {
    let wrong = json!({
        "name": "a b",
        "check": {"range": {"column": "", "min": 5, "max": 1}},
        "tolerance": "some",
        "severity": "awful",
        "sample": "no",
        "schedule": {"cron": "0 4 * * *", "zone": "Europe Berlin"},
        "watermark": 1,
        "dimension": "beauty",
    });
    assert_eq!(
        faults(&wrong),
        [
            "name: not a name of letters, digits, `.`, `_` and `-`, at most 100",
            "check.range.column: not a text",
            "check.range: the lower bound lies above the upper one",
            "watermark: not a text",
            "tolerance: not a number of rows (10) or a share (0.5 %)",
            "severity: `awful` is none of low, medium, high",
            "dimension: `beauty` is none of completeness, uniqueness, validity, accuracy, consistency, timeliness",
            "sample: not true or false",
            "schedule.zone: not a time zone",
        ]
    );
}

#[test]
fn what_excludes_itself_or_means_nothing_is_refused() {
    for (rule, said) in [
        (json!({"check": {"not_null": "a"}, "nulls": "fail"}), "nulls: means nothing for the check not_null"),
        (
            json!({"check": {"row_count": {"min": 1}}, "tolerance": 5}),
            "tolerance: means nothing for the check row_count",
        ),
        (json!({"check": {"sql": "SELECT 1"}, "where": "a"}), "where: means nothing for the check sql"),
        (
            json!({"check": {"metric": {"expression": "sum(a)", "max": 1}}, "sample": false}),
            "sample: means nothing for the check metric",
        ),
        (
            json!({"check": {"unique": "a"}, "watermark": "at"}),
            "watermark: no watermark: what was counted once may count otherwise later",
        ),
        (
            json!({"check": {"accepted": {"column": "a"}}}),
            "check.accepted: exactly one of values, from has to be given",
        ),
        (
            json!({"check": {"pattern": {"column": "a", "matches": "x", "named": "uuid"}}}),
            "check.pattern: exactly one of matches, named has to be given",
        ),
        (
            json!({"check": {"range": {"column": "a"}}}),
            "check.range: at least one of min, max, above, below has to be given",
        ),
        (
            json!({"check": {"range": {"column": "a", "min": 1, "above": 1}}}),
            "check.range: exactly one of min, above has to be given",
        ),
        (
            json!({"check": {"range": {"column": "a", "above": 1, "below": 1}}}),
            "check.range: the lower bound lies above the upper one",
        ),
        (
            json!({"check": {"row_count": {"against": "yesterday"}}}),
            "check.row_count: at least one of fall, rise has to be given",
        ),
        (json!({"check": {"row_count": {"fall": "5 %"}}}), "check.row_count.against: missing"),
        (
            json!({"check": {"references": {"columns": ["a", "b"], "dataset": "d", "to": "c"}}}),
            "check.references: 2 columns here, 1 there",
        ),
        (json!({"check": {"unique": ["a", "a"]}}), "check.unique[1]: `a` stands there twice"),
        (
            json!({"check": {"accepted": {"column": "a", "values": ["x", "x"]}}}),
            "check.accepted.values[1]: `x` stands there twice",
        ),
        (
            json!({"check": {"accepted": {"column": "a", "values": []}}}),
            "check.accepted.values: not a list with something in it",
        ),
        (
            json!({"check": {"accepted": {"column": "a", "values": [null]}}}),
            "check.accepted.values[0]: not a number, a text or true or false",
        ),
        (
            json!({"check": {"compare": {"left": "a", "operator": "<", "right": "b", "within": 1}}}),
            "check.compare.within: means nothing for the check <",
        ),
        (
            json!({"check": {"compare": {"left": "a", "operator": "==", "right": "b"}}}),
            "check.compare.operator: `==` is none of <, <=, =, <>, >=, >",
        ),
        (
            json!({"check": {"not_null": "a"}, "tolerance": {"warn": 5, "fail": 1}}),
            "tolerance: the lower bound lies above the upper one",
        ),
        (json!({"check": {"not_null": "a\u{0}b"}}), "check.not_null: not a text"),
        (
            json!({"check": {"accepted": {"column": "a", "values": ["\u{0}"]}}}),
            "check.accepted.values[0]: not a number, a text or true or false",
        ),
        (
            json!({"check": {"not_null": "a", "unique": "a"}}),
            "check: exactly one of not_null, unique, accepted",
        ),
        (
            json!({"check": {"pattern": {"column": "a", "matches": "x".repeat(1025)}}}),
            "check.pattern.matches: not a pattern of at most 1024 bytes",
        ),
    ] {
        let mut rule = rule;
        rule["name"] = json!("r");
        let faults = faults(&rule);
        assert!(faults.len() == 1 && faults[0].starts_with(said), "{said}: {faults:#?}");
    }
}

#[test]
fn limits_spans_and_their_forms() {
    for (text, limit) in [
        ("10", Some(Limit::Rows(10))),
        ("0.5 %", Some(Limit::Share(5_000_000))),
        ("100%", Some(Limit::Share(1_000_000_000))),
        ("0.0000001 %", Some(Limit::Share(1))),
        ("0.00000001 %", None),
        ("-1", None),
        ("-1 %", None),
        ("5 percent", None),
        ("99999999999999999999 %", None),
    ] {
        assert_eq!(Limit::parse(text), limit, "{text}");
    }
    assert!(!Limit::parse("7 %").unwrap().is_exceeded(7, 100));
    assert!(Limit::parse("7 %").unwrap().is_exceeded(8, 100));
    assert!(!Limit::parse("7 %").unwrap().is_exceeded(0, 0));
    for (text, seconds) in [
        ("90 m", Some(5_400)),
        ("26h", Some(93_600)),
        ("2 w", Some(1_209_600)),
        ("1.5 h", None),
        ("h", None),
        ("99999999999999999999 s", None),
        ("999999999 w", None),
        ("5", None),
    ] {
        assert_eq!(Span::parse(text).map(Span::as_seconds), seconds, "{text}");
    }
    assert_eq!(Span::seconds(93_600).to_string(), "26 h");
    assert_eq!(Span::seconds(0).to_string(), "0 s");
}

#[test]
fn yaml_says_the_place_of_a_fault_and_refuses_what_is_no_yaml() {
    let read = |text: &str| -> Vec<String> {
        Document::read(text).unwrap_err().iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        read(
            "dataset: a\nrules:\n  - name: x\n    check: { not_null: a }\n  - name: x\n    check: { not_null: 5 }\n"
        ),
        ["rules[1].check.not_null: not a mapping"]
    );
    assert_eq!(
        read(
            "dataset: a\nrules:\n  - name: x\n    check: { not_null: a }\n  - name: x\n    check: { not_null: b }\n"
        ),
        ["rules[1]: `x` stands there twice"]
    );
    assert_eq!(
        read(
            "dataset: a\nrules: [{name: x, check: {not_null: a}}]\n---\nrules: [{name: x, check: {not_null: a}}]\n"
        ),
        ["[1]: exactly one of dataset, datasets has to be given"]
    );
    let twice = Document::read("dataset: a\ndataset: b\nrules: []\n").unwrap_err();
    assert!(matches!(twice[0].wrong, Wrong::Yaml { line: 2, .. }), "{twice:?}");
    for text in ["", "dataset: [", "a: &a [*a]", "- 1", "dataset: a\nrules: !!binary x", "\u{0}", "rules: {{"]
    {
        assert!(Document::read(text).is_err(), "{text}");
    }
    // Ten to the tenth.
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..10 {
        let before = format!("*a{}, ", i - 1).repeat(10);
        bomb.push_str(&format!("a{i}: &a{i} [{}]\n", before.trim_end_matches(", ")));
    }
    assert!(Document::read(&bomb).is_err());
    assert!(Document::read(&"[".repeat(100_000)).is_err());
}

#[test]
fn a_selection_is_by_name_and_tags() {
    let documents = Document::read(
        "datasets: {name: 'shop.*.orders_*', tags: [pii]}\nrules: [{name: x, check: {not_null: a}}]",
    )
    .unwrap();
    let rules::Target::All(selection) = &documents[0].target else { panic!("a selection") };
    for (name, tags, is) in [
        ("shop.public.orders_2026", &["pii", "gold"][..], true),
        ("shop.public.orders_", &["pii"], true),
        ("shop.orders_2026", &["pii"], false),
        ("shop.public.orders", &["pii"], false),
        ("shop.public.orders_2026", &[], false),
        ("workshop.public.orders_1", &["pii"], false),
    ] {
        assert_eq!(selection.holds(name, tags), is, "{name} {tags:?}");
    }
}
