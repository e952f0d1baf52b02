//! Pages about sources.

use super::forms::{EditForm, Forms, NewForm, Part, refused, shown};
use super::ground::{self, Offered};
use super::reader::Check;
use super::register::Tested;
use super::{check, crawl, edit, queries, register, view};
use crate::app::App;
use crate::domains::domain_choice;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, IfMatch, Member, Page, Paging, Params, SignedForm, html, page_with, redirect};
use crate::tasks::queries::TaskRow;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use cadastre_frontend::access::ConfirmPage;
use cadastre_frontend::parts::Pager;
use cadastre_frontend::sources::{EditSourcePage, NewSourcePage, SourcePage, SourcesPage, Step};
use cadastre_frontend::{Choice, Flash, Form, T, Tone, href};
use cadastre_model::{Action, AssetId, Message, PublicId, SourceKind};
use serde::Deserialize;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/sources", get(list))
        .route("/sources/new", get(show_new).post(do_new))
        .route("/sources/{id}", get(show))
        .route("/sources/{id}/edit", get(show_edit).post(do_edit))
        .route("/sources/{id}/crawl", post(do_crawl))
        .route("/sources/{id}/test", post(do_test))
        .route("/sources/{id}/remove", get(show_remove).post(do_remove))
}

#[derive(Debug, Deserialize)]
struct Cursor {
    cursor: Option<String>,
}

async fn list(State(app): State<App>, member: Member, Params(query): Params<Cursor>) -> Result<Response> {
    let paging = Paging { cursor: query.cursor, limit: None };
    let rows = view::list(&app, &member.caller, &paging).await?;
    let page = Page::of(rows, paging.size()?, &app, "sources", |row| (row.name.clone(), row.id))?;
    let pager = Pager {
        shown: i64::try_from(page.items.len()).unwrap_or(i64::MAX),
        total: None,
        previous: paging.cursor.is_some().then(href::sources),
        next: page.next.as_deref().map(|next| href::with_query(href::sources(), "cursor", next)),
    };
    let page = SourcesPage {
        chrome: member.chrome(&app),
        sources: page.items.iter().map(queries::SourceRow::shown).collect(),
        pager,
        may_add: ground::may_register(&app, &member.caller).await?,
    };
    html(&member.visitor, &page)
}

#[derive(Debug, Deserialize)]
struct NewQuery {
    kind: Option<SourceKind>,
}

async fn show_new(
    State(app): State<App>,
    member: Member,
    Params(query): Params<NewQuery>,
) -> Result<Response> {
    let domains = domains(&member.visitor.t(&app), &ground::offered(&app, &member.caller).await?);
    let form = Form::new("source").with("port", "5432").with("tls", "verify_full");
    let (chrome, checks) = (member.chrome(&app), Vec::new());
    html(&member.visitor, &NewSourcePage { chrome, kind: query.kind, domains, form, checks })
}

/// Where the reader may register a source, to choose from; nothing where there is no choice.
fn domains(t: &T, offered: &Offered) -> Vec<Choice> {
    if offered.domains.is_empty() {
        return Vec::new();
    }
    let none = offered.register.then(|| Choice::new("", t.s("source-domain-none")));
    none.into_iter().chain(offered.domains.iter().map(domain_choice)).collect()
}

