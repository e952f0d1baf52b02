//! Pages about rights: the Access tab of everything that has one, the grants on the register, roles, revoking.

use crate::access::holdings::{self, Access};
use crate::access::panel::{self, TypedGrant};
use crate::access::{list, revoke, roles};
use crate::app::App;
use crate::catalog::pages::{container_head, dataset_head};
use crate::catalog::{dataset, tree};
use crate::domains::domain_head;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, Member, SignedForm, html, page_with, redirect};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use cadastre_frontend::access::{AccessPanel, ConfirmPage, RegisterAccessPage, RolesPage};
use cadastre_frontend::catalog::browse::ContainerAccessPage;
use cadastre_frontend::catalog::dataset::DatasetAccessPage;
use cadastre_frontend::catalog::domain::DomainAccessPage;
use cadastre_frontend::{Flash, Form, Tone, href};
use cadastre_model::{Action, AssetKind, Message, ObjectKind, PublicId, Role};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/access", get(show_register).post(give_on_register))
        .route("/access/roles", get(show_roles))
        .route("/access/grants/{id}/revoke", get(ask_revoke).post(do_revoke))
        .route("/domains/{id}/access", get(show_domain).post(give_on_domain))
        .route("/d/{id}/access", get(show_dataset).post(give_on_dataset))
        .route("/browse/{id}/access", get(show_container).post(give_on_container))
        .route("/sources/{id}/access", get(show_container).post(give_on_container))
}

async fn show_register(State(app): State<App>, member: Member) -> Result<Response> {
    let (_, access) = holdings::at_register(&app, &member.caller).await?;
    register_page(&app, &member, access, Shown::default())
}

async fn give_on_register(
    State(app): State<App>,
    member: Member,
    SignedForm(typed): SignedForm<TypedGrant>,
) -> Result<Response> {
    let (asset, _) = holdings::at_register(&app, &member.caller).await?;
    match given(&app, &member, asset.public_id, &typed, href::register_access()).await? {
        Given::Done(response) => Ok(response),
        Given::Again(shown) => {
            let (_, access) = holdings::at_register(&app, &member.caller).await?;
            register_page(&app, &member, access, shown)
        }
    }
}

fn register_page(app: &App, member: &Member, access: Access, shown: Shown) -> Result<Response> {
    let (status, typed) = shown.parts();
    let panel = panel::panel(access, href::register_access(), typed);
    page_with(&member.visitor, status, &RegisterAccessPage { chrome: member.chrome(app), panel })
}

async fn show_dataset(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    dataset_page(&app, &member, id, Shown::default()).await
}

async fn give_on_dataset(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<TypedGrant>,
) -> Result<Response> {
    match given(&app, &member, id, &typed, dataset_tab(id)).await? {
        Given::Done(response) => Ok(response),
        Given::Again(shown) => dataset_page(&app, &member, id, shown).await,
    }
}

async fn dataset_page(app: &App, member: &Member, id: PublicId, shown: Shown) -> Result<Response> {
    let (status, panel) = tab(app, member, id, dataset_tab(id), shown).await?;
    let head = dataset_head(member, &dataset::show(app, &member.caller, id, None).await?);
    page_with(&member.visitor, status, &DatasetAccessPage { chrome: member.chrome(app), head, panel })
}

fn dataset_tab(id: PublicId) -> String {
    href::dataset_tab(id, href::DatasetTab::Access)
}

async fn show_container(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    container_page(&app, &member, id, Shown::default()).await
}

async fn give_on_container(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<TypedGrant>,
) -> Result<Response> {
    match given(&app, &member, id, &typed, href::container_access(id)).await? {
        Given::Done(response) => Ok(response),
        Given::Again(shown) => container_page(&app, &member, id, shown).await,
    }
}

async fn container_page(app: &App, member: &Member, id: PublicId, shown: Shown) -> Result<Response> {
    let (status, panel) = tab(app, member, id, href::container_access(id), shown).await?;
    let head = container_head(member, &tree::container(app, &member.caller, id, None).await?);
    page_with(&member.visitor, status, &ContainerAccessPage { chrome: member.chrome(app), head, panel })
}

async fn show_domain(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    domain_page(&app, &member, id, Shown::default()).await
}

async fn give_on_domain(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<TypedGrant>,
) -> Result<Response> {
    match given(&app, &member, id, &typed, href::domain_access(id)).await? {
        Given::Done(response) => Ok(response),
        Given::Again(shown) => domain_page(&app, &member, id, shown).await,
    }
}

async fn domain_page(app: &App, member: &Member, id: PublicId, shown: Shown) -> Result<Response> {
    let (_, head) = domain_head(app, member, id).await?;
    let (status, panel) = tab(app, member, id, href::domain_access(id), shown).await?;
    page_with(&member.visitor, status, &DomainAccessPage { chrome: member.chrome(app), head, panel })
}

