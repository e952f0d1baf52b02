//! The editor of a rule: its form or its text, what it becomes, what it would find.

use super::form::{self, Fields};
use super::rows::rows;
use super::shown;
use crate::app::App;
use crate::catalog::asset::{self, Asset};
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, Member, Params, SignedForm, html, page_with, redirect};
use crate::lineage;
use crate::quality::dry::{self, Tried};
use crate::quality::read::{self, Seen};
use crate::quality::{custom, known, save, select, words};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cadastre_frontend::href::{self, DatasetTab};
use cadastre_frontend::jobs::code::Code;
use cadastre_frontend::lineage::DatasetLink;
use cadastre_frontend::quality::editor::{Compiled, DryRun, Edited, FaultRow, RuleEditorPage};
use cadastre_frontend::quality::fields::field_at;
use cadastre_frontend::quality::{Held, HeldBy, Kind, Measure};
use cadastre_frontend::{Flash, Form, Tone};
use cadastre_model::{Action, Message, PublicId, Version};
use rules::{Document, Fault, Rule, Selection, Target};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Of the datasets that a rule is for, so many are shown.
const SOME: usize = 8;

/// After how long the source is told to stop, in milliseconds.
const LIMIT_MS: i64 = 30_000;

#[derive(Debug, Deserialize, Default)]
pub(super) struct NewQuery {
    #[serde(default)]
    dataset: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    column: String,
}

/// What is being edited.
struct Draft {
    /// The rule that is there.
    seen: Option<Seen>,
    /// Its dataset, where one is chosen.
    asset: Option<Asset>,
    kind: Kind,
    fields: Fields,
    /// The text, where that is the truth.
    text: Option<String>,
}

/// GET /quality/rules/new
pub(super) async fn new(
    State(app): State<App>,
    member: Member,
    Params(query): Params<NewQuery>,
) -> Result<Response> {
    let mut draft = Draft {
        seen: None,
        asset: dataset(&app, &member, &query.dataset).await?,
        kind: Kind::of_word(&query.kind).unwrap_or(Kind::NotNull),
        fields: form::fields(&Value::Null),
        text: None,
    };
    if !query.column.is_empty() {
        draft.fields.insert("column".to_owned(), query.column);
    }
    draft.fields.insert("severity".to_owned(), "medium".to_owned());
    draft.fields.insert("zone".to_owned(), member.visitor.zone.name().to_owned());
    if let Ok(id) = query.from.parse::<PublicId>() {
        let (asset, _, seen) = read::one(&app, &member.caller, id).await?;
        draft.kind = shown::kind(&seen.kept.facts.rule);
        draft.fields = form::fields(&seen.definition.clone().ok_or_else(Failure::forbidden)?);
        draft.fields.insert("name".to_owned(), format!("{}-copy", seen.kept.facts.rule.name));
        draft.asset = draft.asset.or(Some(asset));
    }
    let faults = Vec::new();
    let page = page(&app, &member, &draft, faults, None).await?;
    html(&member.visitor, &page)
}

#[derive(Debug, Deserialize, Default)]
pub(super) struct ShowQuery {
    #[serde(default, rename = "as")]
    form: String,
}

/// GET /quality/rules/{id}
pub(super) async fn show(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    Params(query): Params<ShowQuery>,
) -> Result<Response> {
    let mut draft = of_rule(&app, &member, id).await?;
    if query.form == "text" {
        draft.text = draft.rule().ok().map(|rule| draft.text_of(&rule));
    }
    let page = page(&app, &member, &draft, Vec::new(), None).await?;
    html(&member.visitor, &page)
}

async fn of_rule(app: &App, member: &Member, id: PublicId) -> Result<Draft> {
    let (asset, _, seen) = read::one(app, &member.caller, id).await?;
    // What may name what they do not see is not shown, here either.
    let definition = seen.definition.clone().ok_or_else(Failure::forbidden)?;
    Ok(Draft {
        kind: shown::kind(&seen.kept.facts.rule),
        fields: form::fields(&definition),
        seen: Some(seen),
        asset: Some(asset),
        text: None,
    })
}

/// The dataset that is chosen: by its id, or by a name that the reader typed.
async fn dataset(app: &App, member: &Member, typed: &str) -> Result<Option<Asset>> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let mut conn = app.db().web.acquire().await?;
    match lineage::typed_datasets(&mut conn, &member.caller, typed).await?[..] {
        [(id, _)] => Ok(Some(asset::of(&mut *conn, id).await?)),
        _ => Ok(None),
    }
}

/// POST /quality/rules/new
pub(super) async fn write_new(
    State(app): State<App>,
    member: Member,
    SignedForm(fields): SignedForm<Fields>,
) -> Result<Response> {
    let typed = fields.get("dataset").cloned().unwrap_or_default();
    let draft = Draft { asset: dataset(&app, &member, &typed).await?, ..typed_draft(fields, None) };
    act(&app, &member, draft).await
}