async fn do_new(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<NewForm>,
) -> Result<Response> {
    let offered = ground::offered(&app, &member.caller).await?;
    let again = |status, form: Form, checks: &[Check]| {
        let checks = if checks.is_empty() { Vec::new() } else { shown(checks) };
        let chrome = member.chrome(&app);
        let domains = domains(&chrome.t, &offered);
        let page = NewSourcePage { chrome, kind: Some(typed.kind()), domains, form, checks };
        page_with(&member.visitor, status, &page)
    };
    let done = match (typed.read(), typed.button.as_str()) {
        (Ok(new), "test") => {
            let (place, secret) = (new.place, new.secret);
            match check::test_new(&app, &member.caller, new.domain, new.kind, &place, secret).await {
                Ok(checks) => return again(StatusCode::OK, typed.again(), &checks),
                Err(failure) => Err(failure),
            }
        }
        (Ok(new), _) => register::register(&app, &member.caller, &new).await,
        (Err(failure), _) => Err(failure),
    };
    match done {
        Ok(Tested::Works(made)) => {
            let flash = Flash { tone: Tone::Pass, message: Message::new("source-registered") };
            let next = href::with_query(href::edit_source(made.public_id), "step", "scope");
            Ok(redirect(&app, &next, Some(flash), Some(made.version)))
        }
        Ok(Tested::Fails(checks)) => again(StatusCode::UNPROCESSABLE_ENTITY, typed.again(), &checks),
        Err(failure) if failure.kind == FailureKind::Invalid => {
            again(StatusCode::UNPROCESSABLE_ENTITY, refused(typed.again(), &failure), &[])
        }
        Err(failure) => Err(failure),
    }
}

async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<Cursor>,
) -> Result<Response> {
    source_page(&app, &member, id, query.cursor, &[]).await
}

/// The page of one source, with what a test found.
async fn source_page(
    app: &App,
    member: &Member,
    id: PublicId,
    cursor: Option<String>,
    checks: &[Check],
) -> Result<Response> {
    let caller = &member.caller;
    let row = view::one(app, caller, id).await?;
    let paging = Paging { cursor, limit: None };
    let crawls = view::crawls(app, caller, id, paging.after(app, "crawls")?).await?;
    let page = Page::of(crawls, view::CRAWLS, app, "crawls", |task| task.id)?;
    let live = view::live(app, caller, &page.items).await?;
    let managed = view::managed(app, caller, id).await?;
    let columns = queries::columns(&app.db().web, &*caller.scope(Action::See)?, AssetId(row.id)).await?;
    let (asset, _permit) = crate::catalog::asset::find(&app.db().web, caller, id, Action::See).await?;
    let resource = asset.resource();
    let chrome = member.chrome(app);
    let source = view::head(app, caller, &chrome.t, &row).await?;
    let may_manage = managed.is_some();
    let settings = managed.map(|managed| view::settings(&chrome.t, &row, managed));
    let page = SourcePage {
        source,
        counts: (row.datasets, columns),
        live: live.as_ref().map(crate::tasks::service::TaskView::live),
        pager: Pager {
            shown: i64::try_from(page.items.len()).unwrap_or(i64::MAX),
            total: None,
            previous: paging.cursor.is_some().then(|| href::source(id)),
            next: page.next.as_deref().map(|next| href::with_query(href::source(id), "cursor", next)),
        },
        failing: row.failing_since.zip(view::last_failure(&page.items)),
        rests: row
            .rests_until
            .map(|until| (i64::from(row.failures), until))
            .filter(|(_, until)| *until > app.now()),
        crawls: page.items.iter().map(TaskRow::shown).collect(),
        settings,
        last_crawl: row.last_crawl_at,
        checks: if checks.is_empty() { Vec::new() } else { shown(checks) },
        may_crawl: caller.may(Action::Crawl, &resource),
        may_manage,
        may_see_access: caller.may(Action::SeeAccess, &resource),
        may_edit: caller.may(Action::EditTexts, &resource),
        chrome,
    };
    html(&member.visitor, &page)
}

#[derive(Debug, Deserialize)]
struct EditQuery {
    step: Option<String>,
}

async fn show_edit(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<EditQuery>,
) -> Result<Response> {
    let step = query.step.as_deref().and_then(Step::of_word);
    let page = edit_page(&app, &member, id, step, |forms| forms, &[]).await?;
    html(&member.visitor, &page)
}

