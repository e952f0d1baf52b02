//! Where the names of a job's definition are looked for: the namespace, the levels of its names, and what a short name gets
//! in front.

use cadastre_intake::{DatasetRef, Sort, platform_of};
use cadastre_model::{AssetName, DatasetKind};
use serde::{Deserialize, Serialize};

/// Where the names of a definition are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// In OpenLineage's form, as `postgres://db.example.org:5432`; also any word that a client uses.
    pub(crate) namespace: String,
    /// What a name gets in front of it that has fewer parts than names have there: database, schema.
    pub(crate) path: Vec<String>,
}

/// Schemas whose tables are the server's own: what reads them reads no dataset.
const SYSTEM_SCHEMAS: [&str; 3] = ["pg_catalog", "information_schema", "pg_toast"];

impl Place {
    /// The full name of a table that a text names so. None for a table of the server itself.
    #[must_use]
    pub(crate) fn full(&self, parts: &[impl AsRef<str>]) -> Option<AssetName> {
        let parts: Vec<String> = parts.iter().map(|part| part.as_ref().to_owned()).collect();
        if let [path] = &parts[..]
            && let Some(file) = file(path)
        {
            return Some(file);
        }
        let levels = match platform_of(&self.namespace).parts {
            0 if self.path.is_empty() => parts.len(),
            0 => self.path.len() + 1,
            levels => levels,
        };
        let missing = levels.saturating_sub(parts.len());
        let path: Vec<String> = match self.path.get(..missing) {
            Some(front) => front.iter().cloned().chain(parts).collect(),
            // What is known of it is all there is.
            None => self.path.iter().cloned().chain(parts).collect(),
        };
        let schema = path.len().checked_sub(2).and_then(|at| path.get(at));
        let is_system = schema.is_some_and(|schema| SYSTEM_SCHEMAS.contains(&schema.to_lowercase().as_str()));
        (!is_system).then(|| AssetName { namespace: self.namespace.clone(), path })
    }
}

/// A file that a statement copies from or to.
fn file(path: &str) -> Option<AssetName> {
    if path.starts_with('/') {
        return Some(AssetName::new("file", [path]));
    }
    let (scheme, rest) = path.split_once("://")?;
    let (host, name) = rest.split_once('/').unwrap_or((rest, ""));
    let is_scheme = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+');
    is_scheme
        .then(|| AssetName::new(format!("{scheme}://{host}"), [if name.is_empty() { "/" } else { name }]))
}

/// The full name behind a client's name for a dataset.
#[must_use]
pub(crate) fn name_of(dataset: &DatasetRef) -> AssetName {
    AssetName { namespace: dataset.namespace.clone(), path: dataset.path() }
}

/// What a dataset is of which only the name is known.
#[must_use]
pub(crate) fn kind_of(name: &AssetName) -> DatasetKind {
    match platform_of(&name.namespace).sort {
        Sort::Topic | Sort::Stream => DatasetKind::Topic,
        Sort::Path => DatasetKind::File,
        Sort::Index => DatasetKind::Index,
        Sort::Endpoint => DatasetKind::Endpoint,
        Sort::Table | Sort::Unknown => DatasetKind::Named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(namespace: &str, path: &[&str]) -> Place {
        Place { namespace: namespace.to_owned(), path: path.iter().map(|&part| part.to_owned()).collect() }
    }

    fn full(place: &Place, parts: &[&str]) -> Option<String> {
        place.full(parts).map(|name| name.to_string())
    }

    #[test]
    fn a_short_name_gets_what_is_missing_in_front() {
        let postgres = place("postgres://db:5432", &["shop", "public"]);
        assert_eq!(full(&postgres, &["orders"]).unwrap(), "postgres://db:5432/shop.public.orders");
        assert_eq!(full(&postgres, &["raw", "orders"]).unwrap(), "postgres://db:5432/shop.raw.orders");
        assert_eq!(
            full(&postgres, &["other", "raw", "orders"]).unwrap(),
            "postgres://db:5432/other.raw.orders"
        );
        let mysql = place("mysql://db:3306", &["shop"]);
        assert_eq!(full(&mysql, &["orders"]).unwrap(), "mysql://db:3306/shop.orders");
        let words = place("warehouse", &[]);
        assert_eq!(full(&words, &["raw", "orders"]).unwrap(), "warehouse/raw.orders");
    }

    #[test]
    fn the_servers_own_tables_are_no_datasets() {
        let views = place("postgres://db:5432", &["shop", "pg_catalog"]);
        assert_eq!(full(&views, &["pg_class"]), None);
        assert_eq!(full(&views, &["information_schema", "columns"]), None);
        assert_eq!(full(&views, &["public", "orders"]).unwrap(), "postgres://db:5432/shop.public.orders");
    }

    #[test]
    fn a_file_lies_where_its_address_says() {
        let any = place("postgres://db:5432", &["shop", "public"]);
        assert_eq!(full(&any, &["/data/orders.csv"]).unwrap(), "file//data/orders.csv");
        assert_eq!(full(&any, &["s3://lake/raw/orders"]).unwrap(), "s3://lake/raw/orders");
    }
}
