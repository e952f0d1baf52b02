//! Where the caller may tell of jobs and datasets. Intake names no object in its path: each row is checked by its namespace
//! (the source that has it, else the namespace of its own, else the register), and what is not allowed answers as absent.

use crate::access::Caller;
use crate::catalog::asset::{Asset, AssetRow, asset_columns};
use crate::error::{Failure, Result};
use crate::lineage::jobs;
use cadastre_access::Resource;
use cadastre_model::Action;
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};

/// Who tells.
#[derive(Debug, Clone)]
pub(crate) enum Teller {
    /// Somebody, by their rights.
    Caller(Box<Caller>),
    /// The register's operator at the command line, whom no right limits.
    Operator,
}

impl Teller {
    /// Refuses whoever may tell of nothing at all, before anything is read.
    ///
    /// # Errors
    /// `Absent` and `Forbidden`, as at the register.
    pub(super) fn check(caller: &Caller) -> Result<()> {
        if caller.may_somewhere(Action::ManageLineage) {
            return Ok(());
        }
        caller.permit_on_register(Action::ManageLineage).map(drop)
    }
}

/// Namespaces, and whether the teller may tell of what lies in them.
#[derive(Debug)]
pub(super) struct Homes(HashMap<String, bool>);

const BY_ID: &str = concat!("select ", asset_columns!(), " from assets a where a.id = any($1)");

impl Homes {
    /// Looks namespaces up.
    pub(super) async fn of(
        conn: &mut PgConnection,
        teller: &Teller,
        namespaces: BTreeSet<&str>,
    ) -> Result<Self> {
        let Teller::Caller(caller) = teller else {
            return Ok(Self(namespaces.into_iter().map(|name| (name.to_owned(), true)).collect()));
        };
        let mut homes = Vec::new();
        for namespace in namespaces {
            homes.push((namespace, jobs::home(conn, namespace).await?.asset()));
        }
        let ids: Vec<i64> = homes.iter().filter_map(|(_, id)| Some((*id)?.0)).collect();
        let rows: Vec<AssetRow> = sqlx::query_as(BY_ID).bind(ids).fetch_all(conn).await?;
        let assets = rows.into_iter().map(Asset::try_from).collect::<Result<Vec<_>>>()?;
        let resources: HashMap<_, Resource> = assets.iter().map(|one| (one.id, one.resource())).collect();
        let may = |id| match id {
            None => Some(caller.permit_on_register(Action::ManageLineage)),
            Some(id) => resources.get(&id).map(|place| caller.permit(Action::ManageLineage, place)),
        };
        let mut known = HashMap::new();
        for (namespace, id) in homes {
            let allowed = match may(id) {
                Some(Ok(_)) => true,
                Some(Err(failure)) if !is_refusal(&failure) => return Err(failure),
                _ => false,
            };
            known.insert(namespace.to_owned(), allowed);
        }
        Ok(Self(known))
    }

    /// Whether the teller may tell of what lies there.
    pub(super) fn may(&self, namespace: &str) -> bool {
        self.0.get(namespace).copied().unwrap_or(false)
    }
}

/// An answer about rights, as against one that there is none now.
fn is_refusal(failure: &Failure) -> bool {
    matches!(failure.kind, crate::error::FailureKind::Absent | crate::error::FailureKind::Forbidden)
}
