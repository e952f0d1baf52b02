//! What may be asked: one query that names what it reads by schema and calls nothing but functions of a list.
//!
//! The wall is the account at the source, and the transaction that only reads; this stands before them. It looks at the text with the
//! parser of `sql-lineage`, and what it lets through is that text with its comments blanked, so that nothing is asked that was not looked at.

use super::error::ReadError;
use super::functions::may_be_called;
use cadastre_model::{Message, SourceKind};
use sql_lineage::{Diagnostic, Dialect, Form, Inspection, StatementKind, TableName, inspect, plain};

/// Forms that no query may have.
const FORBIDDEN: &[Form] = &[
    Form::Into,
    Form::Lock,
    Form::WriteInside,
    Form::Parameter,
    Form::File,
    Form::Recursive,
    Form::BareTable,
    Form::NameInApostrophes,
];

/// The text that may be asked in place of this one.
pub(super) fn admit(kind: SourceKind, sql: &str) -> Result<String, ReadError> {
    look(kind, sql).map(|(plain, _)| plain)
}

/// The tables and views that a query reads, each with its schema and as the source looks it up (what is not quoted is folded).
///
/// # Errors
/// Where it may not be asked at all.
pub fn relations(kind: SourceKind, sql: &str) -> Result<Vec<Vec<String>>, ReadError> {
    let (_, inspected) = look(kind, sql)?;
    let named = inspected.relations.iter().filter(|name| name.parts().len() > 1);
    Ok(named.map(|name| name.parts().iter().map(ToString::to_string).collect()).collect())
}

fn look(kind: SourceKind, sql: &str) -> Result<(String, Inspection), ReadError> {
    let dialect = match kind {
        SourceKind::Postgresql => Dialect::Postgres,
    };
    let text = sql.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    let plain = plain(text, dialect).map_err(|diagnostic| unreadable(&diagnostic))?;
    let inspected = inspect(&plain, dialect).map_err(|diagnostic| unreadable(&diagnostic))?;
    let Ok([one]) = <[Inspection; 1]>::try_from(inspected) else {
        return Err(refused("read-refused-statement"));
    };
    statement(&one)?;
    calls(&one)?;
    one.relations.iter().try_for_each(|name| relation(&one, name))?;
    Ok((plain, one))
}

fn statement(one: &Inspection) -> Result<(), ReadError> {
    if one.kind != StatementKind::Query {
        return Err(refused("read-refused-statement"));
    }
    if let Some(form) = one.forms.iter().find(|form| FORBIDDEN.contains(form)) {
        let word = serde_json::to_value(form).ok().and_then(|word| word.as_str().map(str::to_owned));
        return Err(ReadError::Refused(
            Message::new("read-refused-form").arg("form", word.unwrap_or_default()),
        ));
    }
    if one.only_reads { Ok(()) } else { Err(refused("read-refused-statement")) }
}

/// The search path holds `pg_catalog` alone: what is not qualified is the server's own or not there.
fn calls(one: &Inspection) -> Result<(), ReadError> {
    let own = |name: &str| match name.split_once('.') {
        None => Some(name.to_owned()),
        Some(("pg_catalog", name)) => Some(name.to_owned()),
        Some(_) => None,
    };
    let known = |name: &String| own(name).is_some_and(|name| may_be_called(&name));
    if let Some(function) = one.functions.iter().find(|name| !known(name)) {
        return Err(ReadError::Refused(Message::new("read-refused-function").arg("function", function)));
    }
    if let Some(name) = one.types.iter().find(|name| own(name).is_none()) {
        return Err(ReadError::Refused(Message::new("read-refused-type").arg("name", name)));
    }
    let own_operator = |name: &String| name.strip_prefix("pg_catalog.").unwrap_or(name).find('.').is_none();
    match one.operators.iter().find(|name| !own_operator(name)) {
        Some(name) => Err(ReadError::Refused(Message::new("read-refused-operator").arg("name", name))),
        None => Ok(()),
    }
}

