//! Jobs as pages show them.

use super::job::{Job, SpotRow, StatementRow};
use super::list::JobLine;
use crate::catalog::pages::view;
use crate::catalog::rows::Named;
use cadastre_frontend::T;
use cadastre_frontend::jobs::code::{Code, Mark, Span};
use cadastre_frontend::jobs::job::{JobDataset, JobHead, OutputColumn};
use cadastre_frontend::jobs::list::JobRow;
use cadastre_frontend::jobs::{Problem, Severity};
use cadastre_frontend::lineage::{ColumnLink, DatasetLink, JobLink, Platform, Standing};
use cadastre_model::{
    AssetId, AssetState, ColumnId, DatasetKind, How, JobKind, Message, PublicId, Understood,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many columns of a dataset a list names.
const COLUMNS: usize = 12;

/// A link to a job.
pub(crate) fn job_link(named: &Named, kind: JobKind) -> JobLink {
    JobLink {
        id: named.public_id.to_string(),
        name: named.name.clone(),
        namespace: named.path.first().cloned().unwrap_or_default(),
        kind,
    }
}

/// A link to a dataset. What lies in a source is of its system; else the namespace says of which.
pub(crate) fn dataset_link(named: &Named, state: AssetState, kind: Option<DatasetKind>) -> DatasetLink {
    let place = named.path.join(" / ");
    let is_crawled = !matches!(
        kind,
        None | Some(
            DatasetKind::Topic
                | DatasetKind::File
                | DatasetKind::Index
                | DatasetKind::Endpoint
                | DatasetKind::Named
        )
    );
    let platform = if is_crawled { "postgres" } else { place.as_str() };
    DatasetLink {
        id: named.public_id.to_string(),
        name: named.name.clone(),
        platform: Platform::of_namespace(platform),
        standing: standing(state),
        place,
    }
}

const fn standing(state: AssetState) -> Standing {
    match state {
        AssetState::Live => Standing::Live,
        AssetState::Referenced => Standing::Referenced,
        AssetState::Tombstoned | AssetState::OutOfScope => Standing::Gone,
    }
}

/// A row of the list.
pub(crate) fn job_row(line: JobLine) -> JobRow {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    JobRow {
        link: job_link(&line.named, line.kind),
        dialect: line.dialect,
        owner: line.owner.as_ref().map(view::subject),
        schedule: line.schedule,
        last_run: line.last_run,
        counts: (count(line.counts.0), count(line.counts.1)),
        unparsed: line.unparsed,
        is_gone: false,
    }
}

/// What all tabs of a job show.
pub(crate) fn head(job: &Job) -> JobHead {
    let facts = &job.version.facts;
    let counts = job.ends.counts();
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    JobHead {
        id: job.asset.public_id.to_string(),
        name: job.named.name.clone(),
        namespace: job.named.path.first().cloned().unwrap_or_default(),
        kind: facts.kind,
        dialect: facts.dialect.clone(),
        owners: job.owners.iter().map(|owner| view::subject(&owner.who)).collect(),
        schedule: facts.schedule.clone(),
        origin: facts.origin.clone().map(|origin| (origin, None)),
        maker: facts.maker,
        description: facts.description.clone(),
        last_run: job.last_run,
        counts: (count(counts.0), count(counts.1)),
        runs: job.runs,
        version: i64::from(job.version.number),
        is_gone: job.asset.state != AssetState::Live,
    }
}

/// Datasets with their links, by id.
pub(crate) type Links = HashMap<AssetId, DatasetLink>;
/// Columns with their links, by id.
pub(crate) type ColumnLinks = HashMap<ColumnId, (PublicId, String)>;

/// A column's link.
pub(crate) fn column_link(column: &(PublicId, String)) -> ColumnLink {
    ColumnLink { id: Some(column.0.to_string()), name: column.1.clone() }
}

/// What a job reads.
pub(crate) fn inputs(job: &Job, links: &Links, columns: &ColumnLinks) -> Vec<JobDataset> {
    let mut all: Vec<JobDataset> = job
        .ends
        .inputs
        .iter()
        .filter_map(|(id, of)| {
            let mut named: Vec<(ColumnLink, Vec<How>)> = of
                .iter()
                .filter_map(|column| Some((column_link(columns.get(column)?), Vec::new())))
                .collect();
            Some(dataset(links.get(id)?, &mut named))
        })
        .collect();
    sort(&mut all);
    all
}

/// What a job writes.
pub(crate) fn outputs(job: &Job, links: &Links, columns: &ColumnLinks) -> Vec<JobDataset> {
    let mut all: Vec<JobDataset> = job
        .ends
        .outputs
        .iter()
        .filter_map(|(id, of)| {
            let mut named: Vec<(ColumnLink, Vec<How>)> = of
                .iter()
                .filter_map(|(column, hows)| {
                    Some((column_link(columns.get(column)?), hows.iter().copied().collect()))
                })
                .collect();
            Some(dataset(links.get(id)?, &mut named))
        })
        .collect();
    sort(&mut all);
    all
}

fn dataset(link: &DatasetLink, columns: &mut Vec<(ColumnLink, Vec<How>)>) -> JobDataset {
    columns.sort_by(|one, other| one.0.name.cmp(&other.0.name));
    let more = columns.len().saturating_sub(COLUMNS);
    columns.truncate(COLUMNS);
    JobDataset {
        link: Some(link.clone()),
        columns: std::mem::take(columns),
        more: i64::try_from(more).unwrap_or(i64::MAX),
        last_seen: None,
        rows: None,
    }
}

fn sort(datasets: &mut [JobDataset]) {
    datasets.sort_by(|one, other| {
        let key =
            |dataset: &JobDataset| dataset.link.as_ref().map(|link| (link.name.clone(), link.place.clone()));
        key(one).cmp(&key(other))
    });
}

/// The columns that a job writes, with where each comes from, as far as both are seen.
pub(crate) fn output_columns(
    spots: &[SpotRow],
    links: &Links,
    columns: &ColumnLinks,
    text: &str,
) -> Vec<OutputColumn> {
    let mut order: Vec<ColumnId> = Vec::new();
    let mut found: HashMap<ColumnId, OutputColumn> = HashMap::new();
    for spot in spots {
        let (Some(from), Some(to)) = (links.get(&AssetId(spot.from_id)), links.get(&AssetId(spot.to_id)))
        else {
            continue;
        };
        let id = ColumnId(spot.to_column);
        let Some(column) = columns.get(&id) else { continue };
        let one = found.entry(id).or_insert_with(|| {
            order.push(id);
            OutputColumn {
                id: column.0.to_string(),
                dataset: to.name.clone(),
                name: column.1.clone(),
                line: spot.start_byte.map(|byte| line_of(text, byte)),
                from: Vec::new(),
                hows: Vec::new(),
            }
        });
        let name = match spot.from_column.and_then(|column| columns.get(&ColumnId(column))) {
            Some((_, column)) => format!("{}.{column}", from.name),
            None => from.name.clone(),
        };
        if !one.from.contains(&name) {
            one.from.push(name);
        }
        if let Ok(how) = spot.how.parse::<How>()
            && !one.hows.contains(&how)
        {
            one.hows.push(how);
        }
    }
    order.into_iter().filter_map(|id| found.remove(&id)).collect()
}

/// In which line a byte stands, from 1.
fn line_of(text: &str, byte: i32) -> i64 {
    let end = usize::try_from(byte).unwrap_or(0).min(text.len());
    let lines = text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count();
    i64::try_from(lines + 1).unwrap_or(i64::MAX)
}

/// What is marked in a definition.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The names of what is read.
    pub(crate) inputs: BTreeSet<String>,
    /// The names of what is written.
    pub(crate) outputs: BTreeSet<String>,
    /// The expressions of the column that is looked at.
    pub(crate) chosen: Vec<(i32, i32)>,
    /// Statements that were not understood.
    pub(crate) errors: Vec<(i32, i32)>,
}

