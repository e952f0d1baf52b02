//! What a text consists of, for whoever has to decide whether it may run: kinds of statements, tables, functions called, forms used.
//! Stricter than [`crate::analyze`]: only the dialect's own grammar, nothing is mended, and one statement that is not understood refuses
//! the text. What may run is not decided here.

mod plain;
mod seen;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sqlparser::ast::{Statement, Visit};
use sqlparser::tokenizer::{Token, TokenWithSpan};

pub use plain::plain;
use seen::Seen;

use crate::dialect::Dialect;
use crate::lineage::{Diagnostic, Severity, StatementKind, TableName};
use crate::options::Options;
use crate::tokens::{Failure, span_of};
use crate::{parse, work};

/// What a statement consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// What it does. CREATE, INSERT and the like are told apart; what moves no data is [`StatementKind::Other`].
    pub kind: StatementKind,
    /// Whether it only reads: a query without INTO, without a lock, without a statement inside that writes. A function that it calls may
    /// still do anything.
    pub only_reads: bool,
    /// The functions that it calls, in lower case, qualified where the text qualifies them, sorted.
    pub functions: Vec<String>,
    /// The tables that it names, CTEs among them, as written, sorted.
    pub tables: Vec<TableName>,
    /// The same as the server looks them up: what is not quoted is folded as the dialect does.
    pub relations: Vec<TableName>,
    /// The names that its WITHs give, in whichever query, folded likewise, sorted.
    pub ctes: Vec<String>,
    /// The types that it names and the grammar does not know by itself (casts, typed literals, columns of aliases), in lower case,
    /// qualified where the text qualifies them, sorted.
    pub types: Vec<String>,
    /// The operators that it calls by `OPERATOR(schema.+)`, as written, sorted.
    pub operators: Vec<String>,
    /// The forms that it uses.
    pub forms: BTreeSet<Form>,
}

/// A form of SQL that a reader may want to know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// WITH.
    With,
    /// WITH RECURSIVE: may run for ever.
    Recursive,
    /// A query inside another.
    Subquery,
    /// UNION, INTERSECT, EXCEPT.
    SetOperation,
    /// A join, by JOIN or by a comma.
    Join,
    /// OVER.
    Window,
    /// LIMIT, FETCH or TOP, on the outermost query.
    Limit,
    /// `*` or `t.*`.
    Star,
    /// LATERAL, APPLY.
    Lateral,
    /// A function that stands for a table.
    TableFunction,
    /// A file or a URL that is read as a table.
    File,
    /// SELECT … INTO.
    Into,
    /// FOR UPDATE, FOR SHARE.
    Lock,
    /// A statement that writes, inside a query.
    WriteInside,
    /// `$1`, `?`, `:name`.
    Parameter,
    /// `TABLE t` in place of SELECT.
    BareTable,
    /// `a 'b'`: where this grammar sees a name, a server may see a literal of the type `a`.
    NameInApostrophes,
}

/// What the statements of a text consist of.
///
/// ```
/// use sql_lineage::{Dialect, Form, StatementKind, inspect};
///
/// let inspected = inspect("SELECT upper(name), pg_sleep(9) FROM people FOR UPDATE", Dialect::Postgres)?;
/// assert_eq!(inspected[0].kind, StatementKind::Query);
/// assert_eq!(inspected[0].functions, ["pg_sleep", "upper"]);
/// assert!(inspected[0].forms.contains(&Form::Lock));
/// assert!(!inspected[0].only_reads);
/// # Ok::<(), sql_lineage::Diagnostic>(())
/// ```
///
/// # Errors
///
/// The text is refused by the default [`crate::Limits`], or a statement is not of the dialect's grammar; the diagnostic says where.
pub fn inspect(sql: &str, dialect: Dialect) -> Result<Vec<Inspection>, Diagnostic> {
    let options = Options::default();
    let refused = |failure: Failure| Diagnostic {
        severity: Severity::Error,
        place: crate::text::Text::new(sql).place(failure.span),
        message: failure.message,
    };
    let (_, runs, shape) = work::measured(sql, dialect, &options).map_err(refused)?;
    let inspected = work::on_stack(shape, &options, || {
        let mut all = Vec::new();
        for run in runs {
            if let Some(failure) = run.failure {
                return Err(failure);
            }
            let span = span_of(&run.tokens);
            let parsed = parse::strictly(run.tokens, dialect, &options).map_err(|failure| Failure {
                span: if failure.span.start.line == 0 { span } else { failure.span },
                ..failure
            })?;
            all.extend(parsed.iter().map(|parsed| statement(parsed, dialect)));
        }
        Ok(all)
    });
    match inspected {
        Ok(inspected) => inspected.map_err(refused),
        Err(error) => {
            Err(refused(Failure { message: error.to_string(), span: sqlparser::tokenizer::Span::empty() }))
        }
    }
}

