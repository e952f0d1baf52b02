//! What must hold of every query: names of tables, order of CTEs, a subquery around it, printing and parsing again change nothing.
//! The queries are made here, from tables whose columns are known to the test and, every other time, to the analysis.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use sql_lineage::{Analysis, Dialect, Options, Schema, analyze};

const TABLES: usize = 3;
const COLUMNS: [&str; 4] = ["a", "b", "c", "d"];

/// A CTE or the query itself: one or two relations, and expressions over their columns.
#[derive(Debug, Clone)]
struct Select {
    relations: Vec<usize>,
    items: Vec<Item>,
    filter: Option<(usize, usize)>,
    grouped: bool,
    union: bool,
}

#[derive(Debug, Clone)]
struct Item {
    shape: usize,
    columns: [(usize, usize); 3],
}

#[derive(Debug, Clone)]
struct Plan {
    ctes: Vec<Select>,
    last: Select,
    with_schema: bool,
}

fn select(relations: usize) -> impl Strategy<Value = Select> {
    let column = (0..2_usize, 0..4_usize);
    let item = (0..9_usize, [column.clone(), column.clone(), column.clone()])
        .prop_map(|(shape, columns)| Item { shape, columns });
    (
        prop::collection::vec(0..relations, 1..=2),
        prop::collection::vec(item, COLUMNS.len()),
        prop::option::of(column),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(relations, items, filter, grouped, union)| Select {
            relations,
            items,
            filter,
            grouped,
            union,
        })
}

fn plan() -> impl Strategy<Value = Plan> {
    // Relations are the tables, then the CTEs before.
    let ctes = (select(TABLES), select(TABLES), select(TABLES + 1)).prop_map(|(a, b, c)| vec![a, b, c]);
    (ctes, select(TABLES + 3), any::<bool>()).prop_map(|(ctes, last, with_schema)| Plan {
        ctes,
        last,
        with_schema,
    })
}

/// How names are spelt: `table(i)`, `cte(i)`.
struct Spelling {
    table: fn(usize) -> String,
}

const PLAIN: Spelling = Spelling { table: |i| format!("shop.t{i}") };
const OTHER: Spelling = Spelling { table: |i| format!("\"other one\".\"a-b {i}\"") };

fn relation(i: usize, spelling: &Spelling) -> String {
    if i < TABLES { (spelling.table)(i) } else { format!("cte{}", i - TABLES) }
}

fn text_of_item(item: &Item, width: usize) -> String {
    let column = |i: usize| format!("r{}.{}", item.columns[i].0 % width, COLUMNS[item.columns[i].1]);
    let (x, y, z) = (column(0), column(1), column(2));
    match item.shape {
        0 => x,
        1 => format!("CAST({x} AS INT)"),
        2 => format!("{x} + {y} * {z}"),
        3 => format!("CASE WHEN {x} > 1 THEN {y} ELSE {z} END"),
        4 => format!("COALESCE({x}, {y}, 0)"),
        5 => format!("SUM({x}) OVER (PARTITION BY {y} ORDER BY {z})"),
        6 => "1".to_owned(),
        7 => format!("UPPER(({x}))"),
        _ => format!("(SELECT MAX(q.a) FROM shop.t0 AS q WHERE q.b = {x})"),
    }
}

fn text_of_select(select: &Select, spelling: &Spelling) -> String {
    let width = select.relations.len();
    let items: Vec<String> = select
        .items
        .iter()
        .zip(COLUMNS)
        .map(|(item, name)| format!("{} AS {name}", text_of_item(item, width)))
        .collect();
    let mut text =
        format!("SELECT {} FROM {} AS r0", items.join(", "), relation(select.relations[0], spelling));
    if let Some(&second) = select.relations.get(1) {
        let _ = write!(text, " JOIN {} AS r1 ON r0.a = r1.b", relation(second, spelling));
    }
    if let Some((of, column)) = select.filter {
        let _ = write!(text, " WHERE r{}.{} > 1", of % width, COLUMNS[column]);
    }
    if select.grouped {
        text.push_str(" GROUP BY r0.a, r0.b");
    }
    if select.union {
        let _ = write!(text, " UNION ALL SELECT a, b, c, d FROM {}", relation(select.relations[0], spelling));
    }
    text
}

