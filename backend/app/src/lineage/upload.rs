//! Handing definitions in by a page: pasted, or as files.

use super::handed::{self, HandIn, HandedJob, HandedOut, HandedText, KINDS};
use super::job_view;
use super::jobs::Fate;
use super::list;
use super::said::SaidStatement;
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{FILES_LIMIT, Member, SignedFiles, html, page_with};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use cadastre_frontend::catalog::history::Sign;
use cadastre_frontend::jobs::upload::{StatementOutcome, UploadOutcome, UploadPage};
use cadastre_frontend::jobs::{Problem, Severity};
use cadastre_frontend::lineage::JobLink;
use cadastre_frontend::{Choice, Form};
use cadastre_model::{Action, JobKind, Message, Understood};
use serde::Deserialize;
use sql_lineage::Dialect;

/// The routes.
pub(super) fn pages() -> Router<App> {
    Router::new().route("/jobs/new", get(show).post(take)).layer(DefaultBodyLimit::max(FILES_LIMIT))
}

/// What a browser sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Typed {
    kind: String,
    dialect: String,
    namespace: String,
    schema: String,
    name: String,
    text: String,
    #[serde(rename = "do")]
    button: String,
}

impl Typed {
    fn form(&self) -> Form {
        Form::new("up")
            .with("kind", &self.kind)
            .with("dialect", &self.dialect)
            .with("namespace", &self.namespace)
            .with("schema", &self.schema)
            .with("name", &self.name)
            .with("text", &self.text)
    }
}

async fn show(State(app): State<App>, member: Member) -> Result<Response> {
    may(&member)?;
    let typed = Typed { kind: JobKind::Sql.as_str().to_owned(), ..Typed::default() };
    html(&member.visitor, &page(&app, &member, typed.form(), Vec::new(), false).await?)
}

/// Who may hand in nowhere at all has no business here.
fn may(member: &Member) -> Result<()> {
    if member.caller.may_somewhere(Action::ManageLineage) {
        return Ok(());
    }
    member.caller.permit_on_register(Action::ManageLineage).map(drop)
}

async fn take(
    State(app): State<App>,
    member: Member,
    SignedFiles { fields: typed, files }: SignedFiles<Typed>,
) -> Result<Response> {
    may(&member)?;
    let save = typed.button != "check";
    let mut texts = Vec::new();
    let mut unreadable = Vec::new();
    if !typed.text.trim().is_empty() {
        let name = if typed.name.trim().is_empty() { "pasted" } else { typed.name.trim() };
        texts.push(HandedText { name: name.to_owned(), text: typed.text.clone() });
    }
    for (name, bytes) in files {
        match String::from_utf8(bytes.to_vec()) {
            Ok(text) => texts.push(HandedText { name, text }),
            Err(_) => unreadable.push(not_text(name)),
        }
    }
    if texts.is_empty() && !unreadable.is_empty() {
        return html(&member.visitor, &page(&app, &member, typed.form(), unreadable, false).await?);
    }
    let batch = HandIn {
        kind: typed.kind.parse().ok(),
        dialect: Some(typed.dialect.clone()).filter(|word| !word.is_empty()),
        namespace: typed.namespace.clone(),
        schema: typed.schema.clone(),
        texts,
    };
    match handed::hand_in(&app, &member.caller, &batch, save).await {
        Ok((outs, _)) => {
            let namespace = typed.namespace.trim();
            let kind = batch.kind.unwrap_or(JobKind::Sql);
            let mut outcomes: Vec<UploadOutcome> =
                outs.iter().flat_map(|out| outcomes(out, kind, namespace)).collect();
            outcomes.extend(unreadable);
            html(&member.visitor, &page(&app, &member, typed.form(), outcomes, save).await?)
        }
        Err(failure) => refused(&app, &member, &typed, failure, unreadable).await,
    }
}

/// The form again with what is wrong; nothing that was typed is lost. Files have to be chosen again: browsers want it so.
async fn refused(
    app: &App,
    member: &Member,
    typed: &Typed,
    failure: Failure,
    unreadable: Vec<UploadOutcome>,
) -> Result<Response> {
    let mut form = typed.form();
    let status = match failure.kind {
        FailureKind::Invalid => {
            for (field, message) in failure.fields {
                form = form.wrong(&field, message);
            }
            StatusCode::UNPROCESSABLE_ENTITY
        }
        FailureKind::Forbidden | FailureKind::Absent => {
            form = form.wrong("namespace", Message::new("job-namespace-not-yours"));
            StatusCode::FORBIDDEN
        }
        _ => return Err(failure),
    };
    page_with(&member.visitor, status, &page(app, member, form, unreadable, false).await?)
}