async fn edit_page(
    app: &App,
    member: &Member,
    id: PublicId,
    step: Option<Step>,
    typed: impl FnOnce(Forms) -> Forms,
    checks: &[Check],
) -> Result<EditSourcePage> {
    let row = view::one(app, &member.caller, id).await?;
    let managed = view::managed(app, &member.caller, id).await?.ok_or_else(Failure::forbidden)?;
    let forms = typed(Forms::of(&row.name, &managed));
    let chrome = member.chrome(app);
    let schedule =
        if step == Some(Step::Schedule) { forms.schedule.with("crawl_now", "on") } else { forms.schedule };
    Ok(EditSourcePage {
        source: view::head(app, &member.caller, &chrome.t, &row).await?,
        step,
        version: row.counter,
        connection: forms.connection,
        secret: forms.secret,
        secret_set: row.secret_set_at,
        scope: forms.scope,
        schedule,
        names: forms.names,
        reading: forms.reading,
        checks: if checks.is_empty() { Vec::new() } else { shown(checks) },
        may_remove: true,
        chrome,
    })
}

async fn do_edit(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<EditForm>,
) -> Result<Response> {
    let step = Step::of_word(&typed.step);
    let condition = IfMatch::exactly(typed.version);
    let done = match typed.read() {
        Ok(change) => edit::edit(&app, &member.caller, id, &condition, &change).await,
        Err(failure) => Err(failure),
    };
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    match done {
        Ok(Tested::Works(version)) => {
            if typed.part == Part::Schedule && step.is_some() && typed.crawl_now.is_some() {
                crawl::crawl_now(&app, &member.caller, id).await?;
            }
            let next = match step {
                Some(Step::Scope) => href::with_query(href::edit_source(id), "step", "schedule"),
                Some(_) => href::source(id),
                None => href::edit_source(id),
            };
            let flash = Flash { tone: Tone::Pass, message: Message::new("source-saved") };
            Ok(redirect(&app, &next, Some(flash), version))
        }
        Ok(Tested::Fails(checks)) => {
            let page = edit_page(&app, &member, id, step, |forms| typed.again(forms, None), &checks).await?;
            page_with(&member.visitor, unprocessable, &page)
        }
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let typed = |forms| typed.again(forms, Some(&failure));
            let page = edit_page(&app, &member, id, step, typed, &[]).await?;
            page_with(&member.visitor, unprocessable, &page)
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn do_crawl(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    crawl::crawl_now(&app, &member.caller, id).await?;
    let flash = Flash { tone: Tone::Pass, message: Message::new("source-crawl-asked") };
    Ok(redirect(&app, &href::source(id), Some(flash), None))
}

async fn do_test(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(Nothing {}): SignedForm<Nothing>,
) -> Result<Response> {
    let checks = check::test(&app, &member.caller, id).await?;
    source_page(&app, &member, id, None, &checks).await
}

async fn show_remove(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    let row = view::one(&app, &member.caller, id).await?;
    view::managed(&app, &member.caller, id).await?.ok_or_else(Failure::forbidden)?;
    let page = ConfirmPage {
        chrome: member.chrome(&app),
        question: Message::new("confirm-remove-source").arg("name", &row.name),
        consequences: vec![
            Message::new("source-remove-datasets").arg("n", row.datasets),
            Message::new("source-remove-secret"),
            Message::new("source-remove-names"),
        ],
        verb: "confirm-remove",
        action: href::remove_source(id),
        back: href::edit_source(id),
        hidden: vec![("version".to_owned(), row.counter.to_string())],
        asks_reason: true,
        form: Form::new("remove"),
    };
    html(&member.visitor, &page)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveForm {
    version: i64,
    reason: Option<String>,
}

async fn do_remove(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<RemoveForm>,
) -> Result<Response> {
    let condition = IfMatch::exactly(typed.version);
    let version = edit::remove(&app, &member.caller, id, &condition, typed.reason.as_deref()).await?;
    let flash = Flash { tone: Tone::Pass, message: Message::new("source-removed") };
    Ok(redirect(&app, &href::sources(), Some(flash), Some(version)))
}
