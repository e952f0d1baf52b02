//! Texts that would take a parser down: each ends in an answer, soon, and on the stack of an ordinary thread.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::time::{Duration, Instant};

use sql_lineage::{Analysis, Dialect, Options, Schema, Severity, analyze, inspect};

/// What a worker thread has by default.
const ORDINARY_STACK: usize = 2 * 1024 * 1024;

fn on_ordinary_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(ORDINARY_STACK).spawn(work).unwrap().join().unwrap()
}

/// A stopwatch that does not count what others do on the machine: the lesser of the time that went by and of the CPU time of this process.
struct Watch {
    begin: Instant,
    worked: Duration,
}

impl Watch {
    fn start() -> Self {
        Self { begin: Instant::now(), worked: worked() }
    }

    fn took(&self) -> Duration {
        self.begin.elapsed().min(worked() - self.worked)
    }
}

/// The CPU time of this process so far: user and system time in `/proc/self/stat`, in hundredths of a second.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// The answer, which must come in two seconds (a debug build gets some more).
fn soon(sql: String, dialect: Dialect) -> Analysis {
    on_ordinary_stack(move || {
        let _ = inspect(&sql, dialect);
        let watch = Watch::start();
        let analysis = analyze(&sql, dialect, &Schema::new(), &Options::default());
        let most = if cfg!(debug_assertions) { 10 } else { 2 };
        let took = watch.took();
        assert!(took < Duration::from_secs(most), "{took:?}: {sql:.60}");
        analysis
    })
}

fn is_refused(analysis: &Analysis) -> bool {
    let mut diagnostics = analysis.statements.iter().flat_map(|statement| &statement.diagnostics);
    diagnostics.any(|diagnostic| diagnostic.severity == Severity::Error)
}

#[track_caller]
fn refuses(sql: impl Into<String>) {
    let sql = sql.into();
    for dialect in [Dialect::Ansi, Dialect::Postgres, Dialect::Snowflake, Dialect::MsSql] {
        assert!(is_refused(&soon(sql.clone(), dialect)), "{dialect}: {sql:.60}");
    }
}

#[test]
fn a_hundred_thousand_ors_are_refused() {
    refuses(format!("SELECT 1 FROM t WHERE a{}", " OR a".repeat(100_000)));
}

#[test]
fn a_hundred_thousand_additions_are_refused() {
    refuses(format!("SELECT 1{}", "+1".repeat(100_000)));
}

#[test]
fn six_thousand_ors_within_the_limit_of_tokens_are_refused() {
    refuses(format!("SELECT 1 FROM t WHERE a{}", " OR a".repeat(6_000)));
}

#[test]
fn ten_thousand_parentheses_are_refused() {
    refuses(format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000)));
    refuses(format!("SELECT {}", "(".repeat(10_000)));
    refuses(format!("SELECT * FROM {}t{}", "(".repeat(10_000), ")".repeat(10_000)));
}

#[test]
fn ten_thousand_cases_are_refused() {
    refuses(format!("SELECT {}1{}", "CASE WHEN a THEN ".repeat(10_000), " END".repeat(10_000)));
}

#[test]
fn five_thousand_ctes_are_refused() {
    let ctes: Vec<String> = (0..5_000).map(|i| format!("c{} AS (SELECT * FROM c{i})", i + 1)).collect();
    refuses(format!("WITH c0 AS (SELECT 1), {} SELECT * FROM c5000", ctes.join(", ")));
}

#[test]
fn fifty_thousand_unions_are_refused() {
    refuses(format!("SELECT 1{}", " UNION SELECT 1".repeat(50_000)));
}

#[test]
fn fifty_thousand_nots_are_refused() {
    refuses(format!("SELECT {}a FROM t", "NOT ".repeat(50_000)));
}

#[test]
fn a_text_that_is_too_long_is_refused() {
    refuses(format!("SELECT '{}'", "x".repeat(300 * 1024)));
}

/// Just inside the limits: deep, so that a small stack would overflow, and answered all the same.
#[test]
fn what_is_just_inside_the_limits_is_answered() {
    let within = [
        format!("SELECT {}a{} AS x FROM t", "(".repeat(98), ")".repeat(98)),
        format!("SELECT {}a{} AS x FROM t", "f(".repeat(98), ")".repeat(98)),
        format!("SELECT {}a{} AS x FROM t", "CASE WHEN b THEN ".repeat(98), " END".repeat(98)),
        format!("SELECT a AS x FROM t WHERE a{}", " OR a".repeat(498)),
        format!("SELECT a{} AS x FROM t", " + a".repeat(498)),
        format!("SELECT a AS x FROM t{}", " UNION SELECT a FROM t".repeat(498)),
        format!("SELECT x FROM {}SELECT a AS x FROM t{}", "(SELECT x FROM ".repeat(48) + "(", ")".repeat(49)),
        format!("SELECT a AS x FROM t{}", " JOIN t ON b = c".repeat(498)),
    ];
    for sql in within {
        let analysis = soon(sql.clone(), Dialect::Ansi);
        assert!(!is_refused(&analysis), "{sql:.60}: {:?}", analysis.statements[0].diagnostics);
        let x = analysis.script.columns.iter().find(|column| &*column.column == "x").unwrap();
        assert!(x.upstreams.iter().any(|upstream| &*upstream.column == "a"), "{sql:.60}");
    }
}

