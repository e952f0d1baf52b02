//! What came of handing definitions in, as programs read it: the answer of the API, and a line of the command line.

use super::handed::{HandedJob, HandedOut};
use super::jobs::Fate;
use super::said::SaidStatement;
use cadastre_frontend::T;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What came of a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TextReport {
    /// Its name.
    name: String,
    /// Why nothing came of it, in your language.
    error: Option<String>,
    /// What was not understood of a configuration, in your language.
    notices: Vec<String>,
    /// The jobs in it.
    jobs: Vec<JobReport>,
}

/// A job of a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobReport {
    /// Its id; none where it was only checked.
    id: Option<Uuid>,
    /// Its name.
    name: String,
    /// `new`, `changed` or `same`; none where it was only checked.
    fate: Option<&'static str>,
    /// Its statements, as far as you see what they are about.
    statements: Vec<StatementReport>,
}

/// A statement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatementReport {
    /// Which, from 1.
    number: i32,
    /// In which line it begins, from 1.
    line: i32,
    /// What it does.
    kind: String,
    /// `whole`, `partly`, `failed` or `no_data`.
    understood: String,
    /// What it reads, by name.
    reads: Vec<String>,
    /// What it writes, by name.
    writes: Vec<String>,
    /// How many columns it fills.
    columns: usize,
    /// Why something was not understood.
    reason: Option<String>,
}

impl HandedOut {
    /// As programs read it, in the language of `t`.
    pub(crate) fn report(&self, t: &T) -> TextReport {
        let notice = |notice: &cadastre_intake::Notice| {
            format!("{}: {}", notice.at, t.message(&notice.what.message()))
        };
        TextReport {
            name: self.name.clone(),
            error: self.error.as_ref().map(|error| t.message(error)),
            notices: self.notices.iter().map(notice).collect(),
            jobs: self.jobs.iter().map(HandedJob::report).collect(),
        }
    }
}

impl HandedJob {
    /// How it stands against what was known: `new`, `changed`, `same`; none where it was only checked.
    pub(crate) fn fate(&self) -> Option<&'static str> {
        Some(match self.put?.fate {
            Fate::New => "new",
            Fate::Changed => "changed",
            Fate::Same => "same",
        })
    }

    /// What was not understood: line, character, why.
    pub(crate) fn troubles(&self) -> impl Iterator<Item = (i32, i32, &str)> {
        let reasons = self.said.statements.iter().filter_map(|one| one.reason.as_ref());
        reasons.map(|(why, line, column)| (*line, *column, why.as_str()))
    }

    fn report(&self) -> JobReport {
        JobReport {
            id: self.put.map(|put| put.public_id.0),
            name: self.name.clone(),
            fate: self.fate(),
            statements: self.said.statements.iter().map(|one| self.statement(one)).collect(),
        }
    }

    fn statement(&self, one: &SaidStatement) -> StatementReport {
        let (reads, writes, columns) = self.ends(one);
        StatementReport {
            number: one.ordinal,
            line: one.line,
            kind: one.kind.clone(),
            understood: one.understood.to_string(),
            reads,
            writes,
            columns,
            reason: one.reason.as_ref().map(|reason| reason.0.clone()),
        }
    }
}
