//! A reader's rights as the graph asks for them.

use cadastre_access::Scope;
use cadastre_lineage::Sight;
use cadastre_model::{AssetId, ObjectKind, Sensitivity};

/// Asks the graph with the eyes of a scope; without one, with those of the register's operator, who sees everything.
pub(crate) fn with_sight<R>(see: Option<&Scope>, ask: impl FnOnce(Sight<'_>) -> R) -> R {
    let Some(see) = see else { return ask(Sight::everything()) };
    let covers = |kind: ObjectKind, level: Sensitivity, path: &[AssetId]| see.covers_at(kind, level, path);
    let names = |kind: ObjectKind, level: Sensitivity, asset: AssetId| see.names(kind, level, asset);
    ask(Sight::scoped(&covers, &names))
}
