//! Checks of single rows: SQL that is true for a row that fails, and false or null for one that passes.

use super::{Subject, misfit};
use crate::fault::{Fault, Wrong};
use crate::guard;
use crate::language::is_name;
use crate::language::{
    Accepted, Bounds, CastTo, Castable, Check, Compare, Length, NotNull, Nulls, Pattern, Range, Rule, Scalar,
};
use crate::table::{Column, Sort};

/// How a single row is looked at.
#[derive(Debug, Clone)]
pub(super) struct RowTest {
    /// True for a row that fails; stands by itself in a chain of ANDs.
    pub(super) test: String,
    /// The columns that it concerns.
    pub(super) columns: Vec<String>,
    /// There is SQL of somebody's in it, which may raise an error.
    pub(super) risky: bool,
    /// A row gives the same at any time.
    pub(super) steady: bool,
}

impl RowTest {
    fn of(column: &Column, test: String) -> Self {
        Self { test, columns: vec![column.name.clone()], risky: false, steady: true }
    }
}

impl Subject<'_> {
    /// The test of a check by row; `None` for another kind.
    pub(super) fn row_test(&self, rule: &Rule) -> Result<Option<RowTest>, Fault> {
        let test = match &rule.check {
            Check::NotNull(check) => self.not_null(check)?,
            Check::Accepted(Accepted { column, values: Some(values), .. }) => {
                self.accepted(column, values)?
            }
            Check::Range(check) => self.range(check)?,
            Check::Length(check) => self.length(check)?,
            Check::Pattern(check) => self.pattern(check)?,
            Check::Castable(check) => self.castable(check)?,
            Check::Compare(check) => self.compare(check, rule.nulls)?,
            _ => return Ok(None),
        };
        let nulls = rule.nulls == Nulls::Fail && !matches!(rule.check, Check::Compare(_) | Check::NotNull(_));
        Ok(Some(match test.columns.as_slice() {
            [column] if nulls => {
                let name = self.dialect.name(column);
                RowTest { test: format!("({name} IS NULL OR {})", test.test), ..test }
            }
            _ => test,
        }))
    }

    fn not_null(&self, check: &NotNull) -> Result<RowTest, Fault> {
        let column = self.column(&check.column, "check.not_null.column")?;
        let name = self.dialect.name(&column.name);
        if !check.blank {
            return Ok(RowTest::of(column, format!("{name} IS NULL")));
        }
        if !column.sort.is_text() {
            return Err(misfit(column, "check.not_null.blank"));
        }
        let blank = self.dialect.blank(&self.dialect.text(column));
        Ok(RowTest::of(column, format!("({name} IS NULL OR {blank})")))
    }

    fn accepted(&self, name: &str, values: &[Scalar]) -> Result<RowTest, Fault> {
        let column = self.column(name, "check.accepted.column")?;
        let left = match column.sort {
            Sort::Opaque => return Err(misfit(column, "check.accepted.column")),
            Sort::Enumeration(_) | Sort::Other | Sort::Uuid | Sort::Bytes => self.dialect.text(column),
            _ => self.dialect.name(name),
        };
        let mut literals = Vec::with_capacity(values.len());
        for (i, value) in values.iter().enumerate() {
            let literal = self.dialect.value(column, value, self.now);
            literals.push(literal.map_err(|wrong| Fault::new(format!("check.accepted.values[{i}]"), wrong))?);
        }
        let steady = !values.iter().any(|value| moves(column, value));
        let test = format!("{left} NOT IN ({})", literals.join(", "));
        Ok(RowTest { steady, ..RowTest::of(column, test) })
    }

    fn range(&self, check: &Range) -> Result<RowTest, Fault> {
        let column = self.column(&check.column, "check.range.column")?;
        if !column.sort.is_number() && !column.sort.is_time() {
            return Err(misfit(column, "check.range.column"));
        }
        let name = self.dialect.name(&column.name);
        let Bounds { min, max, above, below } = &check.bounds;
        let sides = [(min, "min", "<"), (above, "above", "<="), (max, "max", ">"), (below, "below", ">=")];
        let (mut tests, mut steady) = (Vec::new(), true);
        for (bound, member, operator) in sides {
            let Some(bound) = bound else { continue };
            let literal = self.dialect.value(column, bound, self.now);
            let literal = literal.map_err(|wrong| Fault::new(format!("check.range.{member}"), wrong))?;
            steady &= !moves(column, bound);
            tests.push(format!("{name} {operator} {literal}"));
        }
        // A NaN counts as greater than all numbers: only without an upper bound it would lie within.
        if max.is_none() && below.is_none() && matches!(column.sort, Sort::Decimal | Sort::Float(_)) {
            tests.push(self.dialect.is_nan(column));
        }
        let test = match tests.as_slice() {
            [one] => one.clone(),
            _ => format!("({})", tests.join(" OR ")),
        };
        Ok(RowTest { steady, ..RowTest::of(column, test) })
    }

    fn length(&self, check: &Length) -> Result<RowTest, Fault> {
        let column = self.column(&check.column, "check.length.column")?;
        if !column.sort.is_text() && column.sort != Sort::Bytes {
            return Err(misfit(column, "check.length.column"));
        }
        let length = self.dialect.length(column);
        let test = match (check.min, check.max) {
            (Some(min), Some(max)) if min == max => format!("{length} <> {min}"),
            (Some(min), Some(max)) => format!("{length} NOT BETWEEN {min} AND {max}"),
            (Some(min), None) => format!("{length} < {min}"),
            (None, Some(max)) => format!("{length} > {max}"),
            (None, None) => "false".to_owned(),
        };
        Ok(RowTest::of(column, test))
    }

    fn pattern(&self, check: &Pattern) -> Result<RowTest, Fault> {
        let column = self.column(&check.column, "check.pattern.column")?;
        if column.sort == Sort::Bytes {
            return Err(misfit(column, "check.pattern.column"));
        }
        let text = self.dialect.text(column);
        let (test, risky) = match (&check.matches, check.named) {
            (Some(pattern), _) => (self.dialect.unlike(&text, pattern), true),
            (None, Some(named)) => (self.dialect.unlike_named(&text, named), false),
            (None, None) => ("false".to_owned(), false),
        };
        Ok(RowTest { risky, ..RowTest::of(column, test) })
    }

    fn castable(&self, check: &Castable) -> Result<RowTest, Fault> {
        let column = self.column(&check.column, "check.castable.column")?;
        if column.sort == Sort::Bytes {
            return Err(misfit(column, "check.castable.column"));
        }
        if is_castable_by_type(&column.sort, check.to) {
            return Ok(RowTest::of(column, "false".to_owned()));
        }
        let test = self.dialect.not_castable(&self.dialect.text(column), check.to);
        Ok(RowTest::of(column, test))
    }

    fn compare(&self, check: &Compare, nulls: Nulls) -> Result<RowTest, Fault> {
        let left = self.operand(&check.left, "check.compare.left")?;
        let right = self.operand(&check.right, "check.compare.right")?;
        let known = match (left.column, right.column) {
            (Some(a), Some(b)) if !are_comparable(&a.sort, &b.sort) => {
                return Err(misfit(b, "check.compare.right"));
            }
            (a, b) => a.is_some() && b.is_some(),
        };
        let (l, r) = (&left.sql, &right.sql);
        let mut tests = vec![match &check.within {
            // Two infinities of one sign are the same, and their distance is no number.
            Some(within) => format!("({l} <> {r} AND abs({l} - {r}) > {within})"),
            None => format!("{l} {} {r}", check.operator.not().as_str()),
        }];
        if check.within.is_some()
            && let Some(column) =
                [left.column, right.column].into_iter().flatten().find(|c| !c.sort.is_number())
        {
            return Err(misfit(column, "check.compare.within"));
        }
        if nulls == Nulls::Fail {
            tests.extend([l, r].map(|side| format!("{side} IS NULL")));
        }
        let test = match tests.as_slice() {
            [one] => one.clone(),
            _ => format!("({})", tests.join(" OR ")),
        };
        let columns = [left.column, right.column].into_iter().flatten().map(|c| c.name.clone()).collect();
        Ok(RowTest { test, columns, risky: !known, steady: left.steady && right.steady })
    }

    /// A column where the text is its name, else an expression.
    fn operand(&self, text: &str, at: &str) -> Result<Operand<'_>, Fault> {
        if let Some(column) = self.table.column(text) {
            let sql = match column.sort {
                Sort::Opaque => return Err(misfit(column, at)),
                Sort::Padded(_) => self.dialect.text(column),
                _ => self.dialect.name(&column.name),
            };
            return Ok(Operand { sql, column: Some(column), steady: true });
        }
        if is_name(text) && !VALUES.contains(&text.to_lowercase().as_str()) {
            return Err(Fault::new(at, Wrong::NoColumn { column: text.to_owned() }));
        }
        let looked = guard::expression(self.dialect, text).map_err(|wrong| Fault::new(at, wrong))?;
        Ok(Operand { sql: looked.sql, column: None, steady: looked.steady })
    }
}

