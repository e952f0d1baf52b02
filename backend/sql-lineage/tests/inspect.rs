//! What a text consists of, for whoever decides whether it may run.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use sql_lineage::{Dialect, Form, Inspection, StatementKind, inspect, inspect_expression, plain};

fn one(sql: &str) -> Inspection {
    let mut all = inspect(sql, Dialect::Postgres).unwrap();
    assert_eq!(all.len(), 1, "{sql}");
    all.remove(0)
}

#[test]
fn a_plain_query_only_reads() {
    let inspected =
        one("SELECT a, count(*) FROM s.t JOIN u ON t.i = u.i WHERE lower(b) = $1 GROUP BY a LIMIT 10");
    assert!(inspected.only_reads);
    assert_eq!(inspected.kind, StatementKind::Query);
    assert_eq!(inspected.functions, ["count", "lower"]);
    let tables: Vec<String> = inspected.tables.iter().map(ToString::to_string).collect();
    assert_eq!(tables, ["s.t", "u"]);
    assert_eq!(inspected.forms.into_iter().collect::<Vec<_>>(), [Form::Join, Form::Limit, Form::Parameter]);
}

#[test]
fn what_writes_is_seen_wherever_it_stands() {
    for sql in [
        "INSERT INTO t SELECT 1",
        "WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x",
        "WITH x AS (INSERT INTO t VALUES (1) RETURNING a) SELECT * FROM x",
        "WITH x AS (UPDATE t SET a = 1 RETURNING a) SELECT * FROM x",
        "SELECT a INTO t FROM s",
        "SELECT a FROM t FOR UPDATE",
        "SELECT a FROM (SELECT b AS a FROM t FOR SHARE) q",
        "CREATE TABLE t AS SELECT 1",
        "DROP TABLE t",
        "COPY t TO '/tmp/x'",
        "SET x = 1",
        "EXPLAIN ANALYZE DELETE FROM t",
        "BEGIN",
        "DO 'BEGIN DELETE FROM t; END'",
    ] {
        if let Ok(inspected) = inspect(sql, Dialect::Postgres) {
            assert!(inspected.iter().any(|statement| !statement.only_reads), "{sql}");
        }
    }
}

#[test]
fn functions_are_found_everywhere() {
    let sql = "WITH RECURSIVE r AS (SELECT f1(a) FROM t UNION SELECT f2(a) FROM r) \
               SELECT CASE WHEN f3(a) THEN x.f4(b) END, sum(f5(c)) OVER (ORDER BY f6(d)) FROM f7(1) AS g, LATERAL f8(g) h \
               WHERE EXISTS (SELECT 1 FROM u WHERE f9(e)) GROUP BY f10(a) HAVING f11(a) > 1 ORDER BY f12(a) LIMIT f13(1)";
    let inspected = one(sql);
    let mut expected: Vec<String> =
        (1..=13).map(|i| if i == 4 { "x.f4".to_owned() } else { format!("f{i}") }).collect();
    expected.push("sum".to_owned());
    expected.sort();
    assert_eq!(inspected.functions, expected);
    for form in
        [Form::With, Form::Recursive, Form::Subquery, Form::Window, Form::TableFunction, Form::SetOperation]
    {
        assert!(inspected.forms.contains(&form), "{form:?}");
    }
}

#[test]
fn one_statement_that_is_not_understood_refuses_the_text() {
    let refused = inspect("SELECT 1; SELEC 2", Dialect::Postgres).unwrap_err();
    assert_eq!((refused.place.line, refused.place.column), (1, 11));
    assert!(inspect("SELECT 'unterminated", Dialect::Postgres).is_err());
    assert!(inspect(&format!("SELECT {}1{}", "(".repeat(200), ")".repeat(200)), Dialect::Postgres).is_err());
}

#[test]
fn several_statements_are_several() {
    let kinds: Vec<StatementKind> = inspect("SELECT 1; DELETE FROM t", Dialect::Postgres)
        .unwrap()
        .iter()
        .map(|statement| statement.kind)
        .collect();
    assert_eq!(kinds, [StatementKind::Query, StatementKind::Delete]);
}

#[test]
fn an_expression_is_one_and_nothing_else() {
    for sql in [
        "a > 1",
        "a BETWEEN 1 AND 2 AND lower(b) LIKE 'x%'",
        "x::date >= current_date - interval '1 day'",
        "'a;b--c)' = b",
        "CASE WHEN a THEN 1 ELSE 2 END = 1",
        "sum(a) FILTER (WHERE b) / nullif(count(*), 0)",
    ] {
        let inspected = inspect_expression(sql, Dialect::Postgres).expect(sql);
        assert!(inspected.only_reads && !inspected.forms.contains(&Form::Subquery), "{sql}");
    }
    let inside = inspect_expression("a IN (SELECT b FROM t)", Dialect::Postgres).unwrap();
    assert!(inside.forms.contains(&Form::Subquery));
    for sql in [
        "",
        "a, b",
        "true) OR (true",
        "a = 1; DROP TABLE t",
        "a = 1 -- b",
        "a = 1 /* b */",
        "a = 1) UNION SELECT (1",
        "a = 1 GROUP BY b",
        "a = 1 LIMIT 1",
        "SELECT 1",
        "a = 'b",
    ] {
        assert!(inspect_expression(sql, Dialect::Postgres).is_err(), "{sql}");
    }
}

#[test]
fn types_operators_and_names_of_withs_are_told() {
    let inspected = one("WITH a AS (SELECT 1), \"B\" AS (WITH c AS (SELECT x.dom '1') SELECT * FROM c) \
         SELECT '1'::x.\"Kind\"[], CAST(1 AS y.other), 1 OPERATOR(x.+) 2, inet '::1' FROM a, json_to_record('{}') AS j(p z.third)");
    assert_eq!(inspected.ctes, ["B", "a", "c"]);
    for name in ["x.kind", "y.other", "z.third"] {
        assert!(inspected.types.iter().any(|other| other == name), "{name}: {:?}", inspected.types);
    }
    assert!(inspected.forms.contains(&Form::NameInApostrophes));
    assert_eq!(inspected.operators, ["x.+"]);
    assert_eq!(inspected.functions, ["json_to_record"]);
    // Where the grammar knows the form at all.
    if let Ok(inspected) = inspect("TABLE pg_authid", Dialect::Postgres) {
        assert!(inspected[0].forms.contains(&Form::BareTable));
    }
}

#[test]
fn a_plain_text_has_no_comments_and_its_tokens_at_their_places() {
    let sql = "SELECT a -- '\n, \"b--\" /* 1 /* 2 */ */ ,\u{c}'--'\r\n, E'\\'--', '\u{3000}' FROM s.\"表\"--";
    let plain = plain(sql, Dialect::Postgres).unwrap();
    assert_eq!(
        plain,
        "SELECT a     \n, \"b--\"                 , '--' \n, E'\\'--', '\u{3000}' FROM s.\"表\"  "
    );
    assert_eq!(plain.chars().count(), sql.chars().count());
}

#[test]
fn literals_whose_end_is_uncertain_make_no_plain_text() {
    for sql in
        ["SELECT $$a$$", "SELECT $x$a$x$", "SELECT U&'a'", "SELECT E'a'\n'\\' || ', f(), '", "SELECT 'a"]
    {
        assert!(plain(sql, Dialect::Postgres).is_err(), "{sql}");
    }
    assert!(plain("SELECT 'a', date 'b', interval '1' day", Dialect::Postgres).is_ok());
}
