//! What is printed reads back as the same, whatever texts stand in it.

use proptest::prelude::*;
use rules::{Document, Kind, Rule, Target, read};
use serde_json::{Value, json};

/// Texts as people write them, and what YAML could take for something else.
fn text() -> impl Strategy<Value = String> {
    let words = [
        "no",
        "null",
        "~",
        "true",
        "1e5",
        "0x10",
        "0o7",
        "1_000",
        ".inf",
        ".nan",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a",
        "'",
        "\"",
        "\\",
        "[a]",
        "{a}",
        ",",
        "?",
        ":",
        "|",
        ">",
        "<<",
        "=",
        " a",
        "a ",
        "a\nb",
        "a\n",
        "\n  a\n b",
        "a\tb",
        "---",
        "...",
        "2026-01-01",
        "12:30",
        "\u{85}a",
        "a\u{2028}b",
        "\u{feff}a",
        "a\u{7}b",
        "ü",
        "中文",
        "🦀",
    ];
    prop_oneof![
        prop::sample::select(words.map(str::to_owned).to_vec()),
        "[^\u{0}]{1,12}".prop_filter("not blank", |text| !text.trim().is_empty()),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(|n| json!(n)),
        (-1_000_000_i64..1_000_000, 1_u32..4)
            .prop_map(|(n, places)| json!(n as f64 / 10_f64.powi(places as i32))),
        Just(json!("12345678901234567890.123456789")),
    ]
}

fn check() -> impl Strategy<Value = Value> {
    let kind = prop::sample::select(Kind::ALL.to_vec());
    (kind, text(), text(), number(), any::<u16>(), any::<bool>()).prop_map(|(kind, a, b, n, many, flag)| {
        let operator = if flag { "=" } else { "<>" };
        match kind {
            Kind::NotNull => json!({"not_null": {"column": a, "blank": flag}}),
            Kind::Unique if flag || a == b => json!({"unique": a}),
            Kind::Unique => json!({"unique": [a, b]}),
            Kind::Accepted if flag => json!({"accepted": {"column": a, "values": [b, n, true]}}),
            Kind::Accepted => json!({"accepted": {"column": a, "from": {"dataset": b, "column": a}}}),
            Kind::Range if flag => json!({"range": {"column": a, "min": n}}),
            Kind::Range => json!({"range": {"column": a, "below": b}}),
            Kind::Length => json!({"length": {"column": a, "max": many}}),
            Kind::Pattern if flag => json!({"pattern": {"column": a, "matches": b}}),
            Kind::Pattern => json!({"pattern": {"column": a, "named": "china_resident_id"}}),
            Kind::Castable => json!({"castable": {"column": a, "to": "timestamp"}}),
            Kind::RowCount if flag => json!({"row_count": {"min": n}}),
            Kind::RowCount => json!({"row_count": {"against": "last_week", "fall": many, "rise": "12.5 %"}}),
            Kind::Freshness => json!({"freshness": {"column": a, "max_age": format!("{many} m"), "zone": "Asia/Shanghai"}}),
            Kind::References => json!({"references": {"columns": [a], "dataset": b, "to": [b]}}),
            Kind::Compare => json!({"compare": {"left": a, "operator": operator, "right": b}}),
            Kind::Aggregates if flag => {
                json!({"aggregates": {"left": a, "operator": "=", "right": b, "within": "0.1 %"}})
            }
            Kind::Aggregates => {
                json!({"aggregates": {"left": a, "operator": "=", "right": {"aggregate": b, "dataset": a, "where": b}, "within": n}})
            }
            Kind::Schema => json!({"schema": {"columns": [{"name": a, "type": b}], "ordered": flag, "others": !flag}}),
            Kind::Metric => json!({"metric": {"expression": a, "above": n}}),
            Kind::Sql => json!({"sql": {"query": a}}),
            Kind::GapFree => json!({"gap_free": {"column": a, "step": "day"}}),
        }
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let maybe = || prop::option::of(text());
    (check(), maybe(), maybe(), maybe(), any::<u8>(), any::<bool>()).prop_map(
        |(check, title, owner, filter, n, flag)| {
            let kind = Kind::ALL.into_iter().find(|kind| check.get(kind.as_str()).is_some()).unwrap();
            let mut rule = json!({"name": format!("r{n}"), "check": check});
            let mut set = |member: &str, value: Value| rule[member] = value;
            if let Some(title) = title {
                set("title", json!(title));
            }
            if let Some(owner) = owner {
                set("owner", json!(owner));
                set("correction", json!(owner));
                set("schedule", json!({"cron": owner, "zone": "UTC"}));
            }
            if let Some(filter) = filter.filter(|_| !matches!(kind, Kind::Sql | Kind::Schema)) {
                set("where", json!(filter));
            }
            if kind.counts_rows() {
                set("sample", json!(flag));
                set("tolerance", if flag { json!({"warn": n, "fail": "3.25 %"}) } else { json!(n) });
            }
            set("severity", json!(if flag { "low" } else { "high" }));
            set("dimension", json!("accuracy"));
            read(&rule).unwrap_or_else(|faults| panic!("{rule} {faults:?}"))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn json_reads_back_as_the_same(rule in rule()) {
        let written = serde_json::to_value(&rule).unwrap();
        prop_assert_eq!(read(&written), Ok(rule), "{}", written);
    }

    #[test]
    fn yaml_reads_back_as_the_same(rules in prop::collection::vec(rule(), 1..4), name in text(), tag in text(), one in any::<bool>()) {
        let mut rules = rules;
        for (i, rule) in rules.iter_mut().enumerate() {
            rule.name = format!("{}-{i}", rule.name);
        }
        let target = if one {
            Target::One(name)
        } else {
            Target::All(rules::Selection { name: Some(name), tags: vec![tag] })
        };
        let documents = vec![Document { target: target.clone(), rules: rules.clone() }, Document { target, rules }];
        let written = Document::print(&documents);
        prop_assert_eq!(Document::read(&written), Ok(documents), "{}", written);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _ = Document::read(&text);
    }
}
