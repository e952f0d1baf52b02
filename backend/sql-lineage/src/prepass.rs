//! Where sqlparser falls short: what is done on tokens before and besides parsing.
//!
//! Before ([`prepare`]): statements that move no data are set aside unparsed, the statements of procedures and blocks are taken out,
//! Hive's multi-insert is taken apart, and a few forms that sqlparser would misread are put right.
//! After ([`repair`]): only what no grammar took is rewritten, so what sqlparser knows is left to sqlparser.
//!
//! Each rule stands with its reason in the module of its family. Spans stay those of the text; what a rule adds has none.

mod blocks;
mod clickhouse;
mod create;
mod edit;
mod flink;
mod forms;
mod hive;
mod mssql;
mod only_tables;
mod oracle;
mod postgres;
mod silent;
mod teradata;
mod warehouses;

use sqlparser::ast::ObjectName;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::dialect::Dialect;
use crate::lineage::StatementKind;
use crate::options::Limits;
use crate::tokens::Failure;

use edit::{Edits, View, apply};

/// What is to be done with a statement's tokens.
#[derive(Debug)]
pub(crate) enum Prepared {
    /// Parse them.
    Parse(Vec<TokenWithSpan>),
    /// They move no data.
    Silent(StatementKind, Vec<TokenWithSpan>),
    /// Their tables are known, and there is nothing else.
    Tables(OnlyTables, Vec<TokenWithSpan>),
    /// They are refused: a string in them holds a text that the limits do not allow.
    Refused(Failure, Vec<TokenWithSpan>),
    /// The statements of a procedure, which count as one, and the whole.
    Procedure(Vec<Prepared>, Vec<TokenWithSpan>),
}

/// A statement that names tables and no columns.
#[derive(Debug)]
pub(crate) struct OnlyTables {
    pub(crate) kind: StatementKind,
    pub(crate) reads: Vec<ObjectName>,
    pub(crate) writes: Vec<ObjectName>,
    /// What is written has the rows of what is read, not only its columns.
    pub(crate) is_copy: bool,
}

/// Words that steer, before one statement (`IF a THEN IF b THEN …`): more is no script.
const MOST_CONTROL: usize = 32;

/// The statements in the tokens between two semicolons.
pub(crate) fn prepare(tokens: Vec<TokenWithSpan>, dialect: Dialect, limits: &Limits) -> Vec<Prepared> {
    let mut tokens = rewritten(tokens, before(dialect), dialect);
    if is_plain(&tokens, dialect) {
        return vec![Prepared::Parse(tokens)];
    }
    for _ in 0..MOST_CONTROL {
        let view = View::of(&tokens);
        if view.len() == 0 {
            return Vec::new();
        }
        if let Some(kind) = silent::kind(&view, dialect) {
            return vec![Prepared::Silent(kind, tokens)];
        }
        if let Some(only) = only_tables::find(&view, dialect) {
            return vec![Prepared::Tables(only, tokens)];
        }
        if blocks::is_procedure(&view) {
            return match blocks::procedure(&view, dialect, limits) {
                Ok(body) => {
                    let statements = body.into_iter().flat_map(|run| prepare(run, dialect, limits)).collect();
                    vec![Prepared::Procedure(statements, tokens)]
                }
                Err(failure) => vec![Prepared::Refused(failure, tokens)],
            };
        }
        match blocks::anonymous(&view, dialect, limits) {
            Some(Ok(body)) => {
                return body.into_iter().flat_map(|run| prepare(run, dialect, limits)).collect();
            }
            Some(Err(failure)) => return vec![Prepared::Refused(failure, tokens)],
            None => {}
        }
        if let Some(inserts) = hive::multi_insert(&view) {
            return inserts.into_iter().map(Prepared::Parse).collect();
        }
        if let Some((query, body)) = blocks::loop_over(&view) {
            let runs = [query, body].into_iter();
            return runs.flat_map(|run| prepare(run, dialect, limits)).collect();
        }
        match blocks::after_control(&view, dialect) {
            Some(from) => drop(tokens.drain(..from)),
            None => break,
        }
    }
    vec![Prepared::Parse(tokens)]
}

/// Statements that begin so are as they look: no rule is about them.
fn is_plain(tokens: &[TokenWithSpan], dialect: Dialect) -> bool {
    use sqlparser::keywords::Keyword as K;
    let has_multi_insert = dialect == Dialect::Hive || dialect.is_spark();
    let first = tokens.iter().find(|token| crate::tokens::is_significant(token));
    matches!(
        first.map(|token| &token.token),
        Some(Token::Word(word)) if matches!(word.keyword, K::SELECT | K::INSERT | K::UPDATE | K::DELETE | K::MERGE)
                || (word.keyword == K::WITH && !has_multi_insert)
    )
}

/// What a dialect has put right before parsing.
fn before(dialect: Dialect) -> &'static [Rule] {
    match dialect {
        Dialect::Spark | Dialect::Databricks | Dialect::Hive => hive::BEFORE,
        Dialect::DuckDb => forms::BEFORE_DUCKDB,
        Dialect::MsSql => mssql::BEFORE,
        Dialect::Postgres | Dialect::Redshift => postgres::BEFORE,
        Dialect::Snowflake | Dialect::BigQuery => warehouses::BEFORE,
        _ => &[],
    }
}

/// A rule: what it would change.
type Rule = fn(&View<'_>, Dialect) -> Edits;

fn rewritten(tokens: Vec<TokenWithSpan>, rules: &[Rule], dialect: Dialect) -> Vec<TokenWithSpan> {
    let mut tokens = tokens;
    for rule in rules {
        let edits = rule(&View::of(&tokens), dialect);
        if !edits.is_empty() {
            tokens = apply(&tokens, edits);
        }
    }
    tokens
}

/// Rewrites what no grammar took, or `None`: no rule knows it.
pub(crate) fn repair(tokens: &[TokenWithSpan], dialect: Dialect) -> Option<Vec<TokenWithSpan>> {
    let mut tokens = tokens.to_vec();
    let mut changed = false;
    let families = [
        clickhouse::RULES,
        forms::RULES,
        mssql::RULES,
        oracle::RULES,
        postgres::RULES,
        teradata::RULES,
        warehouses::RULES,
        hive::RULES,
        flink::RULES,
        create::RULES,
    ];
    for rule in families.into_iter().flatten() {
        let edits = rule(&View::of(&tokens), dialect);
        if !edits.is_empty() {
            tokens = apply(&tokens, edits);
            changed = true;
        }
    }
    changed.then_some(tokens)
}
