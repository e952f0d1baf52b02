//! Statements that move no data. They are not parsed: sqlparser lacks many, and there is nothing to learn from them.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;
use crate::lineage::StatementKind;

use super::create::begins_query;
use super::edit::View;

/// First words that are enough.
const FIRST: [&str; 60] = [
    "abort",
    "analyze",
    "analyse",
    "attach",
    "break",
    "cache",
    "call",
    "checkpoint",
    "clear",
    "close",
    "cluster",
    "commit",
    "comment",
    "compile",
    "continue",
    "deallocate",
    "deny",
    "desc",
    "describe",
    "detach",
    "discard",
    "exit",
    "explain",
    "fetch",
    "flush",
    "get",
    "grant",
    "help",
    "install",
    "iterate",
    "kill",
    "leave",
    "let",
    "list",
    "listen",
    "lock",
    "msck",
    "notify",
    "open",
    "optimize",
    "perform",
    "pragma",
    "print",
    "put",
    "raise",
    "raiserror",
    "refresh",
    "release",
    "reload",
    "reset",
    "return",
    "revoke",
    "rollback",
    "savepoint",
    "show",
    "signal",
    "throw",
    "uncache",
    "unlock",
    "vacuum",
];
/// What CREATE, ALTER or DROP may name that is no table.
const OBJECTS: [&str; 52] = [
    "aggregate",
    "alert",
    "assembly",
    "catalog",
    "cast",
    "collation",
    "connection",
    "connector",
    "credential",
    "database",
    "domain",
    "event",
    "extension",
    "file",
    "fulltext",
    "group",
    "index",
    "integration",
    "job",
    "language",
    "library",
    "link",
    "login",
    "masking",
    "model",
    "named",
    "network",
    "operator",
    "package",
    "partition",
    "policy",
    "profile",
    "publication",
    "quota",
    "resource",
    "role",
    "row",
    "rule",
    "schema",
    "sequence",
    "server",
    "service",
    "session",
    "share",
    "stage",
    "statistics",
    "system",
    "tablespace",
    "tag",
    "trigger",
    "type",
    "user",
];
/// Words between CREATE and what it makes.
const MODIFIERS: [&str; 12] = [
    "or",
    "replace",
    "alter",
    "temporary",
    "temp",
    "unique",
    "clustered",
    "nonclustered",
    "bitmap",
    "public",
    "if",
    "not",
];

/// The kind of a statement that moves no data; `None`: it may.
pub(super) fn kind(view: &View<'_>, dialect: Dialect) -> Option<StatementKind> {
    use StatementKind::{CreateFunction, Other};
    let Token::Word(_) = view.token(0) else {
        return matches!(view.token(0), Token::Div | Token::ExclamationMark if view.len() < 8)
            .then_some(Other);
    };
    let is_command = match () {
        () if view.is(0, "perform") => {
            !view.is_any(1, &["insert", "update", "delete", "merge", "create", "with"])
        }
        () if view.is(0, "add") => view.is_any(1, &["jar", "jars", "file", "files", "archive", "archives"]),
        () if view.is(0, "remove") => view.is_any(1, &["jar", "jars"]),
        () if view.is_any(0, &["load", "unload", "use"]) => {
            view.is_any(1, &["module", "modules"]) || view.are(0, &["load", "extension"])
        }
        () if view.is_any(0, &["delimiter", "go", "null", "stop", "quit", "whenever", "prompt", "spool"]) => {
            true
        }
        () if view.is(0, "set") => !view.is(1, "schema") || dialect == Dialect::Postgres,
        () if view.is(0, "exec") || view.is(0, "execute") => {
            !is_rename_procedure(view)
                && !view.are(1, &["statement", "set"])
                && !view.is_any(1, &["insert"])
                && !(view.is(1, "immediate") && matches!(view.token(2), Token::DollarQuotedString(_)))
        }
        () if view.is(0, "begin") => {
            view.len() == 1
                || view.is_any(1, &["transaction", "tran", "work", "deferred", "immediate", "exclusive"])
                || view.are(1, &["statement", "set"]) && view.len() == 3
        }
        () if view.is(0, "start") => view.is(1, "transaction"),
        () if view.is(0, "declare") => true,
        () if view.is(0, "end") => view.len() == 1,
        () if matches!(view.token(1), Token::Assignment) => true,
        () => view.is_any(0, &FIRST),
    };
    if is_command {
        return Some(Other);
    }
    if !view.is_any(0, &["create", "alter", "drop"]) {
        return None;
    }
    let object = (1..view.len()).find(|&i| !view.is_any(i, &MODIFIERS))?;
    let is_external = view.is(object, "external") && !view.is(object + 1, "table");
    // The query of a model reads tables (BigQuery).
    let has_query = view.is(0, "create")
        && view.is(object, "model")
        && (object..view.len()).any(|i| view.is(i, "as") && begins_query(view, i + 1));
    if has_query {
        return None;
    }
    if view.is_any(object, &OBJECTS)
        || is_external
        || view.are(object, &["foreign", "data"])
        || view.are(object, &["search", "optimization"])
    {
        return Some(Other);
    }
    let is_function = view.is_any(object, &["function", "macro"])
        || view.are(object, &["table", "function"])
        || view.are(object, &["system", "function"]);
    if is_function && !view.is(0, "create") {
        return Some(Other);
    }
    if view.is(object, "procedure") && !view.is(0, "create") {
        return Some(Other);
    }
    (is_function && !is_sql_function(view)).then_some(CreateFunction)
}

/// Whether a function's body is SQL: no class, no jar, no other language.
fn is_sql_function(view: &View<'_>) -> bool {
    for i in 2..view.len() {
        if view.is(i, "language") {
            return view.is(i + 1, "sql");
        }
        let names_class = view.is(i, "as")
            && matches!(view.token(i + 1), Token::SingleQuotedString(_))
            && view.len() <= i + 8
            && !has_returns(view);
        if names_class || view.are(i, &["using", "jar"]) || view.is_any(i, &["soname", "handler", "begin"]) {
            return false;
        }
    }
    true
}

fn has_returns(view: &View<'_>) -> bool {
    (2..view.len()).any(|i| view.is_any(i, &["returns", "return"]))
}

pub(super) fn is_rename_procedure(view: &View<'_>) -> bool {
    (1..view.len().min(6)).any(|i| view.is(i, "sp_rename"))
}
