//! Uniqueness, references, gaps, and queries of one's own: what one pass of aggregates cannot tell.

use super::builder::{Builder, What};
use super::rows::are_comparable;
use super::{column, misfit};
use crate::fault::{Fault, Wrong};
use crate::language::{GapFree, Step, Unique};
use crate::plan::{Item, Measure, Type};
use crate::table::{Sort, Table};

impl Builder<'_> {
    /// Groups of rows that have the same values, with more than one row.
    pub(super) fn unique(&mut self, check: &Unique, filter: Option<&str>) -> Result<Measure, Fault> {
        for name in &check.columns {
            let column = self.subject.column(name, "check.unique.columns")?;
            if column.sort == Sort::Opaque {
                return Err(misfit(column, "check.unique.columns"));
            }
        }
        let keys = self.quoted(&check.columns);
        let filters = self.filters(filter, &check.columns);
        let sql = format!(
            "SELECT coalesce(sum(n), 0)::bigint AS a FROM (SELECT count(*) AS n FROM {}{} GROUP BY {keys} HAVING count(*) > 1) AS g",
            self.table(),
            wherever(&filters)
        );
        Ok(self.counted(sql, filter))
    }

    /// Rows whose values are not there in another dataset.
    pub(super) fn references(
        &mut self,
        here: &[String],
        dataset: &str,
        keys: &[String],
        filter: Option<&str>,
        at: &str,
    ) -> Result<Measure, Fault> {
        let there = self.subject.other(dataset, &format!("{at}.dataset"))?;
        self.comparable(here, there, keys, at)?;
        let absent = self.absent(here, there, keys);
        let mut filters = self.filters(filter, here);
        filters.push(absent);
        let sql = format!("SELECT count(*) AS a FROM {}{}", self.table(), wherever(&filters));
        Ok(self.counted(sql, filter))
    }

    fn comparable(&self, here: &[String], there: &Table, keys: &[String], at: &str) -> Result<(), Fault> {
        for (name, key) in here.iter().zip(keys) {
            let left = self.subject.column(name, at)?;
            let right = column(there, key, at)?;
            if !are_comparable(&left.sort, &right.sort) {
                return Err(misfit(right, at));
            }
        }
        if here.len() == keys.len() {
            Ok(())
        } else {
            Err(Fault::new(at, Wrong::Sides { left: here.len(), right: keys.len() }))
        }
    }

    /// True for a row whose values no row there has.
    pub(super) fn absent(&self, here: &[String], there: &Table, keys: &[String]) -> String {
        let dialect = self.subject.dialect;
        let table = self.table();
        let pairs: Vec<String> = here
            .iter()
            .zip(keys)
            .map(|(name, key)| format!("{THERE}.{} = {table}.{}", dialect.name(key), dialect.name(name)))
            .collect();
        let from = dialect.path(&there.path);
        format!("NOT EXISTS (SELECT 1 FROM {from} AS {THERE} WHERE {})", pairs.join(" AND "))
    }

    pub(super) fn gaps(&mut self, check: &GapFree, filter: Option<&str>) -> Result<Measure, Fault> {
        let column = self.subject.column(&check.column, "check.gap_free.column")?;
        let fits = match check.step {
            Step::One => matches!(column.sort, Sort::Integer(_)),
            Step::Day => column.sort.is_time(),
        };
        if !fits {
            return Err(misfit(column, "check.gap_free.column"));
        }
        let filters: Vec<&str> = filter.into_iter().collect();
        let sql = self.subject.dialect.steps(&self.table(), column, check.step, &filters);
        let (all, there) = (self.cell(), self.cell());
        let outputs = vec![(all, Type::Text), (there, Type::Count)];
        let rules = vec![self.rule()];
        self.beside.push(Item { sql, outputs, rules, risky: filter.is_some() });
        Ok(Measure::Steps { all, there })
    }

    /// The cell of the rows that a query of one's own gives.
    pub(super) fn query_item(&mut self, query: &str) -> usize {
        let cell = self.cell();
        let sql = format!("SELECT count(*) AS a FROM (\n{query}\n) AS q");
        let rules = vec![self.rule()];
        self.queries.push(Item { sql, outputs: vec![(cell, Type::Count)], rules, risky: true });
        cell
    }

    /// Failing rows that a derived table counts, of all that the filter leaves. The same table is not asked for twice.
    fn counted(&mut self, sql: String, filter: Option<&str>) -> Measure {
        let risky = filter.is_some();
        let rows = self.scan(filter, What::Count(Vec::new()), risky);
        let rule = self.rule();
        if let Some(item) = self.beside.iter_mut().find(|item| item.sql == sql)
            && let Some((cell, _)) = item.outputs.first()
        {
            item.rules.push(rule);
            return Measure::Rows { rows: Some(rows), failing: *cell };
        }
        let cell = self.cell();
        self.beside.push(Item { sql, outputs: vec![(cell, Type::Count)], rules: vec![rule], risky });
        Measure::Rows { rows: Some(rows), failing: cell }
    }

    pub(super) fn quoted(&self, columns: &[String]) -> String {
        columns.iter().map(|name| self.subject.dialect.name(name)).collect::<Vec<_>>().join(", ")
    }

    /// The filter, and that all of these columns have a value where that is not known.
    pub(super) fn filters(&self, filter: Option<&str>, columns: &[String]) -> Vec<String> {
        let open = columns.iter().filter(|name| !self.is_filled(name));
        let filled = open.map(|name| format!("{} IS NOT NULL", self.subject.dialect.name(name)));
        filter.map(str::to_owned).into_iter().chain(filled).collect()
    }
}

/// What the other dataset is called in a test: a name that no column here has.
const THERE: &str = "cadastre_rules_there";

pub(super) fn wherever(filters: &[String]) -> String {
    if filters.is_empty() { String::new() } else { format!(" WHERE {}", filters.join(" AND ")) }
}
