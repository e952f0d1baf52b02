//! Names: folding, defaults, the search path, the schema's spelling; what is ambiguous and what is missing.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use sql_lineage::{Analysis, Dialect, EdgeKind, Options, Severity, analyze};

fn with(sql: &str, dialect: Dialect, schema: &str, options: &Options) -> Analysis {
    analyze(sql, dialect, &serde_json::from_str(schema).unwrap(), options)
}

fn read(sql: &str, dialect: Dialect) -> String {
    with(sql, dialect, "{}", &Options::default()).script.reads[0].to_string()
}

/// `table.column`, or `?.column [candidates]`, of the only upstream of the first output column.
fn upstream(analysis: &Analysis) -> String {
    let upstream = &analysis.script.columns[0].upstreams[0];
    match &upstream.table {
        Some(table) => format!("{table}.{}", upstream.column),
        None => {
            let candidates: Vec<String> = upstream.candidates.iter().map(ToString::to_string).collect();
            format!("?.{} [{}]", upstream.column, candidates.join(", "))
        }
    }
}

#[test]
fn identifiers_are_folded_as_the_dialect_does() {
    assert_eq!(read("SELECT 1 FROM MyTab", Dialect::Postgres), "mytab");
    assert_eq!(read("SELECT 1 FROM \"MyTab\"", Dialect::Postgres), "MyTab");
    assert_eq!(read("SELECT 1 FROM MyTab", Dialect::Snowflake), "MYTAB");
    assert_eq!(read("SELECT 1 FROM \"MyTab\"", Dialect::Oracle), "MyTab");
    assert_eq!(read("SELECT 1 FROM `MyTab`", Dialect::Hive), "mytab");
    assert_eq!(read("SELECT 1 FROM MyTab", Dialect::MsSql), "MyTab");
    assert_eq!(read("SELECT 1 FROM `p.d.MyTab`", Dialect::BigQuery), "p.d.MyTab");
}

#[test]
fn the_schema_s_spelling_and_whole_name_are_shown() {
    let analysis = with(
        "SELECT ID FROM Orders",
        Dialect::MySql,
        r#"{"shop.orders": {"id": "int"}}"#,
        &Options::default(),
    );
    assert_eq!(upstream(&analysis), "shop.orders.id");
}

#[test]
fn a_short_name_that_two_tables_have_is_neither_of_them() {
    let schema = r#"{"a.t": {"x": "int"}, "b.t": {"y": "int"}}"#;
    assert_eq!(upstream(&with("SELECT z FROM t", Dialect::Ansi, schema, &Options::default())), "t.z");
}

#[test]
fn the_first_schema_of_the_search_path_that_has_the_table_is_taken() {
    let schema = r#"{"a.t": {"x": "int"}, "b.t": {"y": "int"}, "b.u": {"z": "int"}}"#;
    let path = |list: &[&str]| Options {
        search_path: list.iter().map(|&name| name.to_owned()).collect(),
        default_schema: Some("c".to_owned()),
        ..Options::default()
    };
    assert_eq!(
        upstream(&with("SELECT y FROM t", Dialect::Postgres, schema, &path(&["x", "b", "a"]))),
        "b.t.y"
    );
    assert_eq!(upstream(&with("SELECT z FROM u", Dialect::Postgres, schema, &path(&["a", "b"]))), "b.u.z");
    assert_eq!(upstream(&with("SELECT z FROM w", Dialect::Postgres, schema, &path(&["a", "b"]))), "c.w.z");
}

#[test]
fn use_sets_the_defaults_of_what_follows() {
    let options = Options {
        default_catalog: Some("c".to_owned()),
        default_schema: Some("s".to_owned()),
        ..Options::default()
    };
    let analysis = with("SELECT a FROM t; USE other; SELECT a FROM t", Dialect::Hive, "{}", &options);
    let reads: Vec<String> = analysis.script.reads.iter().map(ToString::to_string).collect();
    assert_eq!(reads, ["c.s.t", "c.other.t"]);
}

#[test]
fn a_column_of_several_tables_names_its_candidates() {
    let analysis = with("SELECT x FROM a JOIN b ON a.i = b.i", Dialect::Ansi, "{}", &Options::default());
    assert_eq!(upstream(&analysis), "?.x [a, b]");
    let notes: Vec<Severity> = analysis.statements[0].diagnostics.iter().map(|note| note.severity).collect();
    assert_eq!(notes, [Severity::Note]);
    assert_eq!(
        (
            analysis.statements[0].diagnostics[0].place.line,
            analysis.statements[0].diagnostics[0].place.column
        ),
        (1, 8)
    );
}

