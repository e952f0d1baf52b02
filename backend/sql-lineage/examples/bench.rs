//! How fast: the full answer beside the bare parse, in the same run and on one thread.
//!
//! `bench CASES.jsonl` takes the TPC-DS queries of a file of cases (with their schema), each wrapped as an INSERT; `bench FOLDER` takes
//! the `.sql` files of a folder as they are. `--dialect` and `--seconds` may be given. What is judged is the ratio, not the time.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser;
use sql_lineage::protocol::Case;
use sql_lineage::{Dialect, Options, Schema, Stack, analyze, with_large_stack};

#[derive(Parser)]
struct Arguments {
    /// Cases in JSON lines, or a folder of SQL.
    input: PathBuf,
    /// The dialect of all texts.
    #[arg(long, default_value = "ansi")]
    dialect: Dialect,
    /// How long it takes in all.
    #[arg(long, default_value_t = 9.0)]
    seconds: f64,
}

struct Text {
    sql: String,
    schema: Schema,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let texts = if arguments.input.is_dir() { folder(&arguments.input)? } else { cases(&arguments.input)? };
    let report = with_large_stack(|| measure(&texts, &arguments))?;
    io::stdout().write_all(report.as_bytes())
}

fn cases(file: &Path) -> io::Result<Vec<Text>> {
    let lines = std::fs::read_to_string(file)?;
    let mut texts = Vec::new();
    for line in lines.lines() {
        let case: Case = serde_json::from_str(line)?;
        if case.id.as_str().is_some_and(|id| id.contains("tpc-ds")) {
            let sql = case.sql.trim().trim_end_matches(';');
            texts.push(Text {
                sql: format!("INSERT INTO result {sql}"),
                schema: case.schema.unwrap_or_default(),
            });
        }
    }
    Ok(texts)
}

fn folder(folder: &Path) -> io::Result<Vec<Text>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    files
        .into_iter()
        .map(|file| Ok(Text { sql: std::fs::read_to_string(file)?, schema: Schema::new() }))
        .collect()
}

/// Seconds for one round of each work over all texts: the least of many rounds, since others use the machine too. The works take turns,
/// so that an hour in which the machine is slow is slow for all of them.
fn least<const N: usize>(texts: &[Text], seconds: f64, mut works: [&mut dyn FnMut(&Text); N]) -> [f64; N] {
    let (begin, mut least) = (Instant::now(), [f64::MAX; N]);
    while begin.elapsed() < Duration::from_secs_f64(seconds) {
        for (work, least) in works.iter_mut().zip(&mut least) {
            let round = Instant::now();
            for text in texts {
                work(text);
            }
            *least = least.min(round.elapsed().as_secs_f64());
        }
    }
    least
}

fn measure(texts: &[Text], arguments: &Arguments) -> String {
    let options = Options { stack: Stack::Callers, ..Options::default() };
    let (mut statements, mut edges, mut failed) = (0, 0, 0);
    for text in texts {
        let analysis = analyze(&text.sql, arguments.dialect, &text.schema, &options);
        statements += analysis.statements.len();
        let columns = analysis.statements.iter().flat_map(|statement| &statement.columns);
        edges += columns.map(|column| column.upstreams.len()).sum::<usize>();
        failed +=
            analysis.statements.iter().filter(|s| s.kind == sql_lineage::StatementKind::Unknown).count();
    }
    let grammar = sqlparser::dialect::dialect_from_str(arguments.dialect.name());
    let generic = sqlparser::dialect::GenericDialect {};
    let grammar = grammar.as_deref().unwrap_or(&generic);
    let mut parse = |text: &Text| {
        let _ = std::hint::black_box(sqlparser::parser::Parser::parse_sql(grammar, &text.sql));
    };
    let mut whole = |text: &Text| {
        std::hint::black_box(analyze(&text.sql, arguments.dialect, &text.schema, &options));
    };
    let mut json = |text: &Text| {
        let analysis = analyze(&text.sql, arguments.dialect, &text.schema, &options);
        let _ = std::hint::black_box(serde_json::to_vec(&analysis));
    };
    let [parse, whole, json] = least(texts, arguments.seconds, [&mut parse, &mut whole, &mut json]);
    let rate = |seconds: f64| statements as f64 / seconds;
    format!(
        "{statements} statements in {} texts, {edges} column edges, {failed} not understood\n\
         bare parse              {:>8.0} statements/s\n\
         full answer             {:>8.0} statements/s  {:.2} × the parse (analysis alone {:.2})\n\
         full answer, as JSON    {:>8.0} statements/s  {:.2} × the parse\n",
        texts.len(),
        rate(parse),
        rate(whole),
        whole / parse,
        whole / parse - 1.0,
        rate(json),
        json / parse,
    )
}
