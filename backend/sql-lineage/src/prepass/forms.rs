//! Small forms that one grammar or another lacks.

use sqlparser::tokenizer::Token;

use crate::dialect::Dialect;

use super::Rule;
use super::edit::{Edits, View, word};

/// Put right before parsing in DuckDB: sqlparser would read it, but as a path in JSON.
pub(super) const BEFORE_DUCKDB: &[Rule] = &[alias_before];

pub(super) const RULES: &[Rule] = &[
    cross_join_on,
    trim_from,
    spaced_words,
    asof_join,
    altered,
    database,
    update_list,
    insert_exec,
    into_outfile,
    export_to,
    indexed_by,
    else_ignore,
    pivot_statement,
    compound_assignment,
    delete_from_table,
    options_behind,
    wildcard_tables,
    corresponding,
    table_query,
];

fn dropped(view: &View<'_>, from: usize, to: usize) -> (std::ops::Range<usize>, Vec<Token>) {
    (view.range(from, to), Vec::new())
}

/// `a CROSS JOIN b ON …`: Spark, MySQL and SQLite take it for an inner join, sqlparser does not take it.
fn cross_join_on(view: &View<'_>, _: Dialect) -> Edits {
    let ends = |i: usize| {
        view.is_any(i, &["join", "where", "group", "order", "union", "having", "limit"])
            || *view.token(i) == Token::Comma
    };
    (0..view.len())
        .filter(|&i| view.are(i, &["cross", "join"]))
        .filter(|&i| {
            view.find(i + 2, |k| view.is_any(k, &["on", "using"]) || ends(k))
                .is_some_and(|k| view.is_any(k, &["on", "using"]))
        })
        .map(|i| dropped(view, i, i + 1))
        .collect()
}

/// `TRIM(BOTH FROM x)`: blanks from both ends, what TRIM does anyway.
fn trim_from(view: &View<'_>, _: Dialect) -> Edits {
    (1..view.len())
        .filter(|&i| {
            *view.token(i - 1) == Token::LParen
                && view.is_any(i, &["both", "leading", "trailing"])
                && view.is(i + 1, "from")
        })
        .map(|i| dropped(view, i, i + 2))
        .collect()
}

/// `CURRENT DATE` (Db2) is CURRENT_DATE; `CREATE VDS` (Dremio) is CREATE VIEW.
fn spaced_words(view: &View<'_>, _: Dialect) -> Edits {
    let mut edits = Edits::new();
    for i in 0..view.len() {
        if view.is(i, "current")
            && let Some((_, joined)) =
                [("date", "CURRENT_DATE"), ("time", "CURRENT_TIME"), ("timestamp", "CURRENT_TIMESTAMP")]
                    .into_iter()
                    .find(|(second, _)| view.is(i + 1, second))
        {
            edits.push((view.full(i)..view.full(i + 1) + 1, vec![word(joined)]));
        }
        if view.is(i, "vds") && i < 4 && view.is(0, "create") {
            edits.push((view.full(i)..view.full(i) + 1, vec![word("VIEW")]));
        }
    }
    edits
}

/// `ASOF [LEFT] JOIN … USING (…)`, `… ON …` (ClickHouse, DuckDB): sqlparser knows Snowflake's MATCH_CONDITION only.
fn asof_join(view: &View<'_>, _: Dialect) -> Edits {
    (0..view.len())
        .filter(|&i| view.is(i, "asof") && (view.is(i + 1, "join") || view.is(i + 2, "join")))
        .map(|i| dropped(view, i, i + 1))
        .collect()
}

/// Another ALTER TABLE that nobody knows: its table is all that matters, so it becomes one that names it and changes no column.
fn altered(view: &View<'_>, _: Dialect) -> Edits {
    if !view.are(0, &["alter", "table"]) {
        return Edits::new();
    }
    let at = if view.are(2, &["if", "exists"]) { 4 } else { 2 };
    match view.name(at) {
        Some((_, end)) => {
            vec![(view.range(end, view.len()), ["ENABLE", "ROW", "LEVEL", "SECURITY"].map(word).to_vec())]
        }
        None => Edits::new(),
    }
}