fn ctes(plan: &Plan, spelling: &Spelling) -> Vec<String> {
    plan.ctes
        .iter()
        .enumerate()
        .map(|(i, cte)| format!("cte{i} AS ({})", text_of_select(cte, spelling)))
        .collect()
}

fn text(plan: &Plan, spelling: &Spelling) -> String {
    format!("WITH {} {}", ctes(plan, spelling).join(", "), text_of_select(&plan.last, spelling))
}

fn schema(plan: &Plan, names: [[&str; 2]; TABLES]) -> Schema {
    let mut schema = Schema::new();
    if plan.with_schema {
        names.into_iter().for_each(|name| schema.add_table(name, COLUMNS));
    }
    schema
}

fn plain_schema(plan: &Plan) -> Schema {
    schema(plan, [["shop", "t0"], ["shop", "t1"], ["shop", "t2"]])
}

fn lineage(sql: &str, schema: &Schema) -> Analysis {
    let analysis = analyze(sql, Dialect::Ansi, schema, &Options::default());
    assert!(
        analysis.statements.iter().all(|s| s.diagnostics.is_empty()),
        "{sql}\n{:?}",
        analysis.statements[0].diagnostics
    );
    analysis
}

/// (output column, table, column, kind), by position, names of outputs left aside.
fn edges(analysis: &Analysis) -> BTreeSet<(usize, String, String, &'static str)> {
    let columns = analysis.statements.last().unwrap().columns.iter().enumerate();
    columns
        .flat_map(|(i, column)| {
            column.upstreams.iter().map(move |upstream| {
                let table = upstream.table.as_ref().map_or_else(String::new, ToString::to_string);
                (i, table, upstream.column.to_string(), upstream.kind.name())
            })
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn renaming_tables_renames_them_in_the_edges_and_nothing_else(plan in plan()) {
        let plain = edges(&lineage(&text(&plan, &PLAIN), &plain_schema(&plan)));
        // The subquery of an item names t0 as it is.
        let sql = text(&plan, &OTHER).replace("shop.t0", &(OTHER.table)(0));
        let other_schema = schema(&plan, [["other one", "a-b 0"], ["other one", "a-b 1"], ["other one", "a-b 2"]]);
        let other = edges(&lineage(&sql, &other_schema));
        let back = other.into_iter().map(|(i, table, column, kind)| (i, table.replace("other one.a-b ", "shop.t"), column, kind));
        prop_assert_eq!(plain, back.collect());
    }

    #[test]
    fn the_order_of_independent_ctes_does_not_matter(plan in plan()) {
        let parts = ctes(&plan, &PLAIN);
        // The first two look at tables only; the third may look at the first.
        let swapped = format!("WITH {}, {}, {} {}", parts[1], parts[0], parts[2], text_of_select(&plan.last, &PLAIN));
        let schema = plain_schema(&plan);
        prop_assert_eq!(edges(&lineage(&text(&plan, &PLAIN), &schema)), edges(&lineage(&swapped, &schema)));
    }

    #[test]
    fn a_subquery_around_a_query_does_not_matter(plan in plan()) {
        let sql = text(&plan, &PLAIN);
        let schema = plain_schema(&plan);
        let plain = edges(&lineage(&sql, &schema));
        prop_assert_eq!(&plain, &edges(&lineage(&format!("SELECT * FROM ({sql}) AS around"), &schema)));
        prop_assert_eq!(&plain, &edges(&lineage(&format!("SELECT a, b, c, d FROM ({sql}) AS around"), &schema)));
    }

    #[test]
    fn an_unused_cte_does_not_matter(plan in plan()) {
        let schema = plain_schema(&plan);
        let more = text(&plan, &PLAIN).replacen("WITH ", "WITH unused AS (SELECT a AS z FROM shop.t1), ", 1);
        prop_assert_eq!(edges(&lineage(&text(&plan, &PLAIN), &schema)), edges(&lineage(&more, &schema)));
    }

    #[test]
    fn printing_and_parsing_again_does_not_matter(plan in plan()) {
        let sql = text(&plan, &PLAIN);
        let schema = plain_schema(&plan);
        let parsed = sqlparser::parser::Parser::parse_sql(&sqlparser::dialect::GenericDialect {}, &sql).unwrap();
        prop_assert_eq!(edges(&lineage(&sql, &schema)), edges(&lineage(&parsed[0].to_string(), &schema)));
    }

    #[test]
    fn a_view_between_does_not_matter_for_the_script(plan in plan()) {
        let schema = plain_schema(&plan);
        let sql = text(&plan, &PLAIN);
        let direct = lineage(&format!("INSERT INTO sink {sql}"), &schema);
        let through = lineage(&format!("CREATE VIEW v AS {sql}; INSERT INTO sink SELECT * FROM v"), &schema);
        prop_assert_eq!(direct.script, through.script);
    }

    #[test]
    fn every_output_column_is_a_name_of_the_text_or_of_the_schema(plan in plan()) {
        let sql = text(&plan, &PLAIN);
        let analysis = lineage(&sql, &plain_schema(&plan));
        for column in &analysis.statements[0].columns {
            prop_assert!(COLUMNS.contains(&&*column.column), "{}", column.column);
            for upstream in &column.upstreams {
                prop_assert!(COLUMNS.contains(&&*upstream.column), "{}", upstream.column);
                prop_assert!(upstream.table.as_ref().is_some_and(|table| sql.contains(&table.to_string())));
            }
            let expression = column.expression.as_ref().unwrap();
            prop_assert!(sql[expression.place.start as usize..].starts_with(&*expression.text));
        }
    }

    #[test]
    fn any_text_gets_an_answer(sql in "\\PC{0,200}") {
        for dialect in [Dialect::Ansi, Dialect::Spark, Dialect::Flink, Dialect::MsSql] {
            analyze(&sql, dialect, &Schema::new(), &Options::default());
        }
    }

    #[test]
    fn any_row_of_words_gets_an_answer(words in prop::collection::vec(prop::sample::select(WORDS), 0..40)) {
        let sql = words.join(" ");
        for dialect in [Dialect::Ansi, Dialect::Postgres, Dialect::Hive, Dialect::Flink, Dialect::MsSql, Dialect::Oracle] {
            analyze(&sql, dialect, &Schema::new(), &Options::default());
        }
    }
}

/// Pieces of which statements are made, and what stands between.
const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "INSERT",
    "INTO",
    "OVERWRITE",
    "DIRECTORY",
    "'p'",
    "CREATE",
    "TABLE",
    "VIEW",
    "AS",
    "(",
    ")",
    ",",
    ";",
    ".",
    "*",
    "a",
    "b",
    "t",
    "\"Q\"",
    "`q`",
    "BEGIN",
    "END",
    "IF",
    "THEN",
    "ELSE",
    "LOOP",
    "DO",
    "$$",
    "PROCEDURE",
    "FUNCTION",
    "WITH",
    "UNION",
    "ALL",
    "JOIN",
    "USING",
    "ON",
    "LATERAL",
    "UNNEST",
    "PIVOT",
    "UNPIVOT",
    "FOR",
    "IN",
    "MERGE",
    "WHEN",
    "MATCHED",
    "UPDATE",
    "SET",
    "=",
    "+=",
    "DELETE",
    "CASE",
    "OVER",
    "PARTITION",
    "BY",
    "ORDER",
    "TUMBLE",
    "DESCRIPTOR",
    "EXCHANGE",
    "TABLES",
    "AND",
    "LIKE",
    "LOAD",
    "DATA",
    "uris",
    "[",
    "]",
    "sp_rename",
    "EXEC",
    "ALTER",
    "RENAME",
    "TO",
    "SWAP",
    "1",
    "'x'",
    "::",
    "->",
    "=>",
    "${x}",
    "TRANSFORM",
    "VERSION",
    "OF",
    "EXCEPT",
    "REPLACE",
];