#[test]
fn a_schema_for_one_of_the_tables_decides() {
    let schema = r#"{"a": {"x": "int"}}"#;
    let of = |sql| upstream(&with(sql, Dialect::Ansi, schema, &Options::default()));
    assert_eq!(of("SELECT x FROM a JOIN b ON a.i = b.i"), "a.x");
    assert_eq!(of("SELECT y FROM a JOIN b ON a.i = b.i"), "b.y");
}

#[test]
fn a_column_that_no_known_table_has_is_not_guessed() {
    let analysis = with("SELECT y FROM a", Dialect::Ansi, r#"{"a": {"x": "int"}}"#, &Options::default());
    assert_eq!(upstream(&analysis), "?.y []");
}

#[test]
fn the_inner_query_s_column_hides_the_outer_one_s() {
    let schema = r#"{"o": {"k": "int", "v": "int"}, "i": {"k": "int", "w": "int"}}"#;
    let of = |sql| upstream(&with(sql, Dialect::Ansi, schema, &Options::default()));
    assert_eq!(of("SELECT (SELECT k) FROM o"), "o.k");
    assert_eq!(of("SELECT (SELECT max(k) FROM i) FROM o"), "i.k");
    assert_eq!(of("SELECT (SELECT max(v) FROM i) FROM o"), "o.v");
}

#[test]
fn kinds_tell_how_a_column_is_used() {
    let sql = "SELECT a, b AS c, CAST(d AS INT) AS d, e + 1 AS e, SUM(f) AS f, SUM(g) OVER (ORDER BY h) AS g,
               CASE WHEN i > 0 THEN j END AS k FROM t WHERE l = 1 GROUP BY m ORDER BY n";
    let analysis = with(sql, Dialect::Ansi, "{}", &Options::default());
    let statement = &analysis.statements[0];
    let kinds: Vec<Vec<EdgeKind>> =
        statement.columns.iter().map(|c| c.upstreams.iter().map(|u| u.kind).collect()).collect();
    use EdgeKind as K;
    let expected = [
        vec![K::Identity],
        vec![K::Rename],
        vec![K::Cast],
        vec![K::Expression],
        vec![K::Aggregate],
        vec![K::Window, K::Over],
        vec![K::Condition, K::Expression],
    ];
    assert_eq!(kinds, expected);
    let rows: Vec<(&str, K)> = statement.rows.iter().map(|row| (&*row.column, row.kind)).collect();
    assert_eq!(rows, [("l", K::Filter), ("m", K::Group), ("n", K::Sort)]);
}

#[test]
fn a_cte_that_is_defined_twice_is_said() {
    let sql = "WITH a AS (SELECT x FROM t), a AS (SELECT x FROM a) SELECT x FROM a";
    let analysis = with(sql, Dialect::Postgres, "{}", &Options::default());
    let said: Vec<(Severity, &str)> =
        analysis.statements[0].diagnostics.iter().map(|d| (d.severity, &*d.message)).collect();
    let message = "WITH defines a more than once, which databases refuse: the last is taken";
    assert_eq!(said, [(Severity::Note, message)]);
    // One of the same name inside another query hides it, which is no mistake.
    let sql = "WITH a AS (SELECT x FROM t) SELECT * FROM (WITH a AS (SELECT x FROM u) SELECT x FROM a) b, a";
    let analysis = with(sql, Dialect::Postgres, "{}", &Options::default());
    assert_eq!(analysis.statements[0].diagnostics, []);
}

#[test]
fn expressions_are_given_as_written_with_their_place() {
    let sql =
        "INSERT INTO t\nSELECT  a  +  b AS x, count(*) n, c \"quoted one\", (SELECT max(d) FROM u) FROM s";
    let analysis = with(sql, Dialect::Postgres, "{}", &Options::default());
    let texts: Vec<&str> =
        analysis.statements[0].columns.iter().map(|c| &*c.expression.as_ref().unwrap().text).collect();
    assert_eq!(texts, ["a  +  b", "count(*)", "c", "(SELECT max(d) FROM u)"]);
    let place = analysis.statements[0].columns[0].expression.as_ref().unwrap().place;
    assert_eq!((place.line, place.column, &sql[place.start as usize..place.end as usize]), (2, 9, "a  +  b"));
}

#[test]
fn places_count_characters_and_bytes() {
    let sql = "SELECT 'ÄÖ', naïve + 1 AS x FROM täble";
    let analysis = with(sql, Dialect::Ansi, "{}", &Options::default());
    let expression = analysis.statements[0].columns[1].expression.as_ref().unwrap();
    assert_eq!(&*expression.text, "naïve + 1");
    assert_eq!(&sql[expression.place.start as usize..expression.place.end as usize], "naïve + 1");
    assert_eq!(expression.place.column, 14);
}