/// `SET a += b` (T-SQL) is `SET a = a + b`.
fn compound_assignment(view: &View<'_>, _: Dialect) -> Edits {
    let mut edits = Edits::new();
    for i in 1..view.len() {
        let is_operator =
            matches!(view.token(i), Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::Mod);
        if !is_operator || *view.token(i + 1) != Token::Eq || !matches!(view.token(i - 1), Token::Word(_)) {
            continue;
        }
        let mut from = i - 1;
        while from >= 2 && *view.token(from - 1) == Token::Period {
            from -= 2;
        }
        let mut new = vec![Token::Eq];
        new.extend(view.copied(from, i + 1));
        edits.push((view.full(i)..view.full(i + 1) + 1, new));
    }
    edits
}

/// `DELETE FROM TABLE t`, `TRUNCATE TABLE IF EXISTS t`.
fn delete_from_table(view: &View<'_>, _: Dialect) -> Edits {
    if view.are(0, &["delete", "from", "table"]) { vec![dropped(view, 2, 3)] } else { Edits::new() }
}

/// What may stand behind a whole query and says how it runs: `OPTION (…)` (T-SQL), `WITH UR` (Db2), `WITH [NO] DATA …` of a materialised
/// view, `FOR READ ONLY`, `SEGMENTED BY …`, `UNSEGMENTED …`, `LIMIT 1 OVER (…)` (Vertica), `LOG ERRORS` (Oracle),
/// `DISTRIBUTED BY …` (Greenplum).
fn options_behind(view: &View<'_>, _: Dialect) -> Edits {
    let begins = |i: usize| {
        i > 2
            && (view.is(i, "option") && *view.token(i + 1) == Token::LParen
                || view.is(i, "with") && view.is_any(i + 1, &["ur", "cs", "rs", "rr", "data", "no"])
                || view.are(i, &["log", "errors"])
                || view.is(i, "over") && matches!(view.token(i - 1), Token::Number(..))
                || view.are(i, &["with", "read", "only"])
                || view.are(i, &["with", "check", "option"])
                || view.is(i, "with") && view.is_any(i + 1, &["local", "cascaded"])
                || view.are(i, &["for", "read", "only"])
                || view.are(i, &["for", "fetch", "only"])
                || view.is_any(i, &["segmented", "distributed"])
                    && view.is_any(i + 1, &["by", "randomly", "replicated"])
                || view.is(i, "unsegmented"))
    };
    view.find(0, begins).map(|i| dropped(view, i, view.len())).into_iter().collect()
}

/// `FROM p.d.events_*` (BigQuery) without quotes: one name.
fn wildcard_tables(view: &View<'_>, dialect: Dialect) -> Edits {
    let mut edits = Edits::new();
    if dialect != Dialect::BigQuery {
        return edits;
    }
    for i in 1..view.len() {
        let Token::Word(name) = view.token(i) else { continue };
        let touches = view.full(i + 1) == view.full(i) + 1;
        if *view.token(i + 1) == Token::Mul && touches && *view.token(i - 1) == Token::Period {
            let whole = Token::make_word(&format!("{}*", name.value), Some('`'));
            edits.push((view.full(i)..view.full(i + 1) + 1, vec![whole]));
        }
    }
    edits
}

/// `TABLE t` is `SELECT * FROM t`: sqlparser takes it behind AS and INSERT only, and with nothing behind it.
fn table_query(view: &View<'_>, _: Dialect) -> Edits {
    let begins = |i: usize| {
        let before = ["as", "union", "except", "intersect", "all", "distinct"];
        i == 0 || *view.token(i - 1) == Token::LParen || view.is_any(i - 1, &before)
    };
    let ends = |i: usize| {
        let behind = ["union", "except", "intersect", "order", "limit", "offset", "fetch"];
        matches!(view.token(i), Token::RParen | Token::EOF) || view.is_any(i, &behind)
    };
    (0..view.len())
        .filter(|&i| view.is(i, "table") && begins(i))
        .filter(|&i| view.name(i + 1).is_some_and(|(_, end)| ends(end)))
        .map(|i| (view.range(i, i + 1), vec![word("SELECT"), Token::Mul, word("FROM")]))
        .collect()
}