/// How a form is shown: empty, or again with what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Shown(Option<(FailureKind, Form)>);

impl Shown {
    fn parts(self) -> (StatusCode, Option<Form>) {
        match self.0 {
            None => (StatusCode::OK, None),
            Some((kind, form)) => {
                (StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY), Some(form))
            }
        }
    }
}

/// What became of a form.
pub(crate) enum Given {
    /// It was granted: back to the page.
    Done(Response),
    /// It is shown again.
    Again(Shown),
}

/// The panel of an asset's Access tab, with the status of its page.
pub(crate) async fn tab(
    app: &App,
    member: &Member,
    id: PublicId,
    action: String,
    shown: Shown,
) -> Result<(StatusCode, AccessPanel)> {
    let (_, access) = holdings::at_asset(app, &member.caller, id).await?;
    let (status, typed) = shown.parts();
    Ok((status, panel::panel(access, action, typed)))
}

/// Grants what was typed on an asset's Access tab.
pub(crate) async fn given(
    app: &App,
    member: &Member,
    id: PublicId,
    typed: &TypedGrant,
    back: String,
) -> Result<Given> {
    let given = panel::grant(app, &member.caller, member.visitor.zone, id, typed).await?;
    Ok(match given {
        Ok(version) => {
            let flash = Flash { tone: Tone::Pass, message: Message::new("grant-given") };
            Given::Done(redirect(app, &back, Some(flash), version))
        }
        Err(refused) => Given::Again(Shown(Some(refused))),
    })
}

async fn show_roles(State(app): State<App>, member: Member) -> Result<Response> {
    let mut kinds: BTreeMap<Action, Vec<Vec<ObjectKind>>> = BTreeMap::new();
    for row in roles().rows {
        let cells = kinds.entry(row.action).or_insert_with(|| vec![Vec::new(); Role::ALL.len()]);
        for allowed in row.roles {
            let place = Role::ALL.iter().position(|role| *role == allowed.role);
            if let Some(cell) = place.and_then(|place| cells.get_mut(place)) {
                cell.push(row.kind);
            }
        }
    }
    let page = RolesPage {
        chrome: member.chrome(&app),
        rows: kinds.into_iter().collect(),
        roles: Role::ALL.to_vec(),
        may_see_access: member.caller.permit_on_register(Action::SeeAccess).is_ok(),
    };
    html(&member.visitor, &page)
}

async fn ask_revoke(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    revoke_page(&app, &member, id, Form::new("revoke")).await.and_then(|page| html(&member.visitor, &page))
}

async fn revoke_page(app: &App, member: &Member, id: PublicId, form: Form) -> Result<ConfirmPage> {
    let grant = list::find(app, &member.caller, id).await?;
    if grant.revoked.is_some() {
        return Err(Failure::absent());
    }
    let t = member.visitor.t(app);
    let question =
        Message::new("confirm-revoke-grant").arg("role", t.w(&grant.role)).arg("who", &grant.subject.name);
    let consequence = Message::new("grant-revoke-follows").arg("name", &grant.asset.name);
    Ok(ConfirmPage {
        chrome: member.chrome(app),
        question,
        consequences: vec![consequence],
        verb: "confirm-revoke",
        action: href::revoke_grant(id),
        back: tab_of(grant.asset.kind, grant.asset.id),
        hidden: Vec::new(),
        asks_reason: true,
        form,
    })
}

/// The Access tab of an asset.
fn tab_of(kind: AssetKind, id: PublicId) -> String {
    match kind {
        AssetKind::Register => href::register_access(),
        AssetKind::Domain => href::domain_access(id),
        AssetKind::Source | AssetKind::Database | AssetKind::Schema | AssetKind::Namespace => {
            href::container_access(id)
        }
        AssetKind::Dataset => dataset_tab(id),
        // A job has no tab of its own: grants are given on what it lies in.
        AssetKind::Job => href::job(id),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    #[serde(default)]
    reason: String,
}

async fn do_revoke(
    State(app): State<App>,
    member: Member,
    Id(id): Id,
    SignedForm(typed): SignedForm<Why>,
) -> Result<Response> {
    let grant = list::find(&app, &member.caller, id).await?;
    match revoke(&app, &member.caller, id, Some(&typed.reason)).await {
        Ok(version) => {
            let flash = Flash { tone: Tone::Pass, message: Message::new("grant-revoked") };
            let back = tab_of(grant.asset.kind, grant.asset.id);
            Ok(redirect(&app, &back, Some(flash), Some(version)))
        }
        Err(failure) if failure.kind == FailureKind::Invalid => {
            let form = Form::new("revoke").with("reason", &typed.reason);
            let form =
                failure.fields.iter().fold(form, |form, (field, message)| form.wrong(field, message.clone()));
            let page = revoke_page(&app, &member, id, form).await?;
            page_with(&member.visitor, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(failure) => Err(failure),
    }
}
