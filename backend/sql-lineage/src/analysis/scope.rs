//! From a name to the columns it stands for: the relations in sight, from the inside out.

use std::rc::Rc;

use sqlparser::ast::Ident;

use crate::dialect::Dialect;
use crate::lineage::{EdgeKind, Severity};
use crate::names::{Name, Symbol};

use super::Analyzer;
use super::relation::{Has, Reach, Relation, Shape};
use super::sources::{Dep, Deps, TableId};

/// The relations of a SELECT, inside those of the query around it.
#[derive(Debug, Default)]
pub(super) struct Scope<'p> {
    pub(super) relations: Vec<Relation>,
    pub(super) parent: Option<&'p Scope<'p>>,
    /// Select items that have a name, in order.
    pub(super) aliases: Vec<(Symbol, Deps)>,
    /// The WINDOW clause.
    pub(super) windows: Vec<(Symbol, Deps)>,
    /// Columns that USING or NATURAL made one, and the relations they are of.
    pub(super) merged: Vec<(Symbol, Vec<usize>)>,
}

/// Where a column was found.
enum Found<'a> {
    In(Vec<&'a Relation>),
    Alias(Deps),
    WholeRow(&'a Relation),
    Ambiguous(Vec<&'a Relation>),
    Nowhere,
}

impl<'p> Scope<'p> {
    pub(super) fn inside(parent: Option<&'p Scope<'p>>) -> Self {
        Self { parent, ..Self::default() }
    }

    fn chain(&self) -> impl Iterator<Item = &Scope<'p>> {
        std::iter::successors(Some(self), |scope| scope.parent.map(|parent| parent as &Scope<'p>))
    }

    fn alias(&self, key: Symbol) -> Option<&Deps> {
        self.aliases.iter().find(|(alias, _)| *alias == key).map(|(_, deps)| deps)
    }

    /// The relation of this name.
    pub(super) fn called(&self, alias: Symbol) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.alias == Some(alias))
    }
}

impl Analyzer<'_> {
    /// Adds what a column reference comes from.
    pub(super) fn push_column(
        &mut self,
        idents: &[Ident],
        scope: &Scope<'_>,
        kind: EdgeKind,
        out: &mut Vec<Dep>,
    ) {
        match idents {
            [] => {}
            [ident] => {
                let name = self.names.of(ident);
                if !self.parameters.contains(&name.key) {
                    self.push_unqualified(name, ident, scope, kind, out);
                }
            }
            _ => {
                let parts: Vec<Name> = idents.iter().map(|ident| self.names.of(ident)).collect();
                if !self.parameters.contains(&parts[0].key) {
                    self.push_qualified(&parts, idents, scope, kind, out);
                }
            }
        }
    }

    fn push_unqualified(
        &mut self,
        name: Name,
        ident: &Ident,
        scope: &Scope<'_>,
        kind: EdgeKind,
        out: &mut Vec<Dep>,
    ) {
        let mut missing = true;
        for level in scope.chain() {
            if self.is_exhausted(1 + level.relations.len()) {
                return;
            }
            match self.find_in(name, level) {
                Found::In(relations) => {
                    relations.into_iter().for_each(|relation| self.push_column_of(relation, name, kind, out));
                }
                Found::Alias(deps) => self.extend(out, &deps, kind.max(EdgeKind::Expression)),
                Found::WholeRow(relation) => self.push_whole_row(relation, kind, out),
                Found::Ambiguous(relations) => {
                    self.push_ambiguous(name, ident, &relations, kind, out);
                }
                Found::Nowhere => {
                    missing &= level.relations.is_empty();
                    continue;
                }
            }
            return;
        }
        self.push_unresolved(name, &[], kind, out);
        let message = if missing {
            "is in no table: there is no FROM"
        } else {
            "is in none of the tables that are known"
        };
        self.note(Severity::Note, format!("column {} {message}", ident.value), ident.span);
    }

    fn find_in<'a>(&self, name: Name, level: &'a Scope<'_>) -> Found<'a> {
        if let Some((_, merged)) = level.merged.iter().find(|(key, _)| *key == name.key) {
            return Found::In(merged.iter().filter_map(|&i| level.relations.get(i)).collect());
        }
        let reachable = || level.relations.iter().filter(|relation| relation.reach != Reach::QualifiedOnly);
        let having = |wanted: Has| {
            reachable().filter(|relation| self.has(relation, name) == wanted).collect::<Vec<_>>()
        };
        let sure = having(Has::Yes);
        if sure.len() > 1 {
            return Found::Ambiguous(sure);
        }
        if !sure.is_empty() {
            return Found::In(sure);
        }
        let open = having(Has::Open);
        // The alias of an item before: taken where no known column has the name, unless the item itself is made from such a column.
        if let Some(deps) = level.alias(name.key) {
            let own = deps.iter().any(|dep| self.sources.get(dep.source).column.key == name.key);
            if open.is_empty() || (self.dialect.has_lateral_aliases() && !own) {
                return Found::Alias(Rc::clone(deps));
            }
        }
        if open.len() > 1 {
            return Found::Ambiguous(open);
        }
        if !open.is_empty() {
            return Found::In(open);
        }
        if let Some(row) = reachable().find(|relation| relation.alias == Some(name.key)) {
            return Found::WholeRow(row);
        }
        let weak = having(Has::Weak);
        if weak.is_empty() { Found::Nowhere } else { Found::In(weak) }
    }

    fn push_ambiguous(
        &mut self,
        name: Name,
        ident: &Ident,
        relations: &[&Relation],
        kind: EdgeKind,
        out: &mut Vec<Dep>,
    ) {
        let mut tables: Vec<TableId> = Vec::new();
        relations.iter().for_each(|relation| self.tables_behind(relation, &mut tables));
        tables.dedup();
        // Two uses of one table (a self-join of what may be anything): the table is sure, even if its use is not.
        if let [table] = tables[..]
            && relations.iter().all(|relation| matches!(relation.shape, Shape::Table(_)))
        {
            let source = self.sources.column(table, name);
            out.push(Dep { source, kind });
            return;
        }
        self.push_unresolved(name, &tables, kind, out);
        let of: Vec<String> =
            tables.iter().take(8).map(|&table| self.tables.name(table).to_string()).collect();
        self.note(
            Severity::Note,
            format!("column {} may be of several tables: {}", ident.value, of.join(", ")),
            ident.span,
        );
    }

    fn push_whole_row(&mut self, relation: &Relation, kind: EdgeKind, out: &mut Vec<Dep>) {
        for column in self.all_columns(relation) {
            self.extend(out, &column.deps, kind.max(EdgeKind::Expression));
        }
    }

    fn push_qualified(
        &mut self,
        parts: &[Name],
        idents: &[Ident],
        scope: &Scope<'_>,
        kind: EdgeKind,
        out: &mut Vec<Dep>,
    ) {
        for level in scope.chain() {
            if self.is_exhausted(1 + level.relations.len()) {
                return;
            }
            if let Some((relation, rest)) = self.qualified_in(parts, level) {
                self.push_field(relation, rest, kind, out);
                return;
            }
        }
        // No relation of that name: a field of a column?
        let is_field = |scope: &Scope<'_>| {
            scope
                .chain()
                .any(|level| !matches!(self.find_in(parts[0], level), Found::Nowhere | Found::Ambiguous(_)))
        };
        let has_fields =
            !matches!(self.dialect, Dialect::MySql | Dialect::MsSql | Dialect::Sqlite | Dialect::Teradata);
        if has_fields && is_field(scope) {
            self.push_unqualified(parts[0], &idents[0], scope, kind.max(EdgeKind::Identity), out);
            return;
        }
        let column = parts[parts.len() - 1];
        self.push_unresolved(column, &[], kind, out);
        let path: Vec<&str> = idents.iter().map(|ident| ident.value.as_str()).collect();
        self.note(
            Severity::Note,
            format!("nothing in FROM is called {}", path[..path.len() - 1].join(".")),
            idents[0].span,
        );
    }

    /// The relation that the first parts name, and the other parts: column and fields.
    fn qualified_in<'a, 'n>(
        &self,
        parts: &'n [Name],
        level: &'a Scope<'_>,
    ) -> Option<(&'a Relation, &'n [Name])> {
        // The whole path first: in `a.b.c` both a table `b` of `a` and a column `b` of `a` may be meant.
        for length in (2..parts.len()).rev() {
            let is_path = |relation: &&Relation| {
                let path = &relation.path;
                path.len() >= length
                    && path[path.len() - length..].iter().eq(parts[..length].iter().map(|part| &part.key))
            };
            if let Some(relation) = level.relations.iter().find(is_path) {
                return Some((relation, &parts[length..]));
            }
        }
        let by_alias = level.called(parts[0].key);
        // `t` may also name the table that stands there under an alias, where nothing else is called so.
        let relation = by_alias.or_else(|| {
            level.relations.iter().find(|relation| relation.path.last() == Some(&parts[0].key))
        })?;
        Some((relation, &parts[1..]))
    }

    /// Adds a column of a relation, or of its fields those that the schema lists.
    fn push_field(&mut self, relation: &Relation, path: &[Name], kind: EdgeKind, out: &mut Vec<Dep>) {
        let [column, fields @ ..] = path else { return };
        if !fields.is_empty()
            && let Shape::Table(table) = relation.shape
        {
            let path: Vec<&str> = path.iter().map(|part| &**self.names.text(part.key)).collect();
            let path = path.join(".");
            let listed =
                self.tables.fields(table).iter().find(|field| **self.names.text(field.key) == *path).copied();
            if let Some(field) = listed {
                let source = self.sources.column(table, field);
                out.push(Dep { source, kind });
                return;
            }
        }
        // The alias of an unfolded array is its element: `item.sku` is a field of it.
        let element = relation
            .alias
            .map(|key| Name { key, text: key })
            .filter(|_| matches!(relation.shape, Shape::Listed(_)));
        match (self.has(relation, *column), element.filter(|&name| self.has(relation, name) == Has::Yes)) {
            (Has::No, Some(element)) => {
                self.push_column_of(relation, element, kind.max(EdgeKind::Expression), out);
            }
            (Has::No, None) => self.push_missing(relation, *column, kind, out),
            _ => self.push_column_of(relation, *column, kind, out),
        }
    }

    /// A column that its relation is known not to have. The schema may be old: of a real table it is taken as written.
    fn push_missing(&mut self, relation: &Relation, column: Name, kind: EdgeKind, out: &mut Vec<Dep>) {
        let text = self.names.text(column.text).to_string();
        match relation.shape {
            Shape::Table(table) => {
                let source = self.sources.column(table, column);
                out.push(Dep { source, kind });
                let message =
                    format!("column {text} is not among the known columns of {}", self.tables.name(table));
                self.note(Severity::Note, message, sqlparser::tokenizer::Span::empty());
            }
            _ => self.push_unresolved(column, &[], kind, out),
        }
    }
}