/// `DATABASE x` (Teradata) is `USE x`.
fn database(view: &View<'_>, _: Dialect) -> Edits {
    if view.is(0, "database") && view.len() == 2 {
        vec![(view.full(0)..view.full(0) + 1, vec![word("USE")])]
    } else {
        Edits::new()
    }
}

/// `UPDATE a, b SET …` (MySQL): a join by commas.
fn update_list(view: &View<'_>, _: Dialect) -> Edits {
    let Some(set) = view.find_word(1, "set").filter(|_| view.is(0, "update")) else { return Edits::new() };
    let mut edits = Edits::new();
    let mut at = 1;
    while let Some(comma) = view.find(at, |i| *view.token(i) == Token::Comma).filter(|&comma| comma < set) {
        edits.push((view.full(comma)..view.full(comma) + 1, vec![word("CROSS"), word("JOIN")]));
        at = comma + 1;
    }
    edits
}

/// `INSERT INTO t EXEC procedure` (T-SQL): what the procedure returns is not known.
fn insert_exec(view: &View<'_>, _: Dialect) -> Edits {
    if !view.is(0, "insert") {
        return Edits::new();
    }
    let exec = view.find(1, |i| view.is_any(i, &["exec", "execute"]));
    // A list of columns goes too: what the procedure returns is not known.
    let from = |exec: usize| match view.name(1 + usize::from(view.is(1, "into"))) {
        Some((_, end)) if *view.token(end) == Token::LParen => end,
        _ => exec,
    };
    exec.map(|at| (view.range(from(at), view.len()), vec![word("DEFAULT"), word("VALUES")]))
        .into_iter()
        .collect()
}

/// `SELECT a INTO OUTFILE 'x' … FROM t` (MySQL), `SELECT a FROM t INTO OUTFILE 'x' …` (MySQL, ClickHouse): a COPY of the query to the file.
fn into_outfile(view: &View<'_>, _: Dialect) -> Edits {
    let Some(into) = view.find(0, |i| view.is(i, "into") && view.is_any(i + 1, &["outfile", "dumpfile"]))
    else {
        return Edits::new();
    };
    let Token::SingleQuotedString(path) = view.token(into + 2) else { return Edits::new() };
    let end = view.find(into + 3, |i| view.is(i, "from")).unwrap_or(view.len());
    let last = view.tokens.len();
    let to = [Token::RParen, word("TO"), Token::SingleQuotedString(path.clone())];
    let begin = (view.full(0)..view.full(0), vec![word("COPY"), Token::LParen]);
    let mut edits = vec![begin, (view.range(into, end), Vec::new())];
    edits.push((last..last, to.to_vec()));
    edits
}

/// `EXPORT TO PARQUET (directory = 'x') AS SELECT …` (Vertica): a COPY of the query to the folder.
fn export_to(view: &View<'_>, _: Dialect) -> Edits {
    let path = (3..view.len()).find_map(|i| match view.token(i) {
        Token::SingleQuotedString(path) if view.is(i - 2, "directory") => Some(path.clone()),
        _ => None,
    });
    let query = view.find(2, |i| view.is(i, "as") && view.is_any(i + 1, &["select", "with"]));
    match (path, query) {
        (Some(path), Some(query)) if view.are(0, &["export", "to"]) => {
            let to = vec![Token::RParen, word("TO"), Token::SingleQuotedString(path)];
            let last = view.tokens.len();
            vec![(view.range(0, query + 1), vec![word("COPY"), Token::LParen]), (last..last, to)]
        }
        _ => Edits::new(),
    }
}

/// `t INDEXED BY i`, `t NOT INDEXED` (SQLite): how it is looked up.
fn indexed_by(view: &View<'_>, _: Dialect) -> Edits {
    (1..view.len())
        .filter_map(|i| match () {
            () if view.are(i, &["indexed", "by"]) => Some(dropped(view, i, i + 3)),
            () if view.are(i, &["not", "indexed"]) => Some(dropped(view, i, i + 2)),
            () => None,
        })
        .collect()
}