fn not_text(file: String) -> UploadOutcome {
    let error = Some(Message::new("job-problem-encoding"));
    UploadOutcome { file, job: None, sign: None, error, statements: Vec::new() }
}

async fn page(
    app: &App,
    member: &Member,
    form: Form,
    outcomes: Vec<UploadOutcome>,
    is_saved: bool,
) -> Result<UploadPage> {
    let chrome = member.chrome(app);
    let kind = |kind: JobKind| Choice::new(kind.as_str(), chrome.t.w(&kind));
    let own = std::iter::once(Choice::new("", chrome.t.s("job-dialect-own")));
    Ok(UploadPage {
        kinds: KINDS.into_iter().map(kind).collect(),
        dialects: own.chain(Dialect::NAMES.iter().map(|name| Choice::new(*name, *name))).collect(),
        namespaces: list::homes_to_fill(app, &member.caller).await?,
        form,
        outcomes,
        is_saved,
        chrome,
    })
}

/// A row for each job of a text, or one that says why there is none.
fn outcomes(out: &HandedOut, kind: JobKind, namespace: &str) -> Vec<UploadOutcome> {
    if out.jobs.is_empty() {
        let error = out.error.clone().or_else(|| Some(Message::new("job-problem-kind")));
        return vec![UploadOutcome {
            file: out.name.clone(),
            job: None,
            sign: None,
            error,
            statements: Vec::new(),
        }];
    }
    let problems: Vec<Problem> = out.notices.iter().map(notice).collect();
    out.jobs.iter().map(|job| outcome(out, job, kind, namespace, &problems)).collect()
}

fn notice(notice: &cadastre_intake::Notice) -> Problem {
    Problem {
        severity: Severity::Warning,
        statement: 1,
        line: notice.at.line.map_or(1, i64::from),
        column: 1,
        reason: notice.what.message(),
        excerpt: notice.at.path.clone(),
    }
}

fn outcome(
    out: &HandedOut,
    job: &HandedJob,
    kind: JobKind,
    namespace: &str,
    problems: &[Problem],
) -> UploadOutcome {
    let link = job.put.map(|put| JobLink {
        id: put.public_id.to_string(),
        name: job.name.clone(),
        namespace: namespace.to_owned(),
        kind,
    });
    let statements = match kind {
        JobKind::Sql => job.said.statements.iter().map(|one| statement(job, one)).collect(),
        _ => vec![configuration(job, problems)],
    };
    UploadOutcome {
        file: out.name.clone(),
        job: link,
        sign: job.put.and_then(|put| match put.fate {
            Fate::New => Some(Sign::Added),
            Fate::Changed => Some(Sign::Changed),
            Fate::Same => None,
        }),
        error: out.error.clone(),
        statements,
    }
}

fn statement(job: &HandedJob, one: &SaidStatement) -> StatementOutcome {
    let (reads, writes, columns) = job.ends(one);
    let problem = |(why, line, column): &(String, i32, i32)| Problem {
        severity: if one.understood == Understood::Failed { Severity::Error } else { Severity::Warning },
        statement: i64::from(one.ordinal),
        line: i64::from(*line),
        column: i64::from(*column),
        reason: Message::new("job-problem-parser").arg("text", why.as_str()),
        excerpt: job.excerpt(one),
    };
    StatementOutcome {
        number: i64::from(one.ordinal),
        line: i64::from(one.line),
        excerpt: job.excerpt(one),
        reads,
        writes,
        columns: i64::try_from(columns).unwrap_or(i64::MAX),
        problems: one.reason.iter().map(problem).collect(),
    }
}

/// A configuration is one statement: what it carries from where to where.
fn configuration(job: &HandedJob, problems: &[Problem]) -> StatementOutcome {
    let names = |ends: Vec<&super::said::SaidEnd>| {
        let names: std::collections::BTreeSet<String> =
            ends.into_iter().map(|end| end.name.path.join(".")).collect();
        names.into_iter().collect()
    };
    StatementOutcome {
        number: 1,
        line: 1,
        excerpt: job_view::excerpt(&job.definition),
        reads: names(job.said.edges.iter().filter_map(|edge| edge.from.as_ref()).collect()),
        writes: names(job.said.edges.iter().filter_map(|edge| edge.to.as_ref()).collect()),
        columns: 0,
        problems: problems.to_vec(),
    }
}
