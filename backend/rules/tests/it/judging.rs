//! From numbers to verdicts.

use crate::shop::{Shop, rule, rule_of};
use rules::{Cells, Earlier, Outcome, Plan, Type, Value, Verdict, Why};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Judges one rule with these outputs, in their order over all statements.
fn judged(rule: &Json, outputs: &[Value], earlier: Earlier) -> Outcome {
    let plan = Shop::unheld().plan(&[rule_of(rule)]);
    let cells = filled(&plan, outputs);
    plan.judge(&cells, &BTreeMap::from([("r".to_owned(), earlier)])).remove(0)
}

fn filled(plan: &Plan, outputs: &[Value]) -> Cells {
    let mut cells = plan.cells();
    let mut rest = outputs.iter().cloned();
    for statement in plan.statements() {
        let row: Vec<Value> = rest.by_ref().take(statement.outputs().len()).collect();
        cells.fill(statement, row).unwrap();
    }
    assert_eq!(rest.next(), None, "too many outputs");
    cells
}

fn text(text: &str) -> Value {
    Value::Text(Some(text.to_owned()))
}

#[test]
fn a_tolerance_is_exceeded_by_more_than_it_says() {
    let with =
        |tolerance: Json| json!({"name": "r", "check": {"not_null": "amount"}, "tolerance": tolerance});
    for (tolerance, rows, failing, verdict) in [
        (json!(0), 100, 0, Verdict::Pass),
        (json!(0), 100, 1, Verdict::Fail),
        (json!(5), 100, 5, Verdict::Pass),
        (json!(5), 100, 6, Verdict::Fail),
        (json!("7 %"), 100, 7, Verdict::Pass),
        (json!("7 %"), 100, 8, Verdict::Fail),
        (json!("0.1 %"), 1_000, 1, Verdict::Pass),
        (json!("0.1 %"), 999, 1, Verdict::Fail),
        (json!("0.1 %"), 0, 0, Verdict::Pass),
        (json!({"warn": "0.1 %", "fail": "0.5 %"}), 1_000, 1, Verdict::Pass),
        (json!({"warn": "0.1 %", "fail": "0.5 %"}), 1_000, 2, Verdict::Warn),
        (json!({"warn": "0.1 %", "fail": "0.5 %"}), 1_000, 6, Verdict::Fail),
        (json!({"warn": 0, "fail": "50 %"}), 1_000, 1, Verdict::Warn),
    ] {
        let outcome = judged(
            &with(tolerance.clone()),
            &[Value::Count(rows), Value::Count(failing)],
            Earlier::default(),
        );
        assert_eq!(outcome.verdict, verdict, "{failing} of {rows} by {tolerance}");
        assert_eq!((outcome.failing, outcome.rows), (u64::try_from(failing).ok(), u64::try_from(rows).ok()));
    }
}

#[test]
fn a_count_is_judged_by_bounds_and_by_an_earlier_one() {
    let with = |check: Json| json!({"name": "r", "check": {"row_count": check}});
    let yesterday = |rows| Earlier { yesterday: Some(rows), last_week: None };
    for (check, rows, earlier, verdict) in [
        (json!({"min": 1, "below": 10}), 9, Earlier::default(), Verdict::Pass),
        (json!({"min": 1, "below": 10}), 10, Earlier::default(), Verdict::Fail),
        (json!({"above": 0}), 0, Earlier::default(), Verdict::Fail),
        (json!({"against": "yesterday", "fall": "10 %"}), 90, yesterday(100), Verdict::Pass),
        (json!({"against": "yesterday", "fall": "10 %"}), 89, yesterday(100), Verdict::Fail),
        (json!({"against": "yesterday", "fall": "10 %"}), 1_000, yesterday(100), Verdict::Pass),
        (json!({"against": "yesterday", "rise": 50}), 150, yesterday(100), Verdict::Pass),
        (json!({"against": "yesterday", "rise": 50}), 151, yesterday(100), Verdict::Fail),
        (json!({"against": "last_week", "rise": 50}), 151, yesterday(100), Verdict::Open),
        (json!({"against": "yesterday", "rise": 50, "min": 10}), 9, Earlier::default(), Verdict::Fail),
        (json!({"against": "yesterday", "rise": "50 %"}), 0, yesterday(0), Verdict::Pass),
        (json!({"against": "yesterday", "rise": "50 %"}), 1, yesterday(0), Verdict::Fail),
    ] {
        let outcome = judged(&with(check.clone()), &[Value::Count(rows)], earlier);
        assert_eq!(outcome.verdict, verdict, "{rows} by {check}");
    }
}

#[test]
fn a_metric_lies_within_or_is_no_number() {
    let rule =
        json!({"name": "r", "check": {"metric": {"expression": "avg(amount)", "min": 0, "below": 100}}});
    let of = |value: Value| judged(&rule, &[value], Earlier::default());
    assert_eq!(of(text("99.99")).verdict, Verdict::Pass);
    assert_eq!(of(text("100")).verdict, Verdict::Fail);
    assert_eq!(of(text("-Infinity")).verdict, Verdict::Fail);
    assert_eq!((of(text("NaN")).verdict, of(text("NaN")).value), (Verdict::Fail, None));
    assert_eq!(
        (of(Value::Text(None)).verdict, of(Value::Text(None)).why),
        (Verdict::Fail, Some(Why::NoValue))
    );
    assert_eq!(of(text("true")).why, Some(Why::NotANumber { value: "true".to_owned() }));
    assert_eq!(of(text("true")).verdict, Verdict::Error);
}