/// POST /quality/rules/{id}
pub(super) async fn write(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(fields): SignedForm<Fields>,
) -> Result<Response> {
    let before = of_rule(&app, &member, id).await?;
    let known = before.seen.as_ref().map(|seen| seen.kept.number.to_string());
    let saves = fields.get("do").is_some_and(|act| act == "save");
    // Somebody else changed it since the form was opened.
    if saves && fields.get("version") != known.as_ref() {
        return Err(Failure::stale());
    }
    let draft = Draft { asset: before.asset, ..typed_draft(fields, before.seen) };
    act(&app, &member, draft).await
}

fn typed_draft(fields: Fields, seen: Option<Seen>) -> Draft {
    let is_text = fields.get("as").is_some_and(|form| form == "text");
    let kind = fields.get("kind").and_then(|kind| Kind::of_word(kind)).unwrap_or(Kind::NotNull);
    let text = is_text.then(|| fields.get("yaml").cloned().unwrap_or_default());
    Draft { seen, asset: None, kind, fields, text }
}

impl Draft {
    /// The rule that is written, or everything that is wrong with it.
    fn rule(&self) -> std::result::Result<Rule, Vec<Fault>> {
        match &self.text {
            None => rules::read(&form::rule(self.kind, &self.fields)),
            Some(text) => {
                let documents = Document::read(text)?;
                let rule = documents.into_iter().flat_map(|document| document.rules).next();
                rule.ok_or_else(|| vec![Fault::new("rules", rules::Wrong::Missing)])
            }
        }
    }

    /// What can't be done here: to rename a rule, which its name is, and to write one elsewhere.
    fn unsaveable(&self, rule: &Rule) -> Option<FaultRow> {
        let fault = |field, at: &str, what| Some(FaultRow { field, at: at.to_owned(), line: None, what });
        if self.seen.as_ref().is_some_and(|seen| seen.kept.facts.rule.name != rule.name) {
            return fault(Some("name"), "name", Message::new("rule-name-stays"));
        }
        let asset = self.asset.as_ref()?;
        let elsewhere =
            |name: &str| Message::new("rule-text-elsewhere").arg("name", name).arg("dataset", &asset.name);
        match self.target()? {
            Target::One(name) if !is_called(asset, &name) => fault(None, "dataset", elsewhere(&name)),
            Target::All(selection) if self.seen.is_some() => {
                fault(None, "datasets", elsewhere(selection.name.as_deref().unwrap_or("*")))
            }
            _ => None,
        }
    }

    /// What a text says that its rule is for.
    fn target(&self) -> Option<Target> {
        let documents = Document::read(self.text.as_ref()?).ok()?;
        documents.into_iter().next().map(|document| document.target)
    }

    /// Which datasets a new rule is for, where it is for many.
    fn selection(&self) -> Option<Selection> {
        if self.seen.is_some() {
            return None;
        }
        if self.text.is_some() {
            return match self.target()? {
                Target::All(selection) => Some(selection),
                Target::One(_) => None,
            };
        }
        let name = self.fields.get("select_name").map_or("", |name| name.trim());
        let is_for_many = self.fields.get("for").is_some_and(|which| which == "many");
        is_for_many.then(|| Selection { name: Some(name.to_owned()), tags: Vec::new() })
    }

    /// The rule as a document.
    fn text_of(&self, rule: &Rule) -> String {
        let name = || self.asset.as_ref().map_or_else(String::new, |asset| asset.name.clone());
        let target = self.selection().map_or_else(|| Target::One(name()), Target::All);
        Document::print(&[Document { target, rules: vec![rule.clone()] }])
    }

    fn wants(&self) -> &str {
        self.fields.get("do").map_or("show", String::as_str)
    }
}

