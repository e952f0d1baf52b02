//! Each byte is a word of SQL: the fuzzer makes statements instead of noise.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sql_lineage::{Dialect, Options, Schema, analyze};

const WORDS: &[&str] = &[
    "SELECT", "FROM", "WHERE", "INSERT", "INTO", "OVERWRITE", "DIRECTORY", "'p'", "CREATE", "OR", "REPLACE", "TABLE", "VIEW", "AS", "(", ")", ",",
    ";", ".", "*", "a", "b", "t", "s", "\"Q\"", "`q`", "[x]", "BEGIN", "END", "IF", "THEN", "ELSE", "LOOP", "DO", "$$ x $$", "PROCEDURE", "FUNCTION",
    "WITH", "RECURSIVE", "UNION", "ALL", "INTERSECT", "JOIN", "LEFT", "CROSS", "USING", "ON", "LATERAL", "UNNEST", "FLATTEN", "PIVOT", "UNPIVOT",
    "FOR", "IN", "MERGE", "WHEN", "MATCHED", "NOT", "UPDATE", "SET", "=", "+=", "DELETE", "CASE", "OVER", "PARTITION", "BY", "ORDER", "GROUP",
    "HAVING", "QUALIFY", "TUMBLE", "DESCRIPTOR", "INTERVAL", "EXCHANGE", "TABLES", "AND", "LIKE", "LOAD", "DATA", "uris", "sp_rename", "EXEC",
    "ALTER", "RENAME", "TO", "SWAP", "CLONE", "COPY", "UNLOAD", "1", "'x'", "::", "->", "=>", "|>", ":", "${x}", "TRANSFORM", "VERSION", "OF",
    "EXCEPT", "EXCLUDE", "VALUES", "EXISTS", "CAST", "sum", "count", "MATCH_RECOGNIZE", "PATTERN", "DEFINE", "MEASURES", "NATURAL", "USE", "DROP",
    "TRUNCATE", "EXPLAIN", "WINDOW", "ARRAY", "VIEW", "explode", "STATEMENT", "GO", "TEMPORARY", "+", "-", "||",
];

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else { return };
    let words: Vec<&str> = bytes.iter().map(|&byte| WORDS[usize::from(byte) % WORDS.len()]).collect();
    let sql = words.join(" ");
    let Ok(dialect) = Dialect::NAMES[usize::from(first) % Dialect::NAMES.len()].parse() else { return };
    let alone = analyze(&sql, dialect, &Schema::new(), &Options::default());
    let behind = analyze(&format!("SHOW TABLES; {sql}"), dialect, &Schema::new(), &Options::default());
    assert_eq!(alone.script, behind.script);
});
