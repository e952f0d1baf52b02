//! Paging by key. A cursor is sealed: it says where the next page starts, and can neither be read nor made by others.

use crate::app::App;
use crate::error::{Failure, Result};
use cadastre_model::Message;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The most that one page holds.
const PAGE_MAX: i64 = 200;

/// The part of a query that is about paging.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// From the `next` of the page before.
    pub cursor: Option<String>,
    /// How many to a page, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
}

impl Paging {
    /// How many to a page.
    ///
    /// # Errors
    /// `Invalid` outside 1 to 200.
    pub fn size(&self) -> Result<i64> {
        match self.limit {
            None => Ok(50),
            Some(limit) if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
            Some(_) => Err(Failure::invalid("limit", Message::new("error-page-size").arg("most", PAGE_MAX))),
        }
    }

    /// The key after which this page starts. `list` names the list, so that a cursor of one is none of another.
    ///
    /// # Errors
    /// `Invalid` when the cursor was not made here, for this list.
    pub fn after<K: DeserializeOwned>(&self, app: &App, list: &'static str) -> Result<Option<K>> {
        let Some(cursor) = self.cursor.as_deref().filter(|cursor| !cursor.is_empty()) else {
            return Ok(None);
        };
        let bad = || Failure::invalid("cursor", "error-cursor");
        let bytes = app.keys().open_token(&purpose(list), cursor).map_err(|_| bad())?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| bad())
    }
}

fn purpose(list: &str) -> String {
    format!("cursor.{list}")
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The cursor of the next page; none on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of rows of which one more was read than fits: if it is there, there is a next page.
    ///
    /// # Errors
    /// `Internal` when the key can't be written.
    pub fn of<K: Serialize>(
        mut rows: Vec<T>,
        size: i64,
        app: &App,
        list: &'static str,
        key: impl Fn(&T) -> K,
    ) -> Result<Self> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(key);
        Self::from_place(rows, next, app, list)
    }

    /// Makes a page of just these rows, with the place where the next begins; none on the last.
    ///
    /// # Errors
    /// `Internal` when the place can't be written.
    pub fn from_place<K: Serialize>(
        items: Vec<T>,
        next: Option<K>,
        app: &App,
        list: &'static str,
    ) -> Result<Self> {
        let seal = |place: K| {
            let bytes = serde_json::to_vec(&place).map_err(Failure::internal)?;
            app.keys().seal_token(&purpose(list), &bytes).map_err(Failure::internal)
        };
        Ok(Self { items, next: next.map(seal).transpose()? })
    }

    /// The same page of something else.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}
