//! Any text, as any dialect, ends in an answer whose places lie in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sql_lineage::{Dialect, Options, Schema, analyze, inspect};

fuzz_target!(|data: &[u8]| {
    let Some((&first, text)) = data.split_first() else { return };
    let Ok(sql) = std::str::from_utf8(text) else { return };
    let Ok(dialect) = Dialect::NAMES[usize::from(first) % Dialect::NAMES.len()].parse() else { return };
    let analysis = analyze(sql, dialect, &Schema::new(), &Options::default());
    for statement in &analysis.statements {
        assert!(statement.place.end as usize <= sql.len());
        for expression in statement.columns.iter().filter_map(|column| column.expression.as_ref()) {
            assert_eq!(sql.get(expression.place.start as usize..expression.place.end as usize), Some(&*expression.text));
        }
    }
    let _ = inspect(sql, dialect);
});
