//! Statements that name tables and no columns, and that sqlparser does not know.

use sqlparser::ast::{Ident, ObjectName};
use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;
use crate::lineage::StatementKind;

use super::OnlyTables;
use super::edit::View;
use super::silent::is_rename_procedure;

/// The tables of such a statement.
pub(super) fn find(view: &View<'_>, dialect: Dialect) -> Option<OnlyTables> {
    match view.token(0) {
        Token::Word(_) if view.is(0, "alter") => alter(view),
        Token::Word(_) if view.is(0, "exchange") => exchange(view),
        Token::Word(_) if view.is(0, "create") => dictionary(view).or_else(|| create(view)),
        Token::Word(_) if view.is(0, "load") => load(view),
        Token::Word(_)
            if dialect == Dialect::MsSql
                && view.is_any(0, &["exec", "execute"])
                && is_rename_procedure(view) =>
        {
            sp_rename(view)
        }
        Token::Word(_) if dialect == Dialect::MsSql && view.is_any(0, &["bulk", "copy"]) => bulk(view),
        Token::Word(_) if view.are(0, &["rename", "view"]) => renamed(view),
        Token::Word(_) if view.is_any(0, &["export", "import"]) => exported(view),
        _ => None,
    }
}

fn of(kind: StatementKind, reads: Vec<ObjectName>, writes: Vec<ObjectName>) -> Option<OnlyTables> {
    Some(OnlyTables { kind, reads, writes, is_copy: false })
}

/// `ALTER TABLE a EXCHANGE PARTITION (…) WITH TABLE b` (Hive, MySQL, Oracle), `… APPEND FROM b` (Redshift), `… SWITCH TO b` (T-SQL),
/// `… REPLACE PARTITION p FROM b`, `… ATTACH PARTITION p FROM b`, `… MOVE PARTITION p TO TABLE b` (ClickHouse),
/// `ALTER VIEW a RENAME TO b`; other ALTERs that sqlparser does not know still name their table.
fn alter(view: &View<'_>) -> Option<OnlyTables> {
    let kind_at = (1..4).find(|&i| view.is_any(i, &["table", "view"]))?;
    let mut at = kind_at + 1;
    if view.are(at, &["if", "exists"]) {
        at += 2;
    }
    let (table, behind) = view.name(at)?;
    if view.is(behind, "exchange") {
        let with = view.find_word(behind, "with")?;
        let (other, _) = view.name(with + 1 + usize::from(view.is(with + 1, "table")))?;
        return of(StatementKind::Alter, vec![other], vec![table]);
    }
    if view.is_any(behind, &["append", "replace", "attach"])
        && let Some(from) = view.find_word(behind, "from")
    {
        let (other, _) = view.name(from + 1)?;
        return of(StatementKind::Alter, vec![other], vec![table]);
    }
    if view.is_any(behind, &["switch", "move"])
        && let Some(to) = view.find_word(behind, "to")
    {
        let (other, _) = view.name(to + 1 + usize::from(view.is(to + 1, "table")))?;
        return of(StatementKind::Alter, vec![table], vec![other]);
    }
    // `RENAME b`, without TO (MySQL).
    if view.is(behind, "rename")
        && !view.is_any(behind + 1, &["to", "as"])
        && let Some((new, end)) = view.name(behind + 1)
        && end >= view.len()
    {
        return of(StatementKind::Rename, vec![table], vec![new]);
    }
    if view.is(kind_at, "view") && view.are(behind, &["rename", "to"]) {
        let (new, _) = view.name(behind + 2)?;
        return of(StatementKind::Rename, vec![table], vec![new]);
    }
    None
}

/// `EXCHANGE TABLES a AND b` (ClickHouse).
fn exchange(view: &View<'_>) -> Option<OnlyTables> {
    let (one, behind) = view.name(2)?;
    let (other, _) = view.name(behind + 1)?;
    of(StatementKind::Alter, vec![other], vec![one])
}

/// `CREATE STREAM s ON TABLE t` (Snowflake), `CREATE SYNONYM s FOR t`, `CREATE TABLE a COPY b` (BigQuery),
/// `CREATE TABLE a LIKE b (options)` (Flink), `CREATE TABLE a SHALLOW|DEEP CLONE b` (Databricks), `CREATE TABLE a AS b` (ClickHouse, Teradata),
/// `CREATE TABLE a AS CLONE OF b` (Fabric), `CREATE TABLE a (LIKE b INCLUDING …)` (PostgreSQL).
fn create(view: &View<'_>) -> Option<OnlyTables> {
    let object = (1..6).find(|&i| view.is_any(i, &["stream", "synonym", "table"]))?;
    let mut at = object + 1;
    if view.are(at, &["if", "not", "exists"]) {
        at += 3;
    }
    let (made, behind) = view.name(at)?;
    let from = match () {
        () if view.is(object, "stream") => {
            let on = view.find_word(behind, "on")?;
            on + 2 + usize::from(view.is(on + 1, "external"))
        }
        () if view.is(object, "synonym") => view.find_word(behind, "for")? + 1,
        () if view.is(behind, "copy") => behind + 1,
        () if view.is_any(behind, &["shallow", "deep"]) && view.is(behind + 1, "clone") => behind + 2,
        () if view.are(behind, &["as", "clone", "of"]) => behind + 3,
        () if *view.token(behind) == Token::LParen
            && view.is(behind + 1, "like")
            && view
                .name(behind + 2)
                .is_some_and(|(_, end)| view.is_any(end, &["including", "excluding"])) =>
        {
            behind + 2
        }
        () if view.is(behind, "like") && *view.token(view.name(behind + 1)?.1) == Token::LParen => behind + 1,
        () if view.is(behind, "as")
            && !view.is_any(behind + 1, &["select", "with", "values", "from", "table"])
            && view
                .name(behind + 1)
                .is_some_and(|(_, end)| end >= view.len() || view.is_any(end, &["engine", "with"])) =>
        {
            behind + 1
        }
        () => return None,
    };
    let (original, end) = view.name(from)?;
    let is_copy = view.is_any(from - 1, &["copy", "clone"])
        || view.are(from - 2, &["clone", "of"])
        || view.are(end, &["with", "data"]);
    Some(OnlyTables { is_copy, ..of(StatementKind::CreateTable, vec![original], vec![made])? })
}