#[test]
fn two_sums_are_compared_digit_by_digit() {
    let with = |operator: &str, within: Json| {
        let mut check = json!({"left": "sum(amount)", "operator": operator, "right": "sum(weight)"});
        if !within.is_null() {
            check["within"] = within;
        }
        json!({"name": "r", "check": {"aggregates": check}})
    };
    for (a, operator, b, within, verdict) in [
        ("9007199254740993", "=", "9007199254740992", Json::Null, Verdict::Fail),
        ("9007199254740993", ">", "9007199254740992", Json::Null, Verdict::Pass),
        ("100.00", "=", "100", Json::Null, Verdict::Pass),
        ("-5", "<", "-4.5", Json::Null, Verdict::Pass),
        ("100", "=", "101", json!(1), Verdict::Pass),
        ("100", "=", "101.1", json!(1), Verdict::Fail),
        ("99.9", "=", "100", json!("0.1 %"), Verdict::Pass),
        ("99.8", "=", "100", json!("0.1 %"), Verdict::Fail),
        ("NaN", "=", "NaN", Json::Null, Verdict::Fail),
        ("1e+300", "<>", "1", Json::Null, Verdict::Pass),
    ] {
        let outcome = judged(&with(operator, within), &[text(a), text(b)], Earlier::default());
        assert_eq!(outcome.verdict, verdict, "{a} {operator} {b}");
    }
    let missing = judged(&with("=", Json::Null), &[text("1"), Value::Text(None)], Earlier::default());
    assert_eq!((missing.verdict, missing.why), (Verdict::Fail, Some(Why::NoValue)));
}

#[test]
fn columns_are_compared_without_a_scan() {
    let with =
        |check: Json| judged(&json!({"name": "r", "check": {"schema": check}}), &[], Earlier::default());
    let some = ["id", "number", "customer", "state"];
    assert_eq!(with(json!({"columns": some, "others": true, "ordered": true})).verdict, Verdict::Pass);
    let outcome = with(json!({
        "columns": ["number", "id", {"name": "amount", "type": "NUMERIC ( 12, 2 )"}, {"name": "state", "type": "text"}, "gone"],
        "others": true, "ordered": true,
    }));
    assert_eq!((outcome.verdict, outcome.value), (Verdict::Fail, Some(6.0)));
    let Some(Why::Differences { differences }) = outcome.why else { panic!("differences") };
    let keys: Vec<&str> = differences.iter().map(|difference| difference.message().key).collect();
    assert_eq!(
        keys,
        [
            "rules-column-type",
            "rules-column-missing",
            "rules-column-order",
            "rules-column-order",
            "rules-column-order",
            "rules-column-order"
        ]
    );
    assert_eq!(with(json!({"columns": some})).value, Some(9.0), "nine are not expected");
}

#[test]
fn what_was_not_run_or_failed_is_an_error_of_those_who_read_it() {
    let plan = Shop::unheld().plan(&[
        rule("a", &json!({"not_null": "amount"})),
        rule("b", &json!({"unique": "number"})),
        rule("c", &json!({"metric": {"expression": "sum(amount)", "max": 1}})),
    ]);
    let mut cells = plan.cells();
    let why = |cells: &Cells| -> Vec<Option<Why>> {
        plan.judge(cells, &BTreeMap::new()).into_iter().map(|outcome| outcome.why).collect()
    };
    assert_eq!(why(&cells), vec![Some(Why::NotRun); 3]);
    let scan = &plan.statements()[0];
    let row = |outputs: Vec<rules::Output>| -> Vec<Value> {
        outputs
            .iter()
            .map(|output| if output.is == Type::Count { Value::Count(0) } else { text("0") })
            .collect()
    };
    cells.fill(scan, row(scan.outputs())).unwrap();
    cells.fail(&plan.statements()[1], "out of memory");
    assert_eq!(why(&cells), [None, Some(Why::Failed { reason: "out of memory".to_owned() }), None]);
    // A row that does not fit is refused.
    assert!(cells.fill(scan, Vec::new()).is_err());
    assert!(cells.fill(scan, vec![Value::Text(None); scan.outputs().len()]).is_err());
    assert!(cells.fill(scan, vec![Value::Count(-1); scan.outputs().len()]).is_err());
}

/// Parts of a statement that was split may be read at different times.
#[test]
fn a_mark_is_kept_only_where_all_that_it_counts_was_read_up_to_it() {
    let plan = Shop::unheld().plan(&[
        rule_of(&json!({"name": "a", "check": {"not_null": "amount"}, "watermark": "id"})),
        rule_of(&json!({"name": "b", "check": {"not_null": "number"}, "watermark": "id", "where": "amount / 0 > 1"})),
    ]);
    let parts = plan.statements()[0].split();
    let row = |part: &rules::Statement, high: &str| -> Vec<Value> {
        let outputs = part.outputs();
        outputs
            .iter()
            .map(|output| if output.is == Type::Count { Value::Count(3) } else { text(high) })
            .collect()
    };
    let marks = |read: &dyn Fn(&mut Cells)| -> Vec<String> {
        let mut cells = plan.cells();
        read(&mut cells);
        plan.marks(&cells).into_keys().collect()
    };
    let both = |cells: &mut Cells| {
        cells.fill(&parts[0], row(&parts[0], "7")).unwrap();
        cells.fill(&parts[1], row(&parts[1], "7")).unwrap();
    };
    assert_eq!(marks(&both), ["a", "b"]);
    let moved = |cells: &mut Cells| {
        cells.fill(&parts[0], row(&parts[0], "7")).unwrap();
        cells.fill(&parts[1], row(&parts[1], "8")).unwrap();
    };
    assert_eq!(marks(&moved), Vec::<String>::new());
    let failed = |cells: &mut Cells| {
        cells.fill(&parts[0], row(&parts[0], "7")).unwrap();
        cells.fail(&parts[1], "division by zero");
    };
    assert_eq!(marks(&failed), ["a"]);
}
