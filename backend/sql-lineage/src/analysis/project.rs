//! The select list: expressions with their names, and stars with what they leave out, replace and rename.

use std::rc::Rc;

use sqlparser::ast::{
    AccessExpr, ExcludeSelectItem, Expr, Ident, JsonPathElem, ObjectName, RenameSelectItem, Select,
    SelectItem, SelectItemQualifiedWildcardKind, WildcardAdditionalOptions,
};

use crate::dialect::Dialect;
use crate::lineage::EdgeKind;
use crate::names::{Name, Symbol};

use super::relation::{Column, Reach, Relation, Star};
use super::scope::Scope;
use super::sources::{Dep, Deps};
use super::tables::idents;
use super::{Analyzer, Item};

impl Analyzer<'_> {
    /// The columns that a SELECT puts out; the names of its items come into the scope as they go.
    pub(super) fn projection(&mut self, select: &Select, scope: &mut Scope<'_>) -> Vec<Column> {
        let at = select.select_token.0.span.start;
        // `FROM t` alone is `SELECT * FROM t` (DuckDB).
        if select.flavor == sqlparser::ast::SelectFlavor::FromFirstNoSelect {
            return self.star(scope);
        }
        let mut columns = Vec::with_capacity(select.projection.len());
        for (number, item) in select.projection.iter().enumerate() {
            if self.is_exhausted(1) || columns.len() > self.options.limits.columns {
                self.is_exhausted(self.options.limits.steps);
                break;
            }
            let item_at = Some(Item { select: at, number: u32::try_from(number).unwrap_or(u32::MAX) });
            self.item(item, item_at, scope, &mut columns);
        }
        if let Some(exclude) = &select.exclude {
            let hidden = self.excluded(exclude);
            columns.retain(|column| column.is_star() || !hidden.contains(&column.name.key));
        }
        columns
    }

    pub(super) fn item(
        &mut self,
        item: &SelectItem,
        at: Option<Item>,
        scope: &mut Scope<'_>,
        columns: &mut Vec<Column>,
    ) {
        match item {
            SelectItem::UnnamedExpr(expr) => {
                let name = self.natural_name(expr, columns.len());
                let deps = self.value_of(expr, scope);
                // A column under its own name adds nothing to look up; another expression's natural name is hardly referred to.
                columns.push(Column { name, deps, item: at, stars: Rc::from([]) });
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                let name = self.names.of(alias);
                let deps = self.value_of(expr, scope);
                scope.aliases.push((name.key, Rc::clone(&deps)));
                columns.push(Column { name, deps, item: at, stars: Rc::from([]) });
            }
            SelectItem::ExprWithAliases { expr, aliases } => {
                let deps = self.value_of(expr, scope);
                for alias in aliases {
                    let name = self.names.of(alias);
                    columns.push(Column { name, deps: Rc::clone(&deps), item: at, stars: Rc::from([]) });
                }
            }
            SelectItem::Wildcard(options) => {
                let all = self.star(scope);
                self.with_options(all, options, scope, columns);
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                let path: Vec<&Ident> = idents(name).collect();
                let all = self.star_of(&path, scope);
                self.with_options(all, options, scope, columns);
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expr), options) => {
                let deps = self.value_of(expr, scope);
                let all = vec![self.star_of_value(deps)];
                self.with_options(all, options, scope, columns);
            }
        }
    }

    pub(super) fn value_of(&mut self, expr: &Expr, scope: &Scope<'_>) -> Deps {
        let mut out = Vec::new();
        self.expr(expr, EdgeKind::Identity, scope, &mut out);
        self.deps(out)
    }

    /// The name that a column gets without an alias.
    pub(super) fn natural_name(&mut self, expr: &Expr, position: usize) -> Name {
        match expr {
            Expr::Identifier(ident) => return self.names.of(ident),
            Expr::CompoundIdentifier(idents) => {
                if let Some(last) = idents.last() {
                    return self.names.of(last);
                }
            }
            Expr::CompoundFieldAccess { access_chain, .. } => {
                if let Some(AccessExpr::Dot(Expr::Identifier(ident))) = access_chain.last() {
                    return self.names.of(ident);
                }
            }
            Expr::JsonAccess { path, .. } => {
                if let Some(JsonPathElem::Dot { key, quoted }) = path.path.last() {
                    return self.names.folded(key, *quoted);
                }
            }
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Collate { expr: inner, .. } => {
                return self.natural_name(inner, position);
            }
            Expr::Named { name, .. } => return self.names.of(name),
            Expr::Function(function) if matches!(self.dialect, Dialect::Postgres | Dialect::Redshift) => {
                if let Some(last) = idents(&function.name).last() {
                    return self.names.of(last);
                }
            }
            _ => {}
        }
        self.names.as_is(&format!("_col{position}"))
    }

    /// `*`: the columns of all relations; those that USING made one stand once.
    pub(super) fn star(&mut self, scope: &Scope<'_>) -> Vec<Column> {
        let mut columns = Vec::new();
        for (i, relation) in scope.relations.iter().enumerate() {
            if relation.reach != Reach::Whole {
                continue;
            }
            for column in self.all_columns(relation) {
                let merged = scope.merged.iter().find(|(key, of)| *key == column.name.key && of.contains(&i));
                match merged {
                    Some((_, of)) if of.first() != Some(&i) => {}
                    Some((_, of)) => {
                        let mut deps = Vec::new();
                        for relation in of.iter().filter_map(|&i| scope.relations.get(i)) {
                            self.push_column_of(relation, column.name, EdgeKind::Identity, &mut deps);
                        }
                        columns.push(Column { deps: self.deps(deps), ..column });
                    }
                    None => columns.push(column),
                }
            }
        }
        self.is_exhausted(columns.len());
        columns
    }

    /// `t.*`, or the fields of a column.
    fn star_of(&mut self, path: &[&Ident], scope: &Scope<'_>) -> Vec<Column> {
        let keys: Vec<Symbol> = path.iter().map(|ident| self.names.of(ident).key).collect();
        match self.relation_called(&keys, scope) {
            Some(relation) => self.all_columns(&relation),
            None => {
                let mut out = Vec::new();
                let path: Vec<Ident> = path.iter().map(|&ident| ident.clone()).collect();
                self.push_column(&path, scope, EdgeKind::Expression, &mut out);
                let deps = self.deps(out);
                vec![self.star_of_value(deps)]
            }
        }
    }

    fn star_of_value(&mut self, deps: Deps) -> Column {
        let star = Star { table: None, hidden: Rc::from([]), deps: Rc::clone(&deps) };
        Column { name: self.names.star, deps, item: None, stars: Rc::from([star]) }
    }

    fn relation_called(&self, keys: &[Symbol], scope: &Scope<'_>) -> Option<Relation> {
        let mut level = Some(scope);
        while let Some(scope) = level {
            let found = match keys {
                [alias] => scope
                    .called(*alias)
                    .or_else(|| scope.relations.iter().find(|r| r.path.last() == Some(alias))),
                _ => scope.relations.iter().find(|relation| relation.path.ends_with(keys)),
            };
            if let Some(relation) = found {
                return Some(relation.clone());
            }
            level = scope.parent;
        }
        None
    }

    /// Adds what `t.*` stands for, as an argument (`count(t.*)`, `to_json(t.*)`).
    pub(super) fn push_star_of(
        &mut self,
        path: &[&Ident],
        scope: &Scope<'_>,
        kind: EdgeKind,
        out: &mut Vec<Dep>,
    ) {
        for column in self.star_of(path, scope) {
            self.extend(out, &column.deps, kind);
        }
    }

    /// EXCEPT, EXCLUDE, REPLACE, RENAME.
    fn with_options(
        &mut self,
        all: Vec<Column>,
        options: &WildcardAdditionalOptions,
        scope: &mut Scope<'_>,
        columns: &mut Vec<Column>,
    ) {
        let mut hidden: Vec<Symbol> = Vec::new();
        if let Some(except) = &options.opt_except {
            hidden.push(self.names.of(&except.first_element).key);
            hidden.extend(except.additional_elements.iter().map(|ident| self.names.of(ident).key));
        }
        if let Some(exclude) = &options.opt_exclude {
            hidden.extend(self.excluded(exclude));
        }
        let renames: Vec<(Name, Name)> = match &options.opt_rename {
            Some(RenameSelectItem::Single(one)) => {
                vec![(self.names.of(&one.ident), self.names.of(&one.alias))]
            }
            Some(RenameSelectItem::Multiple(list)) => {
                list.iter().map(|one| (self.names.of(&one.ident), self.names.of(&one.alias))).collect()
            }
            None => Vec::new(),
        };
        let mut replaced: Vec<(Name, Deps)> = Vec::new();
        if let Some(replace) = &options.opt_replace {
            for element in &replace.items {
                replaced.push((self.names.of(&element.column_name), self.value_of(&element.expr, scope)));
            }
        }
        if hidden.is_empty() && renames.is_empty() && replaced.is_empty() {
            columns.extend(all);
            return;
        }
        let mut given: Vec<Symbol> = Vec::new();
        let mut stars = Vec::new();
        for mut column in all {
            let key = column.name.key;
            if column.is_star() {
                stars.push(column);
                continue;
            }
            given.push(key);
            if hidden.contains(&key) {
                continue;
            }
            if let Some((_, deps)) = replaced.iter().find(|(name, _)| name.key == key) {
                column.deps = Rc::clone(deps);
            }
            if let Some((_, name)) = renames.iter().find(|(name, _)| name.key == key) {
                column.name = *name;
            }
            columns.push(column);
        }
        self.open_stars(stars, &hidden, &renames, &replaced, &given, scope, columns);
    }

    /// Stars that nothing resolves: what is replaced or renamed in them is a column of its own.
    #[expect(clippy::too_many_arguments, reason = "the parts of one clause, taken apart only for length")]
    fn open_stars(
        &mut self,
        stars: Vec<Column>,
        hidden: &[Symbol],
        renames: &[(Name, Name)],
        replaced: &[(Name, Deps)],
        given: &[Symbol],
        scope: &Scope<'_>,
        columns: &mut Vec<Column>,
    ) {
        if stars.is_empty() {
            return;
        }
        for (name, deps) in replaced.iter().filter(|(name, _)| !given.contains(&name.key)) {
            columns.push(Column { name: *name, deps: Rc::clone(deps), item: None, stars: Rc::from([]) });
        }
        for (old, new) in renames.iter().filter(|(old, _)| !given.contains(&old.key)) {
            let mut deps = Vec::new();
            if let [star] = &stars[..] {
                let behind = Relation::of(
                    None,
                    super::relation::Shape::Listed(Rc::new(super::relation::Output {
                        columns: vec![star.clone()],
                        ..Default::default()
                    })),
                );
                self.push_column_of(&behind, *old, EdgeKind::Identity, &mut deps);
            } else {
                let ident = Ident::new(self.names.text(old.text).to_string());
                self.push_column(&[ident], scope, EdgeKind::Identity, &mut deps);
            }
            columns.push(Column { name: *new, deps: self.deps(deps), item: None, stars: Rc::from([]) });
        }
        let gone: Vec<Symbol> = hidden
            .iter()
            .copied()
            .chain(replaced.iter().map(|(name, _)| name.key))
            .chain(renames.iter().map(|(old, _)| old.key))
            .collect();
        for mut column in stars {
            let hide = |star: &Star| Star {
                hidden: star.hidden.iter().copied().chain(gone.iter().copied()).collect(),
                ..star.clone()
            };
            column.stars = column.stars.iter().map(hide).collect();
            columns.push(column);
        }
    }

    fn excluded(&mut self, exclude: &ExcludeSelectItem) -> Vec<Symbol> {
        let names: &[ObjectName] = match exclude {
            ExcludeSelectItem::Single(name) => std::slice::from_ref(name),
            ExcludeSelectItem::Multiple(names) => names,
        };
        names.iter().filter_map(|name| idents(name).last()).map(|ident| self.names.of(ident).key).collect()
    }
}
