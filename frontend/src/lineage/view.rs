//! What an address of the explorer says: one struct that reads the query and writes every link on the page.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::href;
use crate::lineage::Side;
use crate::lineage::words::words;

/// How many hops can be shown on one side.
pub const DEEPEST: i64 = 10;

words! {
    /// Datasets alone, or with their columns.
    Level, "level" {
        /// Datasets.
        Table = "table",
        /// Datasets with columns.
        Column = "column",
    }
}

words! {
    /// How jobs are drawn.
    Jobs, "jobs" {
        /// As chips on the edges.
        Chips = "chips",
        /// As boxes of their own.
        Nodes = "nodes",
    }
}

words! {
    /// As what the lineage is shown.
    Shape, "shape" {
        /// Drawn.
        Graph = "graph",
        /// As tables.
        Table = "table",
    }
}

words! {
    /// What happens to datasets that nothing has written for longer than usual.
    Stale, "stale" {
        /// They are shown as the others.
        Shown = "shown",
        /// They are left out.
        Hidden = "hidden",
        /// Only they are shown.
        Only = "only",
    }
}

words! {
    /// What is opened at a box.
    Open, "open" {
        /// More of what lies up.
        Up = "up",
        /// More of what lies down.
        Down = "down",
        /// All its columns.
        Columns = "columns",
    }
}

/// The query of `/lineage/{id}`. What is as usual stays out of the address.
///
/// `col` public id of a column of the focus · `up`, `down` hops, 0–10, usually 1 · `level` a word of [`Level`] · `jobs` of
/// [`Jobs`] · `view` of [`Shape`] · `source`, `domain` public ids · `kind` a word of the model's `DatasetKind` · `stale` of
/// [`Stale`] · `confidence` the least per cent · `at`, `diff` moments · `expand` several, `{dataset id}:{word of Open}` ·
/// `find` part of a name · `edge` the edge whose computation the panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The public id of the column in focus.
    pub col: Option<String>,
    /// How many hops up.
    pub up: i64,
    /// How many hops down.
    pub down: i64,
    /// With columns or without.
    pub level: Level,
    /// Jobs as chips or as boxes.
    pub jobs: Jobs,
    /// Drawn or as tables.
    pub shape: Shape,
    /// Only datasets of a source.
    pub source: Option<String>,
    /// Only datasets of a domain.
    pub domain: Option<String>,
    /// Only datasets of a kind.
    pub kind: Option<String>,
    /// What happens to stale ones.
    pub stale: Stale,
    /// Only edges that are at least so sure, in per cent.
    pub confidence: Option<i64>,
    /// The moment that is looked at; `None`: now.
    pub at: Option<DateTime<Utc>>,
    /// The earlier moment that it is compared with.
    pub diff: Option<DateTime<Utc>>,
    /// What is opened, in the order of opening.
    pub expand: Vec<(String, Open)>,
    /// The part of a name that is looked for.
    pub find: String,
    /// The edge whose computation is shown.
    pub edge: Option<String>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            col: None,
            up: 1,
            down: 1,
            level: Level::Table,
            jobs: Jobs::Chips,
            shape: Shape::Graph,
            source: None,
            domain: None,
            kind: None,
            stale: Stale::Shown,
            confidence: None,
            at: None,
            diff: None,
            expand: Vec::new(),
            find: String::new(),
            edge: None,
        }
    }
}

