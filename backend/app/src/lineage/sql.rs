//! SQL into edges between names, by `sql-lineage`. Each statement gives its own edges; tables that the text makes only for
//! itself are passed through.

use super::places::Place;
use super::said::{Said, SaidEdge, SaidEnd, SaidStatement, Spot};
use cadastre_model::{AssetName, How, Understood};
use sql_lineage::{
    Analysis, ColumnLineage, Dialect, EdgeKind, Options, Schema, Severity, Statement, StatementKind,
    TableName, Upstream, analyze,
};
use std::collections::{HashMap, HashSet};

/// A text of SQL, and where it belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// The text.
    pub(crate) sql: &'a str,
    /// Its dialect.
    pub(crate) dialect: Dialect,
    /// Where its names are looked for.
    pub(crate) place: &'a Place,
    /// Where the rows of a bare query go: the view that it defines.
    pub(crate) fills: Option<&'a AssetName>,
}

/// An edge whose column is one of several that it may be.
const DOUBTFUL: i16 = 50;
/// An edge of a statement of which something was not understood.
const PARTLY: i16 = 80;
/// An edge of which nothing is left open.
const SURE: i16 = 100;

impl Text<'_> {
    /// The tables that the text names, whatever their columns are; also under the schema where PostgreSQL looks next.
    #[must_use]
    pub(crate) fn names(&self) -> Vec<AssetName> {
        let analysis = analyze(self.sql, self.dialect, &Schema::new(), &self.options());
        let tables = analysis.statements.iter().flat_map(|one| one.reads.iter().chain(&one.writes));
        let mut names: Vec<AssetName> = Vec::new();
        for table in tables {
            let Some(name) = self.place.full(table.parts()) else { continue };
            if let Some(schema) = self.next_schema()
                && name.path.len() == 3
                && name.path.get(1) == self.place.path.get(1)
            {
                let mut next = name.clone();
                schema.clone_into(&mut next.path[1]);
                names.push(next);
            }
            names.push(name);
        }
        names.extend(self.fills.cloned());
        names
    }

    /// What the text says, with the columns of the tables that are known.
    #[must_use]
    pub(crate) fn read(&self, schema: &Schema) -> Said {
        let analysis = analyze(self.sql, self.dialect, schema, &self.options());
        Reading { text: self, own: own_tables(&analysis), temporary: HashMap::new(), edges: Vec::new() }
            .whole(&analysis)
    }

    fn options(&self) -> Options {
        let (catalog, schema) = match &self.place.path[..] {
            [] => (None, None),
            [one] if self.levels() == 2 => (None, Some(one.clone())),
            [one] => (Some(one.clone()), None),
            [catalog, schema, ..] => (Some(catalog.clone()), Some(schema.clone())),
        };
        let search_path = match (self.next_schema(), &schema) {
            (Some(next), Some(schema)) => vec![schema.clone(), next.to_owned()],
            _ => Vec::new(),
        };
        Options { default_catalog: catalog, default_schema: schema, search_path, ..Options::default() }
    }

    fn levels(&self) -> usize {
        cadastre_intake::platform_of(&self.place.namespace).parts
    }

    /// PostgreSQL looks into `public` for what the schema of a function does not have.
    fn next_schema(&self) -> Option<&'static str> {
        let schema = self.place.path.get(1)?;
        let looks = matches!(self.dialect, Dialect::Postgres | Dialect::Redshift);
        (looks && schema != "public" && schema != "pg_catalog").then_some("public")
    }
}

/// Tables that a text makes and does not leave: temporary ones.
fn own_tables(analysis: &Analysis) -> HashSet<TableName> {
    let left: HashSet<&TableName> = analysis.script.writes.iter().collect();
    let written = analysis.statements.iter().filter(|one| moves_data(one.kind)).flat_map(|one| &one.writes);
    written.filter(|table| !left.contains(table)).cloned().collect()
}

/// Whether rows come out of it.
const fn moves_data(kind: StatementKind) -> bool {
    use StatementKind as K;
    matches!(
        kind,
        K::Query
            | K::Insert
            | K::Update
            | K::Delete
            | K::Merge
            | K::CreateTable
            | K::CreateTableAs
            | K::CreateView
            | K::CreateFunction
            | K::CreateProcedure
            | K::Copy
    )
}

/// A column of a table of the text's own, or (without column) its rows.
type Own = (TableName, Option<String>);

/// What comes from where, and how.
type Source = (TableName, Option<String>, EdgeKind, i16);