/// What one expression consists of (a predicate, a sum): as [`inspect`], and the text is the expression and nothing else, so that it can
/// stand in parentheses in a statement of somebody else's. A query inside it is [`Form::Subquery`].
///
/// ```
/// use sql_lineage::{Dialect, inspect_expression};
///
/// assert_eq!(inspect_expression("lower(state) = 'paid'", Dialect::Postgres)?.functions, ["lower"]);
/// assert!(inspect_expression("true) OR (true", Dialect::Postgres).is_err());
/// # Ok::<(), sql_lineage::Diagnostic>(())
/// ```
///
/// # Errors
///
/// As [`inspect`]; there is more than one expression; or there is a comment: what stands in one is read differently by different
/// databases (`/*! … */`), or hides what follows.
pub fn inspect_expression(sql: &str, dialect: Dialect) -> Result<Inspection, Diagnostic> {
    let options = Options::default();
    let refused = |failure: Failure| Diagnostic {
        severity: Severity::Error,
        place: crate::text::Text::new(sql).place(failure.span),
        message: failure.message,
    };
    let (_, runs, shape) = work::measured(sql, dialect, &options).map_err(refused)?;
    let run = match <[_; 1]>::try_from(runs) {
        Ok([run]) => run,
        Err(_) => {
            return Err(refused(Failure {
                message: "not one expression".to_owned(),
                span: sqlparser::tokenizer::Span::empty(),
            }));
        }
    };
    if let Some(failure) = run.failure {
        return Err(refused(failure));
    }
    if let Some(comment) = run.tokens.iter().find(|token| is_comment(token)) {
        return Err(refused(Failure {
            message: "a comment in an expression".to_owned(),
            span: comment.span,
        }));
    }
    let inspected = work::on_stack(shape, &options, || {
        let expression = parse::expression(run.tokens, dialect, &options)?;
        let mut seen = Seen::inside(dialect);
        let _ = expression.visit(&mut seen);
        Ok(seen.told(StatementKind::Query))
    });
    match inspected {
        Ok(inspected) => inspected.map_err(refused),
        Err(error) => {
            Err(refused(Failure { message: error.to_string(), span: sqlparser::tokenizer::Span::empty() }))
        }
    }
}

fn is_comment(token: &TokenWithSpan) -> bool {
    use sqlparser::tokenizer::Whitespace as W;
    matches!(token.token, Token::Whitespace(W::SingleLineComment { .. } | W::MultiLineComment(_)))
}

fn statement(statement: &Statement, dialect: Dialect) -> Inspection {
    let mut seen = Seen::outermost(dialect);
    let _ = statement.visit(&mut seen);
    seen.told(kind(statement))
}

fn kind(statement: &Statement) -> StatementKind {
    use StatementKind as K;
    match statement {
        Statement::Query(_) => K::Query,
        Statement::Insert(_) => K::Insert,
        Statement::Update(_) => K::Update,
        Statement::Delete(_) => K::Delete,
        Statement::Merge(_) => K::Merge,
        Statement::CreateTable(create) if create.query.is_some() => K::CreateTableAs,
        Statement::CreateTable(_) => K::CreateTable,
        Statement::CreateView(_) => K::CreateView,
        Statement::CreateFunction(_) => K::CreateFunction,
        Statement::CreateProcedure { .. } => K::CreateProcedure,
        Statement::Copy { .. }
        | Statement::CopyIntoSnowflake { .. }
        | Statement::Unload { .. }
        | Statement::ExportData(_) => K::Copy,
        Statement::AlterTable(_) => K::Alter,
        Statement::RenameTable(_) => K::Rename,
        Statement::Drop { .. } => K::Drop,
        Statement::Truncate(_) => K::Truncate,
        Statement::Use(_) => K::Use,
        _ => K::Other,
    }
}