/// Words that SQL has for values of its own: whoever writes one means no column.
const VALUES: &[&str] = &[
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "false",
    "localtime",
    "localtimestamp",
    "null",
    "session_user",
    "true",
    "user",
];

struct Operand<'a> {
    sql: String,
    column: Option<&'a Column>,
    steady: bool,
}

/// Whether a bound moves with the clock.
fn moves(column: &Column, bound: &Scalar) -> bool {
    column.sort.is_time() && matches!(bound, Scalar::Text(text) if text.trim().starts_with("now"))
}

/// Whether values of two sorts can be compared without a cast that somebody has to think about.
pub(super) fn are_comparable(a: &Sort, b: &Sort) -> bool {
    (a.is_number() && b.is_number())
        || (a.is_text() && b.is_text())
        || (a.is_time() && b.is_time())
        || (a == b && *a != Sort::Opaque)
}

/// Whether every value of a sort is one of a type.
pub(super) const fn is_castable_by_type(sort: &Sort, to: CastTo) -> bool {
    match to {
        CastTo::Boolean => matches!(sort, Sort::Boolean),
        CastTo::Integer => matches!(sort, Sort::Integer(16 | 32)),
        CastTo::Bigint => matches!(sort, Sort::Integer(_)),
        CastTo::Decimal => matches!(sort, Sort::Integer(_)),
        CastTo::Date | CastTo::Timestamp => false,
        CastTo::Uuid => matches!(sort, Sort::Uuid),
    }
}

impl From<Wrong> for Fault {
    fn from(wrong: Wrong) -> Self {
        Self::new("", wrong)
    }
}