/// What the button asks for. Nothing but `save` changes anything.
async fn act(app: &App, member: &Member, mut draft: Draft) -> Result<Response> {
    let rule = draft.rule();
    match (draft.wants(), &rule) {
        ("to_text", Ok(rule)) => draft.text = Some(draft.text_of(rule)),
        ("to_form", Ok(rule)) => {
            let selection = draft.selection();
            draft.kind = shown::kind(rule);
            draft.fields = form::fields(&serde_json::to_value(rule).map_err(Failure::internal)?);
            if let Some(Selection { name, .. }) = selection {
                draft.fields.insert("for".to_owned(), "many".to_owned());
                draft.fields.insert("select_name".to_owned(), name.unwrap_or_else(|| "*".to_owned()));
            }
            draft.text = None;
        }
        _ => {}
    }
    let (Some(asset), Ok(rule)) = (&draft.asset, &rule) else {
        let faults = rule.err().unwrap_or_default();
        return answer(
            app,
            member,
            &draft,
            faults.iter().map(|fault| fault_row(draft.kind, fault)).collect(),
            None,
        )
        .await;
    };
    if let Some(fault) = draft.unsaveable(rule).filter(|_| draft.wants() == "save") {
        return answer(app, member, &draft, vec![fault], None).await;
    }
    match draft.wants() {
        "save" => match store(app, member, &draft, asset, rule).await {
            Ok((message, version)) => {
                let flash = Flash { tone: Tone::Pass, message };
                let tab = href::dataset_tab(asset.public_id, DatasetTab::Quality);
                Ok(redirect(app, &tab, Some(flash), version))
            }
            Err(failure) if failure.kind == FailureKind::Invalid => {
                answer(app, member, &draft, refused(draft.kind, failure), None).await
            }
            Err(failure) => Err(failure),
        },
        "dry_run" => match dry::try_rule(app, &member.caller, asset.public_id, rule).await {
            Ok(tried) => answer(app, member, &draft, Vec::new(), Some((rule.clone(), tried))).await,
            Err(failure) if failure.kind == FailureKind::Invalid => {
                answer(app, member, &draft, refused(draft.kind, failure), None).await
            }
            Err(failure) => Err(failure),
        },
        _ => answer(app, member, &draft, Vec::new(), None).await,
    }
}

/// Writes the rule at its dataset, or at all that fit; gives what is said then.
async fn store(
    app: &App,
    member: &Member,
    draft: &Draft,
    asset: &Asset,
    rule: &Rule,
) -> Result<(Message, Option<Version>)> {
    match draft.selection() {
        None => {
            let (_, _, version) = save::save(app, &member.caller, asset.public_id, rule.clone()).await?;
            Ok((Message::new("rule-saved"), version))
        }
        Some(selection) => {
            let (n, version) = select::save_many(app, &member.caller, &selection, rule).await?;
            Ok((Message::new("rule-saved-many").arg("n", n), version))
        }
    }
}

async fn answer(
    app: &App,
    member: &Member,
    draft: &Draft,
    faults: Vec<FaultRow>,
    tried: Option<(Rule, Tried)>,
) -> Result<Response> {
    let is_wrong = !faults.is_empty();
    let page = page(app, member, draft, faults, tried).await?;
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(&member.visitor, status, &page)
}

fn fault_row(kind: Kind, fault: &Fault) -> FaultRow {
    let line = match fault.wrong {
        rules::Wrong::Yaml { line, .. } if line > 0 => i64::try_from(line).ok(),
        _ => None,
    };
    FaultRow {
        field: field_at(kind, &fault.at),
        at: fault.at.clone(),
        line,
        what: words::message(fault.wrong.message()),
    }
}

fn refused(kind: Kind, failure: Failure) -> Vec<FaultRow> {
    let row = |(at, what): (String, Message)| FaultRow { field: field_at(kind, &at), at, line: None, what };
    if failure.fields.is_empty() {
        return vec![FaultRow { field: None, at: String::new(), line: None, what: failure.message }];
    }
    failure.fields.into_iter().map(row).collect()
}

/// Whether a name, perhaps with what the dataset lies in before it, is that of the dataset.
fn is_called(asset: &Asset, name: &str) -> bool {
    name == asset.name || name.strip_suffix(&asset.name).is_some_and(|before| before.ends_with('.'))
}

async fn page(
    app: &App,
    member: &Member,
    draft: &Draft,
    mut faults: Vec<FaultRow>,
    tried: Option<(Rule, Tried)>,
) -> Result<RuleEditorPage> {
    let rule = draft.rule().ok();
    let (may_save, may_sql) = match &draft.asset {
        Some(asset) => {
            let mut conn = app.db().web.acquire().await?;
            (
                member.caller.may(Action::ManageRules, &asset.resource()),
                custom::may(&mut conn, &member.caller, asset).await?,
            )
        }
        None => (member.caller.may_somewhere(Action::ManageRules), false),
    };
    let (columns, compiled) = match (&draft.asset, &rule) {
        (Some(asset), rule) if known::checkable(asset).is_ok() => {
            let (columns, compiled, wrong) = against(app, member, draft.kind, asset, rule.as_ref()).await?;
            if faults.is_empty() && draft.wants() != "show" || draft.fields.contains_key("do") {
                faults.extend(wrong.filter(|_| faults.is_empty()));
            }
            (columns, compiled)
        }
        _ => (Vec::new(), None),
    };
    let yaml = match (&draft.text, &rule) {
        (Some(text), _) => text.clone(),
        (None, Some(rule)) => draft.text_of(rule),
        (None, None) => String::new(),
    };
    let dataset = match &draft.asset {
        Some(asset) => Some(lineage::dataset_link(app, &member.caller, asset.id).await?),
        None => None,
    };
    let mut form = form::filled(&draft.fields);
    if draft.asset.is_none() && draft.fields.contains_key("do") {
        form = form.wrong("dataset", Message::new("edge-other-unknown"));
    }
    let form = faults.iter().fold(form, |form: Form, fault| match fault.field {
        Some(field) => form.wrong(field, fault.what.clone()),
        None => form,
    });
    let now = app.now();
    Ok(RuleEditorPage {
        chrome: member.chrome(app),
        rule: draft.seen.as_ref().map(|seen| edited(seen, now, may_save)),
        dataset,
        columns,
        is_text: draft.text.is_some(),
        kind: draft.kind,
        form,
        yaml,
        faults,
        compiled,
        dry: tried.map(|(rule, tried)| dry_run(&rule, tried, now)),
        selected: fits(app, member, draft).await?,
        owners: Vec::new(),
        may_save,
        may_run: may_save,
        may_sql,
    })
}

