//! What rules are compiled against when they run: the tables as the source has them now.

use super::known;
use super::live::{self, Live};
use crate::app::App;
use crate::catalog::asset::Asset;
use crate::error::Failure;
use crate::sources::safe::{ReadError, SafeReader};
use cadastre_model::Message;
use chrono::{DateTime, Utc};
use rules::{Mark, Rule, Subject, Table};
use std::collections::BTreeMap;

/// Why a dataset was not looked at.
#[derive(Debug)]
pub(super) enum Unasked {
    /// The task has to stop.
    Stopped,
    /// The source did not answer, or a limit was met.
    Read(ReadError),
    /// The source has no such table for its account.
    Gone(Vec<String>),
}

impl From<ReadError> for Unasked {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<Failure> for Unasked {
    fn from(failure: Failure) -> Self {
        Self::Read(failure.into())
    }
}

/// A table with the others that rules name, in one snapshot of the source.
#[derive(Debug)]
pub(super) struct Ground {
    table: Table,
    others: BTreeMap<String, Table>,
    /// Tables of which policies of the source keep rows from its account.
    filtered: Vec<String>,
}

impl Ground {
    /// Reads them. Others that are not there are left out: rules that name them say so.
    pub(super) async fn of(
        app: &App,
        reader: &mut SafeReader,
        asset: &Asset,
        rules: impl Iterator<Item = &Rule>,
    ) -> Result<Self, Unasked> {
        let (path, named) = {
            let mut conn = app.db().tasks.acquire().await.map_err(Failure::from)?;
            let mut named = BTreeMap::new();
            for name in rules.flat_map(|rule| rule.check.others()) {
                if let Some(other) = known::other(&mut conn, asset, None, name).await? {
                    named.insert(name.to_owned(), known::path(&mut conn, &other).await?);
                }
            }
            (known::path(&mut conn, asset).await?, named)
        };
        let mut filtered = Vec::new();
        let mut take = |live: Live| {
            filtered.extend(live.hides_rows.then(|| live.table.path.join(".")));
            live.table
        };
        let Some(live) = live::table(reader, &path).await? else { return Err(Unasked::Gone(path)) };
        let table = take(live);
        let mut others = BTreeMap::new();
        for (name, path) in named {
            if let Some(live) = live::table(reader, &path).await? {
                others.insert(name, take(live));
            }
        }
        Ok(Self { table, others, filtered })
    }

    /// What a reader of figures has to know: that rows were kept from whoever counted.
    pub(super) fn caveat(&self) -> Option<Message> {
        let tables = self.filtered.join(", ");
        (!tables.is_empty()).then(|| Message::new("check-rows-hidden").arg("name", tables))
    }

    /// As the crate `rules` takes it.
    pub(super) fn subject<'a>(
        &'a self,
        now: DateTime<Utc>,
        marks: &'a BTreeMap<String, Mark>,
    ) -> Subject<'a> {
        Subject { dialect: known::DIALECT, table: &self.table, others: &self.others, now, marks }
    }
}