struct Reading<'a> {
    text: &'a Text<'a>,
    own: HashSet<TableName>,
    /// What the text's own tables are made from, in tables that are not.
    temporary: HashMap<Own, Vec<Source>>,
    edges: Vec<SaidEdge>,
}

impl Reading<'_> {
    fn whole(mut self, analysis: &Analysis) -> Said {
        // A table that is made under one name and renamed to another is only seen as a whole.
        let swaps = analysis.statements.iter().any(|one| one.kind == StatementKind::Rename);
        if swaps {
            self.script(analysis);
        } else {
            for statement in analysis.statements.iter().filter(|one| moves_data(one.kind)) {
                self.statement(statement);
            }
        }
        let statements = analysis.statements.iter().map(said_of).collect();
        Said { edges: self.edges, statements }
    }

    fn script(&mut self, analysis: &Analysis) {
        let script = &analysis.script;
        self.pairs(&script.reads, &script.writes, None);
        for column in &script.columns {
            if let Some(table) = &column.table {
                self.column(table, column, SURE, None);
            }
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let place = statement.place;
        let spot = Spot {
            statement: number(statement.index + 1),
            start: number(place.start),
            end: number(place.end),
        };
        let worst = statement.diagnostics.iter().map(|one| one.severity).max();
        let sure = if worst >= Some(Severity::Warning) { PARTLY } else { SURE };
        let targets: Vec<TableName> = match self.fills(statement) {
            Some(fills) => vec![fills],
            None => statement.writes.clone(),
        };
        self.pairs(&statement.reads, &targets, Some(spot));
        for column in &statement.columns {
            let target = match &column.table {
                Some(table) => Some(table.clone()),
                None => self.fills(statement),
            };
            let Some(target) = target else { continue };
            let spot = column.expression.as_ref().map_or(spot, |expression| Spot {
                start: number(expression.place.start),
                end: number(expression.place.end),
                ..spot
            });
            self.column(&target, column, sure, Some(spot));
        }
        let mut rows: Vec<Source> = statement.rows.iter().flat_map(|row| self.sources(row, sure)).collect();
        rows.extend(statement.reads.iter().flat_map(|table| self.deciding(table)));
        for target in &targets {
            self.deliver(target, None, rows.clone(), Some(spot));
        }
    }

    /// The view that a bare query defines, named as a table.
    fn fills(&self, statement: &Statement) -> Option<TableName> {
        let fills = self.text.fills.filter(|_| statement.kind == StatementKind::Query)?;
        Some(TableName::new(fills.path.iter().map(String::as_str)))
    }

    fn column(&mut self, target: &TableName, column: &ColumnLineage, sure: i16, spot: Option<Spot>) {
        let sources = column.upstreams.iter().flat_map(|upstream| self.sources(upstream, sure)).collect();
        self.deliver(target, Some(column.column.to_string()), sources, spot);
    }

    /// Where an upstream comes from, through the text's own tables.
    fn sources(&self, upstream: &Upstream, sure: i16) -> Vec<Source> {
        let tables = match &upstream.table {
            Some(table) => std::slice::from_ref(table),
            None => &upstream.candidates,
        };
        let sure = if upstream.table.is_some() { sure } else { sure.min(DOUBTFUL) };
        let mut all = Vec::new();
        for table in tables {
            let column = upstream.column.to_string();
            if !self.own.contains(table) {
                all.push((table.clone(), Some(column), upstream.kind, sure));
                continue;
            }
            let key = |column: Option<String>| (table.clone(), column.map(|name| name.to_lowercase()));
            for (from, column, kind, confidence) in
                self.temporary.get(&key(Some(column))).into_iter().flatten()
            {
                let kind =
                    if upstream.kind.decides_rows() { upstream.kind } else { upstream.kind.max(*kind) };
                all.push((from.clone(), column.clone(), kind, sure.min(*confidence)));
            }
        }
        all
    }

    /// What decided the rows of a table of the text's own: it decides the rows of whatever reads it.
    fn deciding(&self, table: &TableName) -> Vec<Source> {
        let sources = self.temporary.get(&(table.clone(), None)).into_iter().flatten();
        sources.filter(|(.., kind, _)| kind.decides_rows()).cloned().collect()
    }

    /// Hands sources to a column of a table, or to its rows.
    fn deliver(
        &mut self,
        target: &TableName,
        column: Option<String>,
        sources: Vec<Source>,
        spot: Option<Spot>,
    ) {
        if self.own.contains(target) {
            let key = (target.clone(), column.map(|name| name.to_lowercase()));
            self.temporary.entry(key).or_default().extend(sources);
            return;
        }
        let Some(to) = self.end(target, column) else { return };
        for (table, column, kind, confidence) in sources {
            let Some(from) = self.end(&table, column) else { continue };
            let star = from.column.is_none() && to.column.is_none() && !kind.decides_rows();
            self.edges.push(SaidEdge {
                from: Some(from),
                to: Some(to.clone()),
                how: how(kind),
                star,
                confidence,
                spot,
            });
        }
    }

    /// That the one goes into the other, whatever its columns; or that a table is read, or written, and no more.
    fn pairs(&mut self, reads: &[TableName], writes: &[TableName], spot: Option<Spot>) {
        let mut outside: Vec<TableName> = Vec::new();
        for table in reads {
            let behind = self.behind(table);
            outside.extend(behind.into_iter().filter(|table| !outside.contains(table)).collect::<Vec<_>>());
        }
        for target in writes.iter().filter(|target| self.own.contains(target)) {
            let sources: Vec<Source> =
                outside.iter().map(|table| (table.clone(), None, EdgeKind::Identity, SURE)).collect();
            self.temporary.entry((target.clone(), None)).or_default().extend(sources);
        }
        let whole = |table: &TableName| self.end(table, None);
        let from: Vec<SaidEnd> = outside.iter().filter_map(whole).collect();
        let to: Vec<SaidEnd> =
            writes.iter().filter(|table| !self.own.contains(table)).filter_map(whole).collect();
        let only_own = !writes.is_empty() && to.is_empty();
        let edge = |from: Option<&SaidEnd>, to: Option<&SaidEnd>| SaidEdge {
            from: from.cloned(),
            to: to.cloned(),
            how: How::Unknown,
            star: false,
            confidence: SURE,
            spot,
        };
        match (&from[..], &to[..]) {
            ([], to) => self.edges.extend(to.iter().map(|to| edge(None, Some(to)))),
            (_, []) if only_own => {}
            (from, []) => self.edges.extend(from.iter().map(|from| edge(Some(from), None))),
            (from, to) => {
                for to in to {
                    let others: Vec<&SaidEnd> = from.iter().filter(|from| *from != to).collect();
                    // What is only made from itself is written, and that is all.
                    if others.is_empty() {
                        self.edges.push(edge(None, Some(to)));
                    }
                    self.edges.extend(others.into_iter().map(|from| edge(Some(from), Some(to))));
                }
            }
        }
    }

    /// A table itself, or what a table of the text's own was made from.
    fn behind(&self, table: &TableName) -> Vec<TableName> {
        if !self.own.contains(table) {
            return vec![table.clone()];
        }
        let sources = self.temporary.get(&(table.clone(), None)).into_iter().flatten();
        sources.map(|(table, ..)| table.clone()).collect()
    }

    fn end(&self, table: &TableName, column: Option<String>) -> Option<SaidEnd> {
        let column = column.filter(|name| name != "*");
        let fills = self.text.fills.filter(|fills| is_named(table, fills));
        let name = match fills {
            Some(fills) => fills.clone(),
            None => self.text.place.full(table.parts())?,
        };
        Some(SaidEnd { name, column })
    }
}