/// How many datasets a rule for many is for, and the first of them.
async fn fits(app: &App, member: &Member, draft: &Draft) -> Result<Option<(i64, Vec<DatasetLink>)>> {
    let Some(selection) = draft.selection() else { return Ok(None) };
    let found = select::of_caller(app, &member.caller, &selection).await?;
    let mut some = Vec::new();
    for id in found.iter().take(SOME) {
        let dataset = asset::read(&app.db().web, *id).await?;
        some.push(lineage::dataset_link(app, &member.caller, dataset.id).await?);
    }
    Ok(Some((i64::try_from(found.len()).unwrap_or(i64::MAX), some)))
}

fn edited(seen: &Seen, now: chrono::DateTime<chrono::Utc>, may_retire: bool) -> Edited {
    let rule = &seen.kept.facts.rule;
    Edited {
        id: seen.kept.public_id.to_string(),
        shown: rule.title.clone().unwrap_or_else(|| rule.name.clone()),
        version: i64::from(seen.kept.number),
        state: shown::state(seen, now),
        runs: shown::runs(seen),
        changed: None,
        datasets: None,
        may_retire,
    }
}

/// The columns that can be offered, what the rule becomes, and what does not fit.
async fn against(
    app: &App,
    member: &Member,
    kind: Kind,
    asset: &Asset,
    rule: Option<&Rule>,
) -> Result<(Vec<String>, Option<Compiled>, Option<FaultRow>)> {
    let see = member.caller.scope(Action::See)?;
    let mut conn = app.db().web.acquire().await?;
    let others = rule.map(|rule| rule.check.others()).unwrap_or_default();
    let known = known::of(&mut conn, asset, Some(&*see), &others).await?;
    let columns: Vec<String> = known.table.columns.iter().map(|column| column.name.clone()).collect();
    let Some(rule) = rule else { return Ok((columns, None, None)) };
    let marks = BTreeMap::new();
    let subject = known.subject(app.now(), &marks);
    if let Err(fault) = rules::check(rule, &subject) {
        return Ok((columns, None, Some(fault_row(kind, &fault))));
    }
    let plan = rules::compile([rule], &subject);
    let held =
        plan.judge(&plan.cells(), &BTreeMap::new()).into_iter().next().and_then(|outcome| outcome.held);
    let read = i64::try_from(rule.check.columns().len()).ok().filter(|read| *read > 0);
    let compiled = Compiled {
        sql: plan.statements().iter().map(|statement| Code::of_text(&statement.sql(), &[], &[])).collect(),
        dialect: "PostgreSQL".to_owned(),
        held: held.and_then(|held| Some(Held { by: HeldBy::of_word(held.by.as_str())?, name: held.name })),
        reads: read.zip(i64::try_from(columns.len()).ok()),
        rows: None,
        account: None,
        limit_ms: LIMIT_MS,
    };
    Ok((columns, Some(compiled), None))
}

fn dry_run(rule: &Rule, tried: Tried, now: chrono::DateTime<chrono::Utc>) -> DryRun {
    let outcome = &tried.found.outcome;
    let whole = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
    let failing = whole(outcome.failing).zip(whole(outcome.rows));
    let unit = shown::unit(rule);
    let value = match (unit, failing) {
        (cadastre_frontend::quality::Unit::Share, Some((failing, rows))) if rows > 0 => {
            Some(shown::float(failing) / shown::float(rows))
        }
        _ => outcome.value,
    };
    DryRun {
        verdict: shown::verdict(outcome.verdict.as_str()),
        value: value.map(|value| Measure::new(value, unit)),
        bound: shown::bound(rule),
        failing,
        took_ms: i64::try_from(tried.took.as_millis()).unwrap_or(i64::MAX),
        at: now,
        why: tried.found.message,
        detail: tried.detail,
        rows: rows(tried.rows, whole(tried.found.outcome.failing), now),
    }
}