impl View {
    /// Reads a query; what it does not understand is as usual. `at` and `diff` stay with the handler, which knows the
    /// reader's zone. With `col` and no `level` the level is column.
    #[must_use]
    pub fn of_query(pairs: &[(String, String)]) -> Self {
        let mut view = Self::default();
        let mut level = None;
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            let text = || Some(value.clone());
            match name.as_str() {
                "col" => view.col = text(),
                "up" => view.up = hops(value),
                "down" => view.down = hops(value),
                "level" => level = Level::of_word(value),
                "jobs" => view.jobs = Jobs::of_word(value).unwrap_or(Jobs::Chips),
                "view" => view.shape = Shape::of_word(value).unwrap_or(Shape::Graph),
                "source" => view.source = text(),
                "domain" => view.domain = text(),
                "kind" => view.kind = text(),
                "stale" => view.stale = Stale::of_word(value).unwrap_or(Stale::Shown),
                "confidence" => {
                    view.confidence = value.parse().ok().filter(|least| (1..=100).contains(least));
                }
                "expand" => view.expand.extend(opened(value)),
                "find" => view.find.clone_from(value),
                "edge" => view.edge = text(),
                _ => {}
            }
        }
        view.level = level.unwrap_or(if view.col.is_some() { Level::Column } else { Level::Table });
        view
    }

    /// The address of this view of a dataset.
    #[must_use]
    pub fn href(&self, id: &str) -> String {
        self.query_of(href::explorer(id), &[])
    }

    /// The address of the same as a file of comma-separated values.
    #[must_use]
    pub fn csv(&self, id: &str) -> String {
        self.query_of(href::impact_csv(id), &["view", "find", "edge", "jobs"])
    }

    /// The query as name and value; what is as usual is left out.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let usual = Self::default();
        let usual_level = if self.col.is_some() { Level::Column } else { Level::Table };
        let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let word = |name, is_usual: bool, word: &str| (!is_usual).then(|| (name, word.to_owned()));
        let mut pairs: Vec<(&'static str, String)> = [
            self.col.clone().map(|col| ("col", col)),
            word("up", self.up == usual.up, &self.up.to_string()),
            word("down", self.down == usual.down, &self.down.to_string()),
            word("level", self.level == usual_level, self.level.as_str()),
            word("jobs", self.jobs == usual.jobs, self.jobs.as_str()),
            word("view", self.shape == usual.shape, self.shape.as_str()),
            self.source.clone().map(|source| ("source", source)),
            self.domain.clone().map(|domain| ("domain", domain)),
            self.kind.clone().map(|kind| ("kind", kind)),
            word("stale", self.stale == usual.stale, self.stale.as_str()),
            self.confidence.map(|least| ("confidence", least.to_string())),
            self.at.map(|at| ("at", moment(at))),
            self.diff.map(|at| ("diff", moment(at))),
            word("find", self.find.is_empty(), &self.find),
            self.edge.clone().map(|edge| ("edge", edge)),
        ]
        .into_iter()
        .flatten()
        .collect();
        pairs.extend(self.expand.iter().map(|(id, open)| ("expand", format!("{id}:{}", open.as_str()))));
        pairs
    }

    /// The query without what a form on the page sets itself: for its hidden fields.
    #[must_use]
    pub fn pairs_without(&self, names: &[&str]) -> Vec<(&'static str, String)> {
        self.pairs().into_iter().filter(|(name, _)| !names.contains(name)).collect()
    }

    fn query_of(&self, path: String, without: &[&str]) -> String {
        self.pairs_without(without).into_iter().enumerate().fold(path, |mut url, (n, (name, value))| {
            url.push(if n == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.push_str(&href::encoded(&value));
            url
        })
    }

    /// The same with a change.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut view = self.clone();
        change(&mut view);
        view
    }

    /// The same so many hops deeper on a side; `None` where there is no deeper or shallower.
    #[must_use]
    pub fn deeper(&self, side: Side, by: i64) -> Option<Self> {
        let hops = self.hops(side) + by;
        (0..=DEEPEST).contains(&hops).then(|| {
            self.with(|view| match side {
                Side::Up => view.up = hops,
                Side::Down => view.down = hops,
            })
        })
    }

    /// How many hops are shown on a side.
    #[must_use]
    pub const fn hops(&self, side: Side) -> i64 {
        match side {
            Side::Up => self.up,
            Side::Down => self.down,
        }
    }

    /// The same with something opened at a box.
    #[must_use]
    pub fn opened(&self, id: &str, open: Open) -> Self {
        self.with(|view| view.expand.push((id.to_owned(), open)))
    }

    /// The same with all closed again that is open at a box.
    #[must_use]
    pub fn closed(&self, id: &str, open: Open) -> Self {
        self.with(|view| view.expand.retain(|(at, what)| (at.as_str(), *what) != (id, open)))
    }

    /// Whether something is open at a box.
    #[must_use]
    pub fn is_open(&self, id: &str, open: Open) -> bool {
        self.expand.iter().any(|(at, what)| at == id && *what == open)
    }

    pub(crate) fn with_find(&self, find: &str) -> Self {
        self.with(|view| find.clone_into(&mut view.find))
    }

    /// How many filters are set.
    #[must_use]
    pub fn filters(&self) -> usize {
        [self.source.is_some(), self.domain.is_some(), self.kind.is_some(), self.confidence.is_some()]
            .into_iter()
            .chain([self.stale != Stale::Shown])
            .filter(|is_set| *is_set)
            .count()
    }

    /// The same without filters.
    #[must_use]
    pub fn unfiltered(&self) -> Self {
        self.with(|view| {
            (view.source, view.domain, view.kind, view.confidence) = (None, None, None, None);
            view.stale = Stale::Shown;
        })
    }
}

