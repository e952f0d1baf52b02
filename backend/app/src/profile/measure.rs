//! Measuring a dataset by the safe reader: counts of all columns in few passes, then what is grouped, column by column.

use super::base::Base;
use super::dataset::{Column, Dataset, quoted};
use super::measures::{Histogram, Lengths, Measures, Sort, Values, estimated};
use crate::sources::safe::{Cell, Limit, Most, ReadError, Rows, SafeReader};
use cadastre_model::ColumnId;
use serde_json::Value;
use std::time::Duration;

/// Columns that one pass counts.
const A_PASS: usize = 20;
/// Most frequent values that are kept, and shapes.
const TOP: usize = 10;
/// Bars of a histogram.
const BARS: usize = 20;
/// Characters of a value that are kept.
const LONGEST: usize = 200;

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    pub(super) base: Base,
    pub(super) rows: i64,
    pub(super) looked_at: i64,
    pub(super) columns: Vec<(ColumnId, Measures)>,
    /// Whether everything was measured that there is to measure.
    pub(super) complete: bool,
}

/// Measures a dataset; `shows` says of which columns values are kept, `told` is told how many are done.
pub(super) async fn measure(
    reader: &mut SafeReader,
    dataset: &Dataset,
    seed: i32,
    shows: impl Fn(&str) -> bool,
    mut told: impl FnMut(usize),
) -> Result<Measured, ReadError> {
    let mut base = Base::of(dataset, seed);
    let (looked_at, mut columns) = loop {
        match counted(reader, dataset, base, &shows).await {
            Err(ReadError::Limit(Limit::Time(_))) if base.smaller(dataset, seed).is_some() => {
                base = base.smaller(dataset, seed).unwrap_or(base);
            }
            counted => break counted?,
        }
    };
    let rows = base.rows(dataset, looked_at);
    let whole = if base.is_all(looked_at) { looked_at } else { rows };
    let mut complete = true;
    for (done, (column, measures)) in dataset.columns.iter().zip(&mut columns).enumerate() {
        let there = looked_at - measures.nulls;
        let seen = Seen { dataset, base, column, there, of: looked_at, whole };
        for part in [Part::Grouped, Part::Bars, Part::Shapes] {
            complete &= bearable(seen.part(reader, part, measures).await)?;
        }
        told(done + 1);
    }
    let columns = dataset.columns.iter().map(|column| column.id).zip(columns).collect();
    Ok(Measured { base, rows, looked_at, columns, complete })
}

