//! Running a plan at a source, in one snapshot of it.

use crate::sources::safe::{Cell, Limit, Most, ReadError, Rows, SafeReader};
use std::time::Duration;

use rules::{Cells, Plan, Statement, Type, Value};

/// The longest that one statement may take; the source's own settings may say less.
const LONGEST: Duration = Duration::from_secs(600);

/// How many statements were asked, and what they gave.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) cells: Cells,
    pub(super) statements: i32,
    /// What the source said of the last statement that was wrong; it may hold values.
    pub(super) detail: Option<String>,
}

/// Asks the source all that a plan needs. A statement that is wrong is taken apart until the rule that is to blame is alone, in
/// the same snapshot; `done` is told after each.
///
/// # Errors
/// When the source can't be asked any more: then nothing was measured.
pub(super) async fn run(
    reader: &mut SafeReader,
    plan: &Plan,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<Measured, ReadError> {
    let mut measured = Measured { cells: plan.cells(), statements: 0, detail: None };
    let mut waiting: Vec<Statement> = plan.statements().iter().rev().cloned().collect();
    while let Some(statement) = waiting.pop() {
        measured.statements += 1;
        match reader.ask(&statement.sql(), &Most::one_row(LONGEST)).await {
            Ok(rows) => fill(&mut measured.cells, &statement, &rows),
            Err(error) if error.lies_in_the_query() => {
                let parts = statement.split();
                if parts.is_empty() {
                    measured.detail = error.detail().map(str::to_owned);
                    measured.cells.fail(&statement, &reason(&error));
                }
                waiting.extend(parts.into_iter().rev());
            }
            // What is slow as a whole would be slow in parts too.
            Err(error @ ReadError::Limit(Limit::Time(_))) => {
                measured.cells.fail(&statement, &reason(&error));
            }
            Err(error) => return Err(error),
        }
        let asked = usize::try_from(measured.statements).unwrap_or(0);
        done(asked, asked + waiting.len());
    }
    Ok(measured)
}

fn fill(cells: &mut Cells, statement: &Statement, rows: &Rows) {
    let row = rows.rows.first().map(Vec::as_slice).unwrap_or_default();
    let value = |(output, cell): (rules::Output, &Cell)| match (output.is, &cell.text) {
        (Type::Text, text) => Some(Value::Text(text.clone())),
        (Type::Count, Some(text)) => text.parse().ok().map(Value::Count),
        (Type::Count, None) => None,
    };
    let values: Option<Vec<Value>> = statement.outputs().into_iter().zip(row).map(value).collect();
    let is_filled = values.is_some_and(|values| cells.fill(statement, values).is_ok());
    if !is_filled {
        cells.fail(statement, "the answer has another form than the question");
    }
}

/// What a result keeps of the error: its code. What the source said may hold values, and a result is for more eyes than those.
fn reason(error: &ReadError) -> String {
    match error {
        ReadError::Wrong(wrong) | ReadError::Writes(wrong) => format!("SQLSTATE {}", wrong.code),
        ReadError::Limit(Limit::Time(time)) => format!("> {} s", time.as_secs()),
        error => error.message().to_string(),
    }
}