/// `MERGE … ELSE IGNORE` (Db2): nothing is done with the rest.
fn else_ignore(view: &View<'_>, _: Dialect) -> Edits {
    let at = view.find(0, |i| view.are(i, &["else", "ignore"])).filter(|_| view.is(0, "merge"));
    at.map(|at| dropped(view, at, at + 2)).into_iter().collect()
}

/// `SELECT b: c + d` (DuckDB) is `SELECT c + d AS b`.
fn alias_before(view: &View<'_>, _: Dialect) -> Edits {
    let mut edits = Edits::new();
    for i in 1..view.len() {
        let begins = view.is_any(i - 1, &["select", "distinct"]) || *view.token(i - 1) == Token::Comma;
        let Token::Word(alias) = view.token(i) else { continue };
        if !begins || *view.token(i + 1) != Token::Colon {
            continue;
        }
        // In braces it is a field of a struct: `{a: 1, b: 2}`.
        let Some(end) = end_of_item(view, i + 2) else { continue };
        edits.push((view.range(i, i + 2), Vec::new()));
        edits.push((view.full(end)..view.full(end), vec![word("AS"), Token::Word(alias.clone())]));
    }
    edits
}

fn end_of_item(view: &View<'_>, from: usize) -> Option<usize> {
    let end = view.find(from, |i| *view.token(i) == Token::Comma || view.is_any(i, &["from", "select"]));
    let end = end.or_else(|| {
        let mut depth = 0_usize;
        (from..view.len()).find(|&i| match view.token(i) {
            Token::LParen | Token::LBracket | Token::LBrace => {
                depth += 1;
                false
            }
            Token::RParen | Token::RBracket | Token::RBrace => {
                depth = depth.wrapping_sub(1);
                depth == usize::MAX
            }
            _ => false,
        })
    });
    let end = end.unwrap_or(view.len());
    let in_struct = *view.token(end) == Token::RBrace;
    (!in_struct).then_some(end)
}

/// `PIVOT t ON c USING sum(v) GROUP BY k` (DuckDB): the columns depend on the data; the aggregates and the groups are what is known.
fn pivot_statement(view: &View<'_>, dialect: Dialect) -> Edits {
    let Some(pivot) = (0..view.len()).find(|&i| view.is(i, "pivot")).filter(|_| dialect == Dialect::DuckDb)
    else {
        return Edits::new();
    };
    let (Some(on), Some(using)) = (view.find_word(pivot + 1, "on"), view.find_word(pivot + 1, "using"))
    else {
        return Edits::new();
    };
    let end = |i: usize| view.is_any(i, &["order", "limit"]);
    let group = view.find(using, |i| view.is(i, "group"));
    let stop = view.find(using, end).unwrap_or_else(|| {
        (using..view.len())
            .find(|&i| *view.token(i) == Token::RParen && view.find(using, |k| k == i).is_some())
            .unwrap_or(view.len())
    });
    let mut new = vec![word("SELECT")];
    if let Some(group) = group.filter(|&group| group < stop) {
        new.extend(view.copied(group + 2, stop));
        new.push(Token::Comma);
    }
    new.extend(view.copied(using + 1, group.unwrap_or(stop).min(stop)));
    new.push(word("FROM"));
    new.extend(view.copied(pivot + 1, on));
    if let Some(group) = group.filter(|&group| group < stop) {
        new.extend(view.copied(group, stop));
    }
    vec![(view.range(pivot, stop), new)]
}

/// `UNION ALL CORRESPONDING`: by name. sqlparser says that as BY NAME.
fn corresponding(view: &View<'_>, _: Dialect) -> Edits {
    let by_name = || vec![word("BY"), word("NAME")];
    (0..view.len())
        .filter(|&i| view.is(i, "corresponding"))
        .map(|i| (view.range(i, i + 1), by_name()))
        .collect()
}