/// A definition with its marks.
pub(crate) fn code(text: &str, marks: &Marks) -> Code {
    let span = |(start, end): (usize, usize), mark| Span { start, end, mark };
    let stretch = |(start, end): &(i32, i32)| {
        (usize::try_from(*start).unwrap_or(0), usize::try_from(*end).unwrap_or(0))
    };
    let mut spans: Vec<Span> = marks.errors.iter().map(|one| span(stretch(one), Mark::Error)).collect();
    spans.extend(marks.chosen.iter().map(|one| span(stretch(one), Mark::Chosen)));
    for (place, word) in words(text) {
        let known = |names: &BTreeSet<String>| names.contains(&word.to_lowercase());
        if known(&marks.outputs) {
            spans.push(span(place, Mark::Output));
        } else if known(&marks.inputs) {
            spans.push(span(place, Mark::Input));
        }
    }
    Code::of_text(text, &spans, &[])
}

/// The words of a text, each with the bytes where it stands.
fn words(text: &str) -> Vec<((usize, usize), &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_part(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push(((from, at), &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// What was not understood, by place.
pub(crate) fn problems(statements: &[StatementRow], text: Option<&str>) -> Vec<Problem> {
    let problem = |row: &StatementRow| {
        let reason = row.reason.clone()?;
        let place = |byte: i32| usize::try_from(byte).unwrap_or(0);
        let words = text.and_then(|text| text.get(place(row.start_byte)..place(row.end_byte)));
        Some(Problem {
            severity: if row.state() == Understood::Failed { Severity::Error } else { Severity::Warning },
            statement: i64::from(row.ordinal),
            line: i64::from(row.reason_line.unwrap_or(row.line)),
            column: i64::from(row.reason_column.unwrap_or(1)),
            reason: Message::new("job-problem-parser").arg("text", reason),
            excerpt: excerpt(words.unwrap_or_default()),
        })
    };
    statements.iter().filter_map(problem).collect()
}

/// How many statements were understood, of how many that move data.
pub(crate) fn parsed(statements: &[StatementRow]) -> (i64, i64) {
    let moving = statements.iter().filter(|row| row.state() != Understood::NoData);
    let (understood, all) = moving.fold((0, 0), |(understood, all), row| {
        (understood + i64::from(row.state() == Understood::Whole), all + 1)
    });
    (understood, all)
}

/// The first words of a text.
pub(crate) fn excerpt(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= 120 { words } else { words.chars().take(119).chain(['…']).collect() }
}

/// The kinds that there are, as choices, with how many of each.
pub(crate) fn kinds(t: &T, kinds: &BTreeMap<JobKind, i64>) -> Vec<cadastre_frontend::Choice> {
    let choice = |(kind, count): (&JobKind, &i64)| {
        cadastre_frontend::Choice::new(kind.as_str(), format!("{} ({})", t.w(kind), t.num(count)))
    };
    kinds.iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_marked_where_they_stand_as_words() {
        let marks = Marks {
            inputs: ["orders".to_owned()].into(),
            outputs: ["daily".to_owned()].into(),
            ..Marks::default()
        };
        let code = code("insert into mart.Daily\nselect * from orders, orders_2", &marks);
        let marked: Vec<(i64, &str)> = code
            .lines
            .iter()
            .flat_map(|line| {
                line.pieces
                    .iter()
                    .filter(|piece| piece.mark.is_some())
                    .map(|piece| (line.number, piece.text.as_str()))
            })
            .collect();
        assert_eq!(marked, [(1, "Daily"), (2, "orders")]);
    }

    #[test]
    fn a_byte_stands_in_a_line() {
        assert_eq!((line_of("a\nb", 0), line_of("a\nb", 2), line_of("a\nb", 900)), (1, 2, 2));
    }
}
