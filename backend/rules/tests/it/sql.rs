//! The SQL that rules become, told by snapshots; what is shared, lifted, held, split.

use crate::shop::{Shop, names, rule, rule_of, text};
use rules::{Guarantee, HeldBy, Mark, Shape, Subject, Task, Type, check, sample};
use serde_json::{Value, json};

/// One rule of each form.
fn forms() -> Vec<(&'static str, Value)> {
    vec![
        ("not-null", json!({"not_null": "amount"})),
        ("not-blank", json!({"not_null": {"column": "number", "blank": true}})),
        ("unique", json!({"unique": ["customer", "day"]})),
        ("accepted", json!({"accepted": {"column": "state", "values": ["new", "it's", "back\\slash"]}})),
        (
            "accepted-uuid",
            json!({"accepted": {"column": "ref", "values": ["6F9619FF-8B86-D011-B42D-00CF4FC964FF"]}}),
        ),
        ("accepted-mood", json!({"accepted": {"column": "mood", "values": ["good"]}})),
        (
            "accepted-from",
            json!({"accepted": {"column": "number", "from": {"dataset": "customers", "column": "name"}}}),
        ),
        ("range", json!({"range": {"column": "amount", "min": -0.5, "below": 10000}})),
        ("range-open", json!({"range": {"column": "weight", "above": 0.1}})),
        ("range-day", json!({"range": {"column": "day", "min": "2026-01-01", "max": "now"}})),
        ("range-time", json!({"range": {"column": "made", "above": "2026-01-01T08:00:00+08:00"}})),
        ("range-instant", json!({"range": {"column": "seen", "max": "now + 1 h"}})),
        ("length", json!({"length": {"column": "state", "min": 2, "max": 8}})),
        ("length-exact", json!({"length": {"column": "number", "min": 8, "max": 8}})),
        ("pattern", json!({"pattern": {"column": "number", "matches": "^N-\\d+$"}})),
        ("pattern-ipv4", json!({"pattern": {"column": "number", "named": "ipv4"}})),
        ("pattern-resident", json!({"pattern": {"column": "number", "named": "china_resident_id"}})),
        ("castable-integer", json!({"castable": {"column": "number", "to": "integer"}})),
        ("castable-decimal", json!({"castable": {"column": "number", "to": "decimal"}})),
        ("castable-boolean", json!({"castable": {"column": "amount", "to": "boolean"}})),
        ("row-count", json!({"row_count": {"min": 1}})),
        ("freshness", json!({"freshness": {"column": "seen", "max_age": "26 h"}})),
        (
            "freshness-zone",
            json!({"freshness": {"column": "made", "max_age": "26 h", "zone": "Asia/Shanghai"}}),
        ),
        (
            "references",
            json!({"references": {"columns": ["customer", "day"], "dataset": "customers", "to": ["id", "since"]}}),
        ),
        ("compare", json!({"compare": {"left": "made", "operator": "<=", "right": "day"}})),
        (
            "compare-within",
            json!({"compare": {"left": "amount", "operator": "=", "right": "weight * 2", "within": 0.01}}),
        ),
        (
            "aggregates",
            json!({"aggregates": {"left": "sum(amount)", "operator": ">=", "right": "max(amount)"}}),
        ),
        (
            "aggregates-other",
            json!({"aggregates": {"left": "count(DISTINCT customer)", "operator": "<=", "right": {"aggregate": "count(*)", "dataset": "customers", "where": "since IS NOT NULL"}}}),
        ),
        ("metric", json!({"metric": {"expression": "avg(amount)", "max": 5}})),
        ("sql", json!({"sql": "SELECT * FROM shop.orders -- all\nWHERE amount < 0; "})),
        ("gap-free", json!({"gap_free": {"column": "id", "step": "one"}})),
        ("gap-free-days", json!({"gap_free": {"column": "seen", "step": "day"}})),
    ]
}

