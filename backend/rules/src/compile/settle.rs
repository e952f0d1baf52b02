//! What each rule is measured by. All that can go wrong with a rule goes wrong before it takes a cell.

use super::builder::{Builder, What};
use super::rows::RowTest;
use super::{column, misfit};
use crate::fault::{Fault, Wrong};
use crate::guard::{self, Looked};
use crate::language::{Accepted, Aggregates, Check, Freshness, Limit, Rule, Tolerance};
use crate::plan::{Measure, Pair, Since};
use crate::table::Sort;

impl Builder<'_> {
    /// Takes the cells that a rule needs.
    pub(crate) fn try_add(&mut self, rule: &Rule) -> Result<Measure, Fault> {
        let subject = self.subject;
        let filter = subject.filter(rule.filter.as_deref(), "where")?;
        // What is wrong is wrong though a constraint might hold the rest.
        let test = subject.row_test(rule)?;
        if let Check::Schema(check) = &rule.check {
            return Ok(Measure::Schema(subject.differences(check)));
        }
        if let Some(held) = subject.held(rule) {
            return Ok(Measure::Held(held));
        }
        if let Some(watermark) = &rule.watermark {
            return self.counting_on(rule, watermark, filter.as_ref(), test);
        }
        let text = filter.as_ref().map(|filter| filter.sql.as_str());
        let risky = filter.is_some();
        if let Some(RowTest { test, risky: own, .. }) = test {
            let rows = self.scan(text, What::Count(Vec::new()), risky);
            let failing = self.scan(text, What::Count(vec![test]), risky || own);
            return Ok(Measure::Rows { rows: Some(rows), failing });
        }
        match &rule.check {
            Check::Unique(check) => self.unique(check, text),
            Check::References(check) => {
                self.references(&check.columns, &check.dataset, &check.to, text, "check.references")
            }
            Check::Accepted(Accepted { column, from: Some(from), .. }) => {
                let (here, there) = (std::slice::from_ref(column), std::slice::from_ref(&from.column));
                self.references(here, &from.dataset, there, text, "check.accepted")
            }
            Check::RowCount(_) => Ok(Measure::Count(self.scan(text, What::Count(Vec::new()), risky))),
            Check::Freshness(check) => self.freshness(check, text),
            Check::Metric(check) => {
                let own = self.aggregate(&check.expression, "check.metric.expression")?;
                Ok(Measure::Number(self.own(None, text, own)))
            }
            Check::Aggregates(check) => self.aggregates(check, text),
            Check::Sql(check) => self.query(&check.query, rule.tolerance),
            Check::GapFree(check) => self.gaps(check, text),
            // Tests of rows and schemas are done above.
            _ => Err(Fault::new("check", Wrong::Missing)),
        }
    }

    fn aggregate(&self, text: &str, at: &str) -> Result<Looked, Fault> {
        guard::expression(self.subject.dialect, text).map_err(|wrong| Fault::new(at, wrong))
    }

    /// A cell for an aggregate of one's own, of a dataset (the rule's own where none is given).
    fn own(&mut self, table: Option<String>, filter: Option<&str>, own: Looked) -> usize {
        let table = table.unwrap_or_else(|| self.table());
        self.scan_of(table, filter, None, What::Own(own.sql), true)
    }

    fn freshness(&mut self, check: &Freshness, filter: Option<&str>) -> Result<Measure, Fault> {
        let column = self.subject.column(&check.column, "check.freshness.column")?;
        if !column.sort.is_time() {
            return Err(misfit(column, "check.freshness.column"));
        }
        let zone = check.zone.clone().unwrap_or_else(|| "UTC".to_owned());
        // A zone that the source does not know raises an error.
        let risky = filter.is_some() || check.zone.is_some();
        let newest = self.scan(filter, What::Newest(column.clone(), zone), risky);
        #[expect(clippy::cast_precision_loss, reason = "microseconds of this century fit well")]
        let now = self.subject.now.timestamp_micros() as f64 / 1e6;
        Ok(Measure::Newest { newest, now })
    }

    fn aggregates(&mut self, check: &Aggregates, filter: Option<&str>) -> Result<Measure, Fault> {
        let subject = self.subject;
        let left = self.aggregate(&check.left, "check.aggregates.left")?;
        let right = self.aggregate(&check.right.aggregate, "check.aggregates.right.aggregate")?;
        let there = match &check.right.dataset {
            Some(name) => {
                Some(subject.dialect.path(&subject.other(name, "check.aggregates.right.dataset")?.path))
            }
            None => None,
        };
        let right_filter = subject.filter(check.right.filter.as_deref(), "check.aggregates.right.where")?;
        let left = self.own(None, filter, left);
        let right = self.own(there, right_filter.as_ref().map(|filter| filter.sql.as_str()), right);
        Ok(Measure::Two { left, right })
    }

    fn query(&mut self, text: &str, tolerance: Tolerance) -> Result<Measure, Fault> {
        let query =
            guard::query(self.subject.dialect, text).map_err(|wrong| Fault::new("check.sql.query", wrong))?;
        let shares = [tolerance.warn, Some(tolerance.fail)];
        let is_share = shares.iter().any(|limit| matches!(limit, Some(Limit::Share(_))));
        let rows = is_share.then(|| self.scan(None, What::Count(Vec::new()), false));
        let failing = self.query_item(&query);
        Ok(Measure::Rows { rows, failing })
    }

    /// Counts on from a mark.
    fn counting_on(
        &mut self,
        rule: &Rule,
        watermark: &str,
        filter: Option<&Looked>,
        test: Option<RowTest>,
    ) -> Result<Measure, Fault> {
        let subject = self.subject;
        let column = column(subject.table, watermark, "watermark")?;
        if !matches!(
            column.sort,
            Sort::Integer(_) | Sort::Decimal | Sort::Date | Sort::Timestamp | Sort::Instant
        ) {
            return Err(misfit(column, "watermark"));
        }
        let steady = filter.is_none_or(|filter| filter.steady)
            && test.as_ref().is_none_or(|test| test.steady)
            && crate::language::by_watermark(&rule.check);
        if !steady {
            return Err(Fault::new("watermark", Wrong::NotByWatermark));
        }
        let text = filter.map(|filter| filter.sql.as_str());
        let counted = test.as_ref().map_or("", |test| test.test.as_str());
        let of = format!("{watermark}: {counted} where {}", text.unwrap_or("true"));
        let mark = subject.marks.get(&rule.name).filter(|mark| mark.of == of).cloned();
        let low = mark.as_ref().map(|mark| subject.dialect.mark(column, &mark.low)).transpose();
        let place = self.since(Since {
            table: self.table(),
            column: subject.dialect.name(watermark),
            low: low.map_err(|wrong| Fault::new("watermark", wrong))?,
            nullable: !self.is_filled(watermark),
            finite: subject.dialect.finite(column),
            high: 0,
        });
        let risky = filter.is_some();
        let rows = self.pair(place, watermark, text, None, risky);
        let failing =
            test.map(|test| self.pair(place, watermark, text, Some(test.test), risky || test.risky));
        Ok(Measure::Since { high: self.high(place), rows, failing, mark, of })
    }

    /// Rows that pass a test, and those of them below the new mark.
    fn pair(
        &mut self,
        place: usize,
        watermark: &str,
        filter: Option<&str>,
        test: Option<String>,
        risky: bool,
    ) -> Pair {
        let below = format!("{} < {}", self.subject.dialect.name(watermark), crate::plan::HIGH);
        let tests: Vec<String> = test.into_iter().collect();
        let all = self.since_cell(place, filter, What::Count(tests.clone()), risky);
        let tests = std::iter::once(below).chain(tests).collect();
        Pair { all, below: self.since_cell(place, filter, What::Count(tests), risky) }
    }
}