/// Deep in forms of which no parenthesis tells; the answer may be an error, it must come.
#[test]
fn odd_repetitions_end_in_an_answer() {
    let odd = [
        "INTERVAL ",
        "- ",
        "~",
        "[",
        "{",
        "ARRAY[",
        "CAST(",
        "EXISTS(SELECT ",
        "EXPLAIN ",
        "PRIOR ",
        "a.b.",
        "x -> ",
        "a::",
        "a[1]",
        "(SELECT ",
        "LATERAL (",
        "BEGIN ",
        "IF a THEN ",
        "a COLLATE ",
        "a AT TIME ZONE ",
        "NOT (",
        "ALL (",
        "((",
        "(a, ",
        "STRUCT<a ",
        "array<",
        "FROM (",
        "WITH a AS (",
        "VALUES (",
        "SELECT ",
        "DISTINCT ",
        "a IN (",
        "a BETWEEN ",
        "CASE ",
        "a IS ",
        "$",
        "@",
        "#",
        "'",
        "\"",
        "`",
        "/*",
        "--",
        "${",
        "{{",
        "a.*, ",
        "CREATE ",
        "UNION ",
        "JOIN ",
        "PIVOT (",
        "MERGE ",
        "TABLE(",
        "row(",
        "map {",
        "CONNECT_BY_ROOT ",
        "BINARY ",
        "a ESCAPE ",
        "a LIKE ",
        "EXECUTE ",
        "DO ",
        "int[]",
    ];
    for piece in odd {
        for (head, times) in [
            ("SELECT ", 40),
            ("SELECT ", 90),
            ("SELECT ", 4_000),
            ("SELECT * FROM ", 90),
            ("CREATE TABLE t (a ", 90),
            ("", 90),
        ] {
            for dialect in [
                Dialect::Ansi,
                Dialect::Postgres,
                Dialect::Snowflake,
                Dialect::BigQuery,
                Dialect::MsSql,
                Dialect::Hive,
            ] {
                eprintln!("{head} {piece} {times} {dialect}");
                soon(format!("{head}{}", piece.repeat(times)), dialect);
            }
        }
    }
}

/// Small texts whose answer would be large: stars of stars, products of columns.
#[test]
fn an_answer_that_would_be_huge_is_cut_short_and_says_so() {
    let mut schema = Schema::new();
    schema.add_table(["wide"], (0..2_000).map(|i| format!("c{i}")));
    let doubled = (0..40).fold("SELECT * FROM wide".to_owned(), |inner, i| {
        format!("SELECT a{i}.*, a{i}.* FROM ({inner}) a{i}")
    });
    let sums: Vec<String> = (0..2_000).map(|i| format!("to_json(t.*) AS x{i}")).collect();
    let into_many: Vec<String> = (0..1_500).map(|i| format!("INSERT INTO x{i} SELECT * FROM wide")).collect();
    let into_one = vec!["INSERT INTO x SELECT * FROM wide"; 1_500].join(";");
    let joined = format!("SELECT {} FROM {}", vec!["a"; 3_000].join(", "), vec!["t"; 3_000].join(", "));
    let sums = format!("SELECT {} FROM wide t", sums.join(", "));
    for sql in [doubled, sums, into_many.join(";"), into_one, joined] {
        let schema = schema.clone();
        on_ordinary_stack(move || {
            let watch = Watch::start();
            let analysis = analyze(&sql, Dialect::Ansi, &schema, &Options::default());
            assert!(is_refused(&analysis), "{sql:.60} {:?}", analysis.statements[0].diagnostics);
            let edges: usize = analysis.script.columns.iter().map(|column| column.upstreams.len()).sum();
            assert!(edges < 2_000_000, "{edges}");
            let most = if cfg!(debug_assertions) { 20 } else { 2 };
            let took = watch.took();
            assert!(took < Duration::from_secs(most), "{took:?} {sql:.60}");
        });
    }
}

#[test]
fn statements_behind_a_broken_one_are_read() {
    let sql = "INSERT INTO a SELECT x FROM b; SELEC nonsense; INSERT INTO c SELECT 'unterminated; FROM d;";
    let analysis = soon(sql.to_owned(), Dialect::Postgres);
    let errors: Vec<bool> =
        analysis.statements.iter().map(|statement| !statement.diagnostics.is_empty()).collect();
    assert_eq!(errors, [false, true, true, true]);
    assert_eq!(analysis.script.reads[0].to_string(), "b");
}