/// `CREATE DICTIONARY d (…) SOURCE(CLICKHOUSE(TABLE 'x' DB 'y'))` (ClickHouse).
fn dictionary(view: &View<'_>) -> Option<OnlyTables> {
    let object = (1..4).find(|&i| view.is(i, "dictionary"))?;
    let at = object + 1 + if view.are(object + 1, &["if", "not", "exists"]) { 3 } else { 0 };
    let (made, behind) = view.name(at)?;
    let source = (behind..view.len()).find(|&i| view.is(i, "source"))?;
    let close = view.close(source + 1);
    let named = |word: &str| {
        let at = (source..close).find(|&i| view.is(i, word))?;
        match view.token(at + 1) {
            Token::SingleQuotedString(text) => Some(Ident::new(text)),
            _ => None,
        }
    };
    let original: Vec<Ident> =
        named("table").map(|table| named("db").into_iter().chain([table]).collect()).unwrap_or_default();
    let reads = if original.is_empty() { Vec::new() } else { vec![ObjectName::from(original)] };
    of(StatementKind::CreateTable, reads, vec![made])
}

/// `LOAD DATA [LOCAL] INFILE 'x' INTO TABLE t` (MySQL), `LOAD DATA INTO t FROM FILES (uris = ['x'])` (BigQuery).
fn load(view: &View<'_>) -> Option<OnlyTables> {
    if !view.is(1, "data") || (0..view.len()).any(|i| view.is(i, "inpath")) {
        return None;
    }
    let into = (1..view.len()).find(|&i| view.is_any(i, &["into", "overwrite"]))?;
    let (target, behind) = view.name(into + 1 + usize::from(view.is(into + 1, "table")))?;
    let text = |i: usize| match view.token(i) {
        Token::SingleQuotedString(text) | Token::DoubleQuotedString(text) => Some(text.clone()),
        _ => None,
    };
    let files: Vec<String> = match view.find_word(2, "infile") {
        Some(infile) => text(infile + 1).into_iter().collect(),
        None => {
            let uris = (behind..view.len()).find(|&i| view.is(i, "uris"))?;
            (uris..view.close(uris + 2)).filter_map(text).collect()
        }
    };
    let reads = files.into_iter().map(|file| ObjectName::from(vec![Ident::with_quote('\'', file)])).collect();
    of(StatementKind::Copy, reads, vec![target])
}

/// `EXEC sp_rename 's.a', 'b'`: b stands in s too.
fn sp_rename(view: &View<'_>) -> Option<OnlyTables> {
    let mut texts = (1..view.len()).filter_map(|i| match view.token(i) {
        Token::SingleQuotedString(text) | Token::NationalStringLiteral(text) => Some(text.as_str()),
        _ => None,
    });
    let (old, new) = (texts.next()?, texts.next()?);
    if texts.next().is_some_and(|kind| !kind.eq_ignore_ascii_case("object")) {
        return None;
    }
    let parts = |text: &str| {
        text.split('.').map(|part| Ident::new(part.trim_matches(['[', ']']))).collect::<Vec<Ident>>()
    };
    let old = parts(old);
    let new = old[..old.len() - 1].iter().cloned().chain(parts(new)).collect::<Vec<Ident>>();
    of(StatementKind::Rename, vec![ObjectName::from(old)], vec![ObjectName::from(new)])
}

/// `BULK INSERT t FROM 'file'`, `COPY INTO t (a) FROM 'url', 'url' WITH (…)`.
fn bulk(view: &View<'_>) -> Option<OnlyTables> {
    if !view.is_any(1, &["insert", "into"]) {
        return None;
    }
    let (target, behind) = view.name(2)?;
    let mut at = view.find_word(behind, "from")? + 1;
    let mut reads = Vec::new();
    while let Token::SingleQuotedString(path) = view.token(at) {
        reads.push(ObjectName::from(vec![Ident::with_quote('\'', path)]));
        if *view.token(at + 1) != Token::Comma {
            break;
        }
        at += 2;
    }
    of(StatementKind::Copy, reads, vec![target])
}

/// `RENAME VIEW a TO b`.
fn renamed(view: &View<'_>) -> Option<OnlyTables> {
    let (old, behind) = view.name(2)?;
    let (new, _) = view.name(behind + 1)?;
    of(StatementKind::Rename, vec![old], vec![new])
}

/// `EXPORT TABLE t TO 'path'`, `IMPORT TABLE t FROM 'path'` (Hive).
fn exported(view: &View<'_>) -> Option<OnlyTables> {
    let table_at = (1..4).find(|&i| view.is(i, "table"))?;
    let (table, behind) = view.name(table_at + 1)?;
    let path_at = view.find(behind, |i| view.is_any(i, &["to", "from"]))? + 1;
    let Token::SingleQuotedString(path) = view.token(path_at) else { return None };
    let path = ObjectName::from(vec![Ident::with_quote('\'', path)]);
    let (reads, writes) = if view.is(0, "export") { (table, path) } else { (path, table) };
    of(StatementKind::Copy, vec![reads], vec![writes])
}