/// A name without schema is that of a WITH, or of a function in FROM. `only` is the word of `FROM ONLY t` where the parser takes it for a
/// table, and `pg_…` would be the server's own where no WITH of that name is in sight.
fn relation(one: &Inspection, name: &TableName) -> Result<(), ReadError> {
    let parts: Vec<String> = name.parts().iter().map(|part| part.to_ascii_lowercase()).collect();
    let catalogue = |part: &String| part.starts_with("pg_") || part == "information_schema";
    match parts.as_slice() {
        [lone] if lone == "only" || catalogue(lone) => {
            Err(ReadError::Refused(Message::new("read-refused-relation").arg("name", name)))
        }
        [lone] => {
            let known = one.functions.contains(lone) || one.ctes.iter().any(|cte| **cte == *name.last());
            let message = || Message::new("read-refused-unqualified").arg("name", name);
            if known { Ok(()) } else { Err(ReadError::Refused(message())) }
        }
        [.., schema, _] if catalogue(schema) && !one.functions.contains(&parts.join(".")) => {
            Err(ReadError::Refused(Message::new("read-refused-relation").arg("name", name)))
        }
        _ => Ok(()),
    }
}

fn refused(key: &'static str) -> ReadError {
    ReadError::Refused(Message::new(key))
}

fn unreadable(diagnostic: &Diagnostic) -> ReadError {
    ReadError::Refused(
        Message::new("read-refused-unreadable")
            .arg("line", diagnostic.place.line)
            .arg("column", diagnostic.place.column)
            .arg("reason", &diagnostic.message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(sql: &str) -> Option<String> {
        admit(SourceKind::Postgresql, sql).err().map(|error| error.message().key.into_owned())
    }

    #[test]
    fn plain_queries_pass() {
        for sql in [
            "SELECT count(*) AS c0, count(*) FILTER (WHERE \"a\" IS NULL) FROM \"s\".\"t\"",
            "WITH x AS (SELECT a FROM s.t) SELECT * FROM x JOIN s.u USING (a) ORDER BY 1 LIMIT 5;",
            "SELECT pg_catalog.lower(a), current_date, coalesce(a, 'b') FROM s.t -- all",
            "SELECT g FROM generate_series(1, 3) AS g, unnest(ARRAY[1]) AS u(v)",
            "SELECT '1'::numeric(3,1), a::mood, date '2026-01-01', a OPERATOR(pg_catalog.+) 1 FROM s.t",
            "VALUES (1), (2)",
            "SELECT extract(epoch FROM max(a)), substring(b FROM 2), trim(b), a AT TIME ZONE 'UTC' FROM s.t GROUP BY b, a",
        ] {
            assert_eq!(key(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_is_refused_says_why() {
        for (sql, why) in [
            ("SELECT 1; SELECT 2", "read-refused-statement"),
            ("DELETE FROM s.t", "read-refused-statement"),
            ("EXPLAIN SELECT 1", "read-refused-statement"),
            ("SELECT 1 INTO x", "read-refused-form"),
            ("SELECT * FROM s.t FOR UPDATE", "read-refused-form"),
            ("SELECT s.dom 'x'", "read-refused-form"),
            ("SELECT a AS 'x' FROM s.t", "read-refused-form"),
            ("SELECT pg_sleep(1)", "read-refused-function"),
            ("SELECT s.lower('a')", "read-refused-function"),
            ("SELECT a OPERATOR(s.+) 1 FROM s.t", "read-refused-operator"),
            ("SELECT '1'::s.dom", "read-refused-type"),
            ("SELECT * FROM t", "read-refused-unqualified"),
            ("SELECT * FROM pg_authid", "read-refused-relation"),
            ("SELECT * FROM PG_CATALOG.pg_authid", "read-refused-relation"),
            ("SELECT * FROM ONLY pg_authid", "read-refused-relation"),
            ("WITH pg_authid AS (SELECT 1) SELECT * FROM pg_authid", "read-refused-relation"),
            ("SELECT * FROM information_schema.tables", "read-refused-relation"),
            ("SELECT $$a$$", "read-refused-unreadable"),
        ] {
            assert_eq!(key(sql).as_deref(), Some(why), "{sql}");
        }
    }

    #[test]
    fn what_a_query_reads_is_told_as_the_source_finds_it() {
        let read = relations(
            SourceKind::Postgresql,
            "WITH x AS (SELECT * FROM Shop.Orders) SELECT * FROM x, \"Shop\".\"T\", unnest(ARRAY[1])",
        );
        let read = read.map(|all| all.into_iter().map(|parts| parts.join(".")).collect::<Vec<_>>());
        assert_eq!(read.ok(), Some(vec!["Shop.T".to_owned(), "shop.orders".to_owned()]));
    }
}