fn hops(value: &str) -> i64 {
    value.parse().map_or(1, |hops: i64| hops.clamp(0, DEEPEST))
}

fn opened(value: &str) -> Option<(String, Open)> {
    let (id, open) = value.rsplit_once(':')?;
    Some((id.to_owned(), Open::of_word(open)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(url: &str) -> Vec<(String, String)> {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.replace("%3A", ":").replace("%20", " "))).collect()
    }

    #[test]
    fn the_usual_view_has_the_short_address() {
        assert_eq!(View::default().href("7"), "/lineage/7");
        assert_eq!(View::of_query(&[]), View::default());
    }

    #[test]
    fn an_address_reads_back_as_the_view_that_wrote_it() {
        let view = View {
            col: Some("c1".to_owned()),
            up: 3,
            down: 0,
            level: Level::Table,
            jobs: Jobs::Nodes,
            shape: Shape::Table,
            source: Some("s".to_owned()),
            domain: Some("d".to_owned()),
            kind: Some("view".to_owned()),
            stale: Stale::Only,
            confidence: Some(90),
            expand: vec![("a".to_owned(), Open::Down), ("b".to_owned(), Open::Columns)],
            find: "net amount".to_owned(),
            edge: Some("e9".to_owned()),
            ..View::default()
        };
        assert_eq!(View::of_query(&query(&view.href("7"))), view);
    }

    #[test]
    fn a_column_in_focus_opens_the_columns() {
        let pairs = [("col".to_owned(), "c1".to_owned())];
        assert_eq!(View::of_query(&pairs).level, Level::Column);
    }

    #[test]
    fn what_is_not_understood_is_as_usual() {
        let pairs =
            [("up", "-3"), ("down", "many"), ("confidence", "900"), ("expand", "a:sideways"), ("jobs", "x")];
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(View::of_query(&pairs), View { up: 0, ..View::default() });
    }

    #[test]
    fn depth_ends_at_nothing_and_at_the_deepest() {
        let view = View { up: 0, down: DEEPEST, ..View::default() };
        assert!(view.deeper(Side::Up, -1).is_none() && view.deeper(Side::Down, 1).is_none());
        assert_eq!(view.deeper(Side::Up, 1).unwrap().up, 1);
    }

    #[test]
    fn what_was_opened_can_be_closed() {
        let view = View::default().opened("a", Open::Up).opened("b", Open::Up);
        assert!(view.is_open("a", Open::Up) && !view.closed("a", Open::Up).is_open("a", Open::Up));
        assert!(view.closed("a", Open::Up).is_open("b", Open::Up));
    }
}