fn is_named(table: &TableName, name: &AssetName) -> bool {
    table.parts().iter().map(AsRef::as_ref).eq(name.path.iter().map(String::as_str))
}

fn said_of(statement: &Statement) -> SaidStatement {
    let worst = statement.diagnostics.iter().filter(|one| one.severity > Severity::Note).max_by_key(|one| {
        // Of equals the first.
        (one.severity, std::cmp::Reverse(one.place.start))
    });
    let understood = match worst.map(|one| one.severity) {
        _ if statement.kind == StatementKind::Unknown => Understood::Failed,
        Some(Severity::Error) => Understood::Failed,
        Some(_) => Understood::Partly,
        None if moves_data(statement.kind) => Understood::Whole,
        None => Understood::NoData,
    };
    SaidStatement {
        ordinal: number(statement.index + 1),
        kind: word(statement.kind),
        understood,
        start: number(statement.place.start),
        end: number(statement.place.end),
        line: number(statement.place.line),
        reason: worst.map(|one| (one.message.clone(), number(one.place.line), number(one.place.column))),
    }
}

/// The kind's word, as `sql-lineage` writes it.
fn word(kind: StatementKind) -> String {
    serde_json::to_value(kind).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn how(kind: EdgeKind) -> How {
    kind.name().parse().unwrap_or(How::Unknown)
}

fn number<N: TryInto<i32>>(number: N) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}