#[test]
fn each_form_by_itself() {
    let shop = Shop::unheld();
    let mut all = String::new();
    for (name, check) in forms() {
        let rule = rule(name, &check);
        all.push_str(&format!("# {name}\n{}", text(&shop.plan(std::slice::from_ref(&rule)))));
        if let Some(sample) = sample(&rule, &shop.subject(), 20).unwrap() {
            all.push_str(&format!("# failing\n{};\n", sample.sql));
        }
        all.push('\n');
    }
    insta::assert_snapshot!(all);
}

#[test]
fn all_of_them_together() {
    let rules: Vec<_> = forms().iter().map(|(name, check)| rule(name, check)).collect();
    let plan = Shop::unheld().plan(&rules);
    insta::assert_snapshot!(text(&plan));
    let tasks: Vec<Task> = plan.statements().iter().map(rules::Statement::task).collect();
    // One pass here, one there, everything beside, and the query that nobody knows.
    assert_eq!(tasks, [Task::Scan, Task::Scan, Task::Beside, Task::Query]);
    for statement in plan.statements() {
        assert!(statement.outputs().iter().all(|output| statement.sql().contains(&output.name)));
    }
}

#[test]
fn filters_stand_where_they_serve() {
    let filtered = |name: &str, check: Value, filter: &str| {
        rule_of(&json!({"name": name, "check": check, "where": filter}))
    };
    let paid = "paid AND made > '2026-01-01'";
    let shop = Shop::unheld();
    // All the same: an index may serve.
    let same = [
        filtered("a", json!({"not_null": "amount"}), paid),
        filtered("b", json!({"freshness": {"column": "made", "max_age": "1 d"}}), paid),
    ];
    insta::assert_snapshot!(text(&shop.plan(&same)), @r#"
    SELECT count(*) AS c0,
           count(*) FILTER (WHERE "amount" IS NULL) AS c1,
           extract(epoch FROM (max("made") AT TIME ZONE 'UTC'))::text AS c2
    FROM "shop"."orders"
    WHERE (paid AND made > '2026-01-01');
    "#);
    // Different ones: still one pass.
    let different = [
        rule("a", &json!({"not_null": "amount"})),
        filtered("b", json!({"not_null": "number"}), paid),
        filtered("c", json!({"not_null": "number"}), "NOT paid"),
        filtered("d", json!({"freshness": {"column": "made", "max_age": "1 d"}}), paid),
    ];
    insta::assert_snapshot!(text(&shop.plan(&different)), @r#"
    SELECT count(*) AS c0,
           count(*) FILTER (WHERE "amount" IS NULL) AS c1,
           count(*) FILTER (WHERE (paid AND made > '2026-01-01')) AS c2,
           count(*) FILTER (WHERE (paid AND made > '2026-01-01') AND "number" IS NULL) AS c3,
           count(*) FILTER (WHERE (NOT paid)) AS c4,
           count(*) FILTER (WHERE (NOT paid) AND "number" IS NULL) AS c5,
           extract(epoch FROM (max("made") FILTER (WHERE (paid AND made > '2026-01-01')) AT TIME ZONE 'UTC'))::text AS c6
    FROM "shop"."orders";
    "#);
    // A metric cannot carry its filter, and its pass takes over who has the same.
    let metric = [
        rule("a", &json!({"not_null": "amount"})),
        filtered("b", json!({"metric": {"expression": "sum(amount) / count(*)", "max": 1}}), paid),
        filtered("c", json!({"not_null": "number"}), paid),
    ];
    insta::assert_snapshot!(text(&shop.plan(&metric)), @r#"
    SELECT count(*) AS c0,
           count(*) FILTER (WHERE "amount" IS NULL) AS c1
    FROM "shop"."orders";
    SELECT (sum(amount) / count(*))::text AS c2,
           count(*) AS c3,
           count(*) FILTER (WHERE "number" IS NULL) AS c4
    FROM "shop"."orders"
    WHERE (paid AND made > '2026-01-01');
    "#);
}

#[test]
fn what_a_constraint_holds_is_not_asked_for() {
    let shop = Shop::new();
    let rules = [
        rule("there", &json!({"not_null": "id"})),
        rule("state", &json!({"not_null": "state"})),
        rule("unique", &json!({"unique": ["day", "id"]})),
        rule("number", &json!({"unique": "number"})),
        rule("customer", &json!({"references": {"columns": "customer", "dataset": "customers", "to": "id"}})),
        rule(
            "customer-2",
            &json!({"accepted": {"column": "customer", "from": {"dataset": "customers", "column": "id"}}}),
        ),
        rule("short", &json!({"length": {"column": "state", "max": 20}})),
        rule("mood", &json!({"accepted": {"column": "mood", "values": ["bad", "good", "so-so"]}})),
        rule("paid", &json!({"accepted": {"column": "paid", "values": [true, false]}})),
        rule("whole", &json!({"castable": {"column": "customer", "to": "bigint"}})),
    ];
    let plan = shop.plan(&rules);
    assert!(plan.statements().is_empty(), "{}", text(&plan));
    let held: Vec<_> = plan
        .judge(&plan.cells(), &std::collections::BTreeMap::new())
        .into_iter()
        .map(|outcome| outcome.held.map(|held| (held.by, held.name)).unwrap())
        .collect();
    let by = |by: HeldBy, name: &str| (by, name.to_owned());
    assert_eq!(
        held,
        [
            by(HeldBy::PrimaryKey, "orders_pkey"),
            by(HeldBy::NotNull, "state"),
            by(HeldBy::PrimaryKey, "orders_pkey"),
            by(HeldBy::Unique, "orders_number"),
            by(HeldBy::ForeignKey, "orders_customer"),
            by(HeldBy::ForeignKey, "orders_customer"),
            by(HeldBy::Type, "character varying(20)"),
            by(HeldBy::Type, "mood"),
            by(HeldBy::Type, "boolean"),
            by(HeldBy::Type, "integer"),
        ]
    );
}

#[test]
fn what_no_constraint_holds_is_asked_for() {
    let mut shop = Shop::new();
    let scans =
        |shop: &Shop, rule: &rules::Rule| !shop.plan(std::slice::from_ref(rule)).statements().is_empty();
    for check in [
        // Less than the key, another column, blanks, shorter, one mood less, nulls.
        json!({"unique": "day"}),
        json!({"not_null": "number"}),
        json!({"not_null": {"column": "state", "blank": true}}),
        json!({"length": {"column": "state", "max": 19}}),
        json!({"length": {"column": "state", "min": 1, "max": 20}}),
        json!({"accepted": {"column": "mood", "values": ["good"]}}),
        json!({"accepted": {"column": "paid", "values": [true]}}),
        json!({"castable": {"column": "id", "to": "integer"}}),
        json!({"references": {"columns": "customer", "dataset": "customers", "to": "since"}}),
        json!({"accepted": {"column": "number", "from": {"dataset": "customers", "column": "name"}}}),
    ] {
        let mut wanted = rule("r", &check);
        if check["references"]["to"] == "since" {
            continue; // a number is no day
        }
        assert!(scans(&shop, &wanted), "{check}");
        wanted.filter = Some("paid".to_owned());
        assert!(scans(&shop, &wanted), "{check}");
    }
    let nulls = rule_of(
        &json!({"name": "r", "check": {"accepted": {"column": "mood", "values": ["good", "bad"]}}, "nulls": "fail"}),
    );
    assert!(scans(&shop, &nulls));
    let nulls =
        rule_of(&json!({"name": "r", "check": {"length": {"column": "state", "max": 20}}, "nulls": "fail"}));
    assert!(!scans(&shop, &nulls), "state is never null");

    // A key of two columns does not make one of them unique; the two in another order are unique.
    shop.orders.constraints[2].what = Guarantee::Unique(names(&["number", "day"]));
    assert!(scans(&shop, &rule("r", &json!({"unique": "number"}))));
    assert!(!scans(&shop, &rule("r", &json!({"unique": ["day", "number"]}))));

    // Whom nobody holds to anything.
    for shape in [Shape::Parent, Shape::Foreign, Shape::PartlyForeign, Shape::View] {
        shop.orders.shape = shape;
        for check in [
            json!({"not_null": "id"}),
            json!({"unique": "id"}),
            json!({"length": {"column": "state", "max": 20}}),
        ] {
            assert!(scans(&shop, &rule("r", &check)), "{shape:?} {check}");
        }
    }
    shop.orders.shape = Shape::Partitioned;
    assert!(!scans(&shop, &rule("r", &json!({"unique": "id"}))));
}

#[test]
fn from_a_mark_on_only_what_is_new_is_read() {
    let mut shop = Shop::new();
    let wanted = rule_of(
        &json!({"name": "amount", "check": {"range": {"column": "amount", "min": 0}}, "watermark": "made"}),
    );
    insta::assert_snapshot!(text(&shop.plan(std::slice::from_ref(&wanted))), @r#"
    SELECT max(cadastre_rules_high)::text AS c0,
           count(*) AS c1,
           count(*) FILTER (WHERE "made" < cadastre_rules_high) AS c2,
           count(*) FILTER (WHERE ("amount" < 0 OR "amount" = 'NaN')) AS c3,
           count(*) FILTER (WHERE "made" < cadastre_rules_high AND ("amount" < 0 OR "amount" = 'NaN')) AS c4
    FROM "shop"."orders"
    CROSS JOIN (SELECT max("made") FILTER (WHERE isfinite("made")) AS cadastre_rules_high FROM "shop"."orders") AS cadastre_rules_high_of;
    "#);
    let of = "made: (\"amount\" < 0 OR \"amount\" = 'NaN') where true".to_owned();
    let mark = Mark { low: "2026-11-01 10:00:00".to_owned(), of, rows: 10, failing: 1 };
    shop.marks.insert("amount".to_owned(), mark);
    let sql = text(&shop.plan(std::slice::from_ref(&wanted)));
    assert!(
        sql.contains("WHERE (\"made\" >= '2026-11-01 10:00:00'::timestamp OR \"made\" IS NULL)"),
        "{sql}"
    );
    // By a key nobody looks for missing values.
    let by_key = rule_of(&json!({"name": "b", "check": {"not_null": "amount"}, "watermark": "id"}));
    assert!(!text(&shop.plan(&[by_key])).contains("\"id\" IS NULL"));
}

#[test]
fn what_a_clock_or_a_function_moves_is_not_counted_once() {
    let shop = Shop::new();
    let fits = |rule: &Value| check(&rule_of(rule), &shop.subject()).is_ok();
    let with = |check: Value, filter: Option<&str>| {
        let mut rule = json!({"name": "r", "check": check, "watermark": "made"});
        if let Some(filter) = filter {
            rule["where"] = json!(filter);
        }
        rule
    };
    assert!(fits(&with(
        json!({"range": {"column": "day", "max": "2026-01-01"}}),
        Some("lower(number) <> 'x'")
    )));
    assert!(!fits(&with(json!({"range": {"column": "day", "max": "now"}}), None)));
    for filter in
        ["made < now()", "made < current_timestamp", "day < 'today'", "random() < 0.5", "my_own(number)"]
    {
        assert!(!fits(&with(json!({"not_null": "amount"}), Some(filter))), "{filter}");
    }
    assert!(!fits(&json!({"name": "r", "check": {"not_null": "amount"}, "watermark": "number"})));
    assert!(!fits(&json!({"name": "r", "check": {"not_null": "amount"}, "watermark": "nowhere"})));
}

#[test]
fn a_statement_splits_until_the_one_to_blame_is_alone() {
    let shop = Shop::unheld();
    let own = |i: usize| {
        rule(&format!("own-{i}"), &json!({"metric": {"expression": format!("sum(amount) / {i}"), "max": 1}}))
    };
    let mut rules: Vec<_> = (0..4).map(own).collect();
    rules.push(rule("safe", &json!({"not_null": "amount"})));
    let plan = shop.plan(&rules);
    let parts = plan.statements()[0].split();
    // First what people wrote is set apart: the rest needs one more pass and no second one.
    assert_eq!(parts.iter().map(rules::Statement::rules).collect::<Vec<_>>(), [vec![4], vec![0, 1, 2, 3]]);
    let halves = parts[1].split();
    assert_eq!(halves.iter().map(rules::Statement::rules).collect::<Vec<_>>(), [vec![0, 1], vec![2, 3]]);
    let single = halves[0].split();
    assert_eq!(single.iter().map(|one| one.split().len()).collect::<Vec<_>>(), [0, 0]);
    let outputs = |statements: &[rules::Statement]| {
        let mut all: Vec<String> =
            statements.iter().flat_map(rules::Statement::outputs).map(|output| output.name).collect();
        all.sort();
        all
    };
    assert_eq!(outputs(&parts), outputs(plan.statements()));
}

#[test]
fn a_statement_has_no_more_outputs_than_a_database_takes() {
    let rules: Vec<_> = (0..2_500)
        .map(|i| rule(&format!("r{i}"), &json!({"range": {"column": "amount", "min": i}})))
        .collect();
    let plan = Shop::new().plan(&rules);
    let sizes: Vec<usize> = plan.statements().iter().map(|statement| statement.outputs().len()).collect();
    assert_eq!((sizes.len(), sizes.iter().sum::<usize>()), (4, 2_501), "{sizes:?}");
    assert!(sizes.iter().all(|outputs| *outputs <= 1_000), "{sizes:?}");
    assert!(plan.statements()[0].outputs().iter().all(|output| output.is == Type::Count));
}

/// The safe reader parses each statement before it is run.
#[test]
fn the_parser_takes_every_statement_however_many_rules_there_are() {
    let mut rules: Vec<_> = (0..30)
        .flat_map(|i| forms().into_iter().map(move |(name, check)| rule(&format!("{name}-{i}"), &check)))
        .collect();
    for i in 0..1_500 {
        rules.push(rule_of(&json!({
            "name": format!("filtered-{i}"),
            "check": {"pattern": {"column": "number", "matches": format!("^N-{i}$")}},
            "where": format!("amount > {i} AND (paid OR state IN ('a', 'it''s', \"number\"))"),
        })));
    }
    let long: Vec<String> = (0..5_000).map(|i| format!("value {i}")).collect();
    let short: Vec<u32> = (0..5_000).collect();
    for i in 0..5 {
        let mut long = long.clone();
        long.push(i.to_string());
        long.remove(0);
        rules.push(rule(&format!("long-{i}"), &json!({"accepted": {"column": "state", "values": long}})));
        rules.push(rule(
            &format!("short-{i}"),
            &json!({"accepted": {"column": "customer", "values": short[i..]}}),
        ));
    }
    let plan = Shop::unheld().plan(&rules);
    for statement in plan.statements() {
        let sql = statement.sql();
        let inspected = sql_lineage::inspect(&sql, sql_lineage::Dialect::Postgres)
            .unwrap_or_else(|refused| panic!("{} in {} bytes", refused.message, sql.len()));
        assert_eq!(inspected.len(), 1);
        assert!(inspected[0].only_reads);
    }
    let read: usize = plan.statements().iter().map(|statement| statement.outputs().len()).sum();
    assert!(read > 3_000, "{read}");
}

#[test]
fn what_does_not_fit_the_dataset_is_said() {
    let shop = Shop::new();
    for (wanted, said) in [
        (json!({"not_null": "nowhere"}), "check.not_null.column: there is no column `nowhere`"),
        (
            json!({"unique": "extra"}),
            "check.unique.columns: the check does not fit the column `extra` of type json",
        ),
        (
            json!({"range": {"column": "number", "min": 1}}),
            "check.range.column: the check does not fit the column `number` of type text",
        ),
        (json!({"range": {"column": "day", "min": 1}}), "check.range.min: `1` is no value of type date"),
        (
            json!({"range": {"column": "day", "min": "2026-02-30"}}),
            "check.range.min: `2026-02-30` is no value of type date",
        ),
        (
            json!({"range": {"column": "amount", "min": "much"}}),
            "check.range.min: `much` is no value of type numeric(12,2)",
        ),
        (
            json!({"accepted": {"column": "paid", "values": ["yes"]}}),
            "check.accepted.values[0]: `yes` is no value of type boolean",
        ),
        (
            json!({"length": {"column": "amount", "max": 2}}),
            "check.length.column: the check does not fit the column `amount` of type numeric(12,2)",
        ),
        (
            json!({"freshness": {"column": "amount", "max_age": "1 d"}}),
            "check.freshness.column: the check does not fit the column `amount` of type numeric(12,2)",
        ),
        (
            json!({"references": {"columns": "customer", "dataset": "clients", "to": "id"}}),
            "check.references.dataset: there is no dataset `clients`",
        ),
        (
            json!({"references": {"columns": "customer", "dataset": "customers", "to": "key"}}),
            "check.references: there is no column `key`",
        ),
        (
            json!({"references": {"columns": "customer", "dataset": "customers", "to": "name"}}),
            "check.references: the check does not fit the column `name` of type text",
        ),
        (
            json!({"compare": {"left": "amount", "operator": "<", "right": "made"}}),
            "check.compare.right: the check does not fit the column `made` of type timestamp without time zone",
        ),
        (
            json!({"compare": {"left": "made", "operator": "<=", "right": "maed"}}),
            "check.compare.right: there is no column `maed`",
        ),
        (
            json!({"metric": {"expression": "pg_sleep(1)", "max": 1}}),
            "check.metric.expression: the function pg_sleep may not be called",
        ),
        (
            json!({"metric": {"expression": "(SELECT 1)", "max": 1}}),
            "check.metric.expression: subquery may not stand here",
        ),
        (json!({"sql": "DELETE FROM orders"}), "check.sql.query: statement may not stand here"),
        (
            json!({"gap_free": {"column": "amount", "step": "one"}}),
            "check.gap_free.column: the check does not fit the column `amount` of type numeric(12,2)",
        ),
    ] {
        let fault = check(&rule("r", &wanted), &shop.subject()).unwrap_err();
        assert_eq!(fault.to_string(), said);
        // It takes no other rule with it.
        let plan = shop.plan(&[rule("r", &wanted), rule("s", &json!({"not_null": "amount"}))]);
        assert_eq!(plan.statements().len(), 1, "{wanted}");
        assert_eq!(plan.statements()[0].rules(), [1]);
    }
}

#[test]
fn a_name_is_a_name_whatever_is_in_it() {
    let mut shop = Shop::unheld();
    let weird = "a\"; DROP TABLE \"b\" --\\'";
    shop.orders.columns[1].name = weird.to_owned();
    shop.orders.path = names(&["sch\"ema", "ta'ble"]);
    let plan = shop.plan(&[
        rule("r", &json!({"not_null": weird})),
        rule("s", &json!({"accepted": {"column": weird, "values": ["'; DROP TABLE x; --", "\\'; DROP TABLE x; --"]}})),
    ]);
    insta::assert_snapshot!(text(&plan), @r#"
    SELECT count(*) AS c0,
           count(*) FILTER (WHERE "a""; DROP TABLE ""b"" --\'" IS NULL) AS c1,
           count(*) FILTER (WHERE "a""; DROP TABLE ""b"" --\'" NOT IN ('''; DROP TABLE x; --', E'\\''; DROP TABLE x; --')) AS c2
    FROM "sch""ema"."ta'ble";
    "#);
    // A subject knows only its own columns.
    let other = Shop::new();
    let subject = Subject { table: &other.orders, ..shop.subject() };
    assert!(check(&rule("r", &json!({"not_null": weird})), &subject).is_err());
}