/// What one column lacks because it took too long, or because its values go with no such measure, leaves the others as they are.
fn bearable(outcome: Result<(), ReadError>) -> Result<bool, ReadError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if error.lies_in_the_query() => Ok(false),
        Err(ReadError::Limit(Limit::Time(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

fn most() -> Most {
    Most { time: Duration::from_secs(60), rows: 100, columns: 1_000, cell: 4_000, bytes: 1 << 20 }
}

/// Rows that were looked at, and of each column how many lack a value, with what the same pass tells.
async fn counted(
    reader: &mut SafeReader,
    dataset: &Dataset,
    base: Base,
    shows: &impl Fn(&str) -> bool,
) -> Result<(i64, Vec<Measures>), ReadError> {
    let (mut looked_at, mut all) = (0, Vec::new());
    // A dataset without columns has rows too.
    let none: [&[Column]; 1] = [&[]];
    let passes: Vec<&[Column]> =
        if dataset.columns.is_empty() { none.to_vec() } else { dataset.columns.chunks(A_PASS).collect() };
    for columns in passes {
        let mut items = vec!["count(*)".to_owned()];
        for column in columns {
            items.extend(of_one_pass(column, shows(&column.name)));
        }
        let sql = format!("SELECT {}\nFROM {}", items.join(",\n       "), base.sql(dataset));
        let rows = reader.ask(&sql, &most()).await?;
        let mut cells = rows.one().unwrap_or_default().iter();
        looked_at = number(cells.next()).unwrap_or(0);
        for column in columns {
            all.push(read_one_pass(column, shows(&column.name), looked_at, &mut cells));
        }
    }
    Ok((looked_at, all))
}

/// What is asked of a column while all are passed over. Read back by [`read_one_pass`], in this order.
fn of_one_pass(column: &Column, shows: bool) -> Vec<String> {
    let c = format!("b.{}", quoted(&column.name));
    let sort = Sort::of(column.kind);
    let mut items = vec![format!("count({c})")];
    if !shows {
        return items;
    }
    if sort.has_order() {
        items.extend([format!("min({c})"), format!("max({c})")]);
    }
    let quantiles = || {
        format!(
            "to_json(percentile_disc(ARRAY[0.05, 0.25, 0.5, 0.75, 0.95]::float8[]) WITHIN GROUP (ORDER BY {c}))"
        )
    };
    match sort {
        Sort::Number => {
            items.extend([format!("avg({c})"), format!("stddev_samp({c})"), quantiles()]);
        }
        Sort::Time => items.push(quantiles()),
        Sort::Text => {
            let length = format!("char_length({c}::text)");
            items.extend(["min", "max", "avg"].map(|what| format!("{what}({length})")));
        }
        Sort::Word | Sort::Opaque => {}
    }
    items
}

fn read_one_pass<'c>(
    column: &Column,
    shows: bool,
    looked_at: i64,
    cells: &mut impl Iterator<Item = &'c Cell>,
) -> Measures {
    let sort = Sort::of(column.kind);
    let nulls = looked_at - number(cells.next()).unwrap_or(0);
    if !shows {
        return Measures { nulls, ..Measures::default() };
    }
    let mut values = Values::default();
    if sort.has_order() {
        (values.min, values.max) = (short(cells.next()), short(cells.next()));
    }
    match sort {
        Sort::Number => {
            (values.mean, values.deviation) = (float(cells.next()), float(cells.next()));
            values.quantiles = list(cells.next());
        }
        Sort::Time => values.quantiles = list(cells.next()),
        Sort::Text => {
            let (min, max, mean) = (number(cells.next()), number(cells.next()), float(cells.next()));
            values.length = min.zip(max).zip(mean).map(|((min, max), mean)| Lengths { min, max, mean });
        }
        Sort::Word | Sort::Opaque => {}
    }
    Measures { nulls, values: Some(values), ..Measures::default() }
}

/// What is asked of one column by itself.
#[derive(Debug, Clone, Copy)]
enum Part {
    Grouped,
    Bars,
    Shapes,
}

/// One column, and how much of it there is.
struct Seen<'a> {
    dataset: &'a Dataset,
    base: Base,
    column: &'a Column,
    /// Values among the rows that were looked at.
    there: i64,
    /// Rows that were looked at.
    of: i64,
    /// Rows altogether.
    whole: i64,
}

impl Seen<'_> {
    async fn part(
        &self,
        reader: &mut SafeReader,
        part: Part,
        measures: &mut Measures,
    ) -> Result<(), ReadError> {
        let sort = Sort::of(self.column.kind);
        if self.there == 0 {
            measures.distinct = sort.has_equality().then_some(0);
            return Ok(());
        }
        match part {
            Part::Grouped if sort.has_equality() => self.grouped(reader, measures).await,
            Part::Bars if matches!(sort, Sort::Number | Sort::Time) && measures.values.is_some() => {
                let rows = reader.ask(&self.bars_sql(sort), &most()).await?;
                if let Some(values) = &mut measures.values {
                    values.histogram = bars(&rows);
                }
                Ok(())
            }
            Part::Shapes if sort == Sort::Text && measures.values.is_some() => {
                let rows = reader.ask(&self.shapes_sql(), &most()).await?;
                if let Some(values) = &mut measures.values {
                    values.patterns = counts(&rows.rows);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Different values, those that occur once, and the most frequent.
    async fn grouped(&self, reader: &mut SafeReader, measures: &mut Measures) -> Result<(), ReadError> {
        let rows = reader.ask(&self.groups_sql(measures.values.is_some()), &most()).await?;
        let Some(first) = rows.rows.first() else { return Ok(()) };
        let (distinct, once) = (number(first.first()).unwrap_or(0), number(first.get(1)).unwrap_or(0));
        // As many of the whole have a value as of what was looked at.
        let whole = i128::from(self.whole) * i128::from(self.there) / i128::from(self.of.max(1));
        let whole = i64::try_from(whole).unwrap_or(i64::MAX);
        measures.distinct = Some(estimated(distinct, once, self.there, whole));
        measures.once = Some(once);
        if let Some(values) = &mut measures.values {
            // Where each value occurs once, none is more frequent than another.
            let top = rows.rows.iter().map(|row| row.get(2..).unwrap_or_default().to_vec());
            let top: Vec<Vec<Cell>> = top.filter(|_| distinct > once).collect();
            values.top = counts(&top);
        }
        Ok(())
    }

    fn groups_sql(&self, shows: bool) -> String {
        let (c, from) = (format!("b.{}", quoted(&self.column.name)), self.base.sql(self.dataset));
        let groups = format!(
            "WITH g AS (SELECT {c} AS v, count(*) AS n FROM {from} WHERE {c} IS NOT NULL GROUP BY {c})"
        );
        let numbers = "SELECT count(*) AS d, count(*) FILTER (WHERE n = 1) AS f FROM g";
        if shows {
            format!(
                "{groups}\nSELECT a.d, a.f, t.v, t.n FROM ({numbers}) AS a\n\
                 LEFT JOIN (SELECT v, n FROM g ORDER BY n DESC, v LIMIT {TOP}) AS t ON true ORDER BY t.n DESC, t.v"
            )
        } else {
            format!("{groups}\n{numbers}")
        }
    }

    fn bars_sql(&self, sort: Sort) -> String {
        let (c, from) = (format!("b.{}", quoted(&self.column.name)), self.base.sql(self.dataset));
        let value = match sort {
            Sort::Time => format!("extract(epoch FROM {c})::float8"),
            _ => format!("{c}::float8"),
        };
        // What is infinite, or no number, has no place among the bars.
        format!(
            "WITH x AS (SELECT {value} AS v FROM {from} WHERE {c} IS NOT NULL),\n\
             m AS (SELECT min(v) AS lo, max(v) AS hi FROM x WHERE v > '-Infinity'::float8 AND v < 'Infinity'::float8)\n\
             SELECT m.lo, m.hi, least(width_bucket(x.v, m.lo, m.hi, {BARS}), {BARS}) AS bar, count(*) AS n\n\
             FROM x CROSS JOIN m WHERE m.hi > m.lo AND x.v BETWEEN m.lo AND m.hi GROUP BY m.lo, m.hi, bar ORDER BY bar"
        )
    }

    fn shapes_sql(&self) -> String {
        let (c, from) = (format!("b.{}", quoted(&self.column.name)), self.base.sql(self.dataset));
        let mut shape = format!("left({c}::text, 60)");
        for (what, sign) in [("[^ -~]+", "文"), ("[A-Z]+", "A"), ("[a-z]+", "a"), ("[0-9]+", "9")] {
            shape = format!("regexp_replace({shape}, '{what}', '{sign}', 'g')");
        }
        format!(
            "SELECT {shape} AS shape, count(*) AS n FROM {from} WHERE {c} IS NOT NULL\n\
             GROUP BY shape ORDER BY n DESC, shape LIMIT {TOP}"
        )
    }
}

fn bars(rows: &Rows) -> Option<Histogram> {
    let first = rows.rows.first()?;
    let (from, to) = (float(first.first())?, float(first.get(1))?);
    let mut counts = vec![0; BARS];
    for row in &rows.rows {
        let bar = usize::try_from(number(row.get(2))?).ok()?.checked_sub(1)?;
        *counts.get_mut(bar)? = number(row.get(3))?;
    }
    Some(Histogram { from, to, counts })
}

/// Rows of a value and how often it occurs.
fn counts(rows: &[Vec<Cell>]) -> Vec<(String, i64)> {
    rows.iter().filter_map(|row| Some((short(row.first())?, number(row.get(1))?))).collect()
}

fn number(cell: Option<&Cell>) -> Option<i64> {
    cell?.text.as_ref()?.parse().ok()
}

/// Of a number that is one.
fn float(cell: Option<&Cell>) -> Option<f64> {
    cell?.text.as_ref()?.parse().ok().filter(|number: &f64| number.is_finite())
}

fn short(cell: Option<&Cell>) -> Option<String> {
    Some(cell?.text.as_ref()?.chars().take(LONGEST).collect())
}

/// A list as JSON, its members as they are written there.
fn list(cell: Option<&Cell>) -> Vec<String> {
    let list = cell.and_then(|cell| serde_json::from_str(cell.text.as_deref()?).ok());
    let member = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    list.as_ref().and_then(Value::as_array).map(|list| list.iter().map(member).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        Cell { text: Some(text.to_owned()), cut: false }
    }

    #[test]
    fn answers_are_read_as_they_come() {
        assert_eq!(
            list(Some(&cell(r#"["2026-01-01",1.50,"NaN",null]"#))),
            ["2026-01-01", "1.5", "NaN", "null"]
        );
        assert_eq!((float(Some(&cell("NaN"))), float(Some(&cell("-1.5")))), (None, Some(-1.5)));
        assert_eq!(short(Some(&cell(&"中".repeat(300)))).map(|text| text.chars().count()), Some(LONGEST));
        let row = |bar: &str, n: &str| vec![cell("0"), cell("10"), cell(bar), cell(n)];
        let rows = Rows { rows: vec![row("1", "3"), row("20", "4")], ..Rows::default() };
        let histogram = bars(&rows).unwrap();
        assert_eq!((histogram.counts[0], histogram.counts[19], histogram.counts.len()), (3, 4, BARS));
        assert_eq!(bars(&Rows::default()), None);
    }

    #[test]
    fn of_a_column_that_is_masked_only_counts_are_asked() {
        let column = Column { id: ColumnId(1), name: "e".into(), kind: cadastre_model::ColumnType::Text };
        assert_eq!(of_one_pass(&column, false), ["count(b.\"e\")"]);
        assert!(of_one_pass(&column, true).len() > 3);
    }
}
