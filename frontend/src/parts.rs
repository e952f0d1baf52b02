//! What several pages are made of: links to assets and people, texts in languages, pages of a list.

use std::borrow::Borrow;

use cadastre_model::{AssetKind, DatasetKind, Language, Origin, Sensitivity, SourceKind, SubjectKind};
use chrono::{DateTime, Utc};

use crate::markup::{Marked, Status, Tone};
use crate::{T, href, initials};

/// The kinds of source that can be registered.
pub const SOURCE_KINDS: &[SourceKind] = SourceKind::ALL;

/// A link above the page.
#[derive(Debug, Clone)]
pub struct Crumb {
    /// What is read.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl Crumb {
    /// A link above the page.
    #[must_use]
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A page of a list, by keyset: where the newer and the older ones are.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// How many rows this page shows.
    pub shown: i64,
    /// How many there are, where that is known.
    pub total: Option<i64>,
    /// The address of the page before.
    pub previous: Option<String>,
    /// The address of the page after.
    pub next: Option<String>,
}

impl Pager {
    /// Whether there is anything else than this page.
    #[must_use]
    pub const fn is_needed(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

/// A link to an asset.
#[derive(Debug, Clone)]
pub struct AssetLink {
    /// Public id.
    pub id: String,
    /// What it is.
    pub kind: AssetKind,
    /// The machine name; of a domain its name.
    pub name: String,
    /// The name for people in the reader's language, where there is one.
    pub display_name: Option<String>,
    /// The names above it, from the source down.
    pub path: Vec<String>,
}

impl AssetLink {
    /// Its page.
    #[must_use]
    pub fn href(&self) -> String {
        match self.kind {
            AssetKind::Register => href::register_access(),
            AssetKind::Domain => href::domain(&self.id),
            AssetKind::Source => href::source(&self.id),
            AssetKind::Database | AssetKind::Schema | AssetKind::Namespace => href::container(&self.id),
            AssetKind::Dataset => href::dataset(&self.id),
            AssetKind::Job => href::job(&self.id),
        }
    }

    /// The names above it in one line.
    #[must_use]
    pub fn path_line(&self) -> String {
        self.path.join(" / ")
    }

    /// Its symbol.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        asset_icon(self.kind)
    }
}

/// The symbol of a kind of asset.
#[must_use]
pub fn asset_icon(kind: impl Borrow<AssetKind>) -> &'static str {
    match kind.borrow() {
        AssetKind::Register => "book-open",
        AssetKind::Domain => "network",
        AssetKind::Source => "plug",
        AssetKind::Database => "database",
        AssetKind::Schema | AssetKind::Namespace => "folder",
        AssetKind::Dataset => "table-2",
        AssetKind::Job => "workflow",
    }
}

/// The symbol of a kind of dataset.
#[must_use]
pub const fn dataset_icon(kind: &DatasetKind) -> &'static str {
    match kind {
        DatasetKind::Table | DatasetKind::PartitionedTable => "table-2",
        DatasetKind::View => "eye",
        DatasetKind::MaterializedView => "layers",
        DatasetKind::ForeignTable => "link",
        DatasetKind::Topic => "waypoints",
        DatasetKind::File => "file-text",
        DatasetKind::Index => "search",
        DatasetKind::Endpoint => "network",
        DatasetKind::Named => "tag",
    }
}

/// A level, however often borrowed.
pub trait Level {
    /// Whether it is one of the two that are shown in colour.
    fn is_delicate(&self) -> bool;
}

impl Level for Sensitivity {
    fn is_delicate(&self) -> bool {
        *self >= Self::Confidential
    }
}

impl<L: Level> Level for &L {
    fn is_delicate(&self) -> bool {
        (**self).is_delicate()
    }
}

/// Whether a level is one of the two that are shown in colour.
#[must_use]
pub fn is_delicate(level: impl Level) -> bool {
    level.is_delicate()
}

/// Two letters for a kind of source.
#[must_use]
pub const fn monogram(kind: &SourceKind) -> &'static str {
    match kind {
        SourceKind::Postgresql => "PG",
    }
}

/// The key of what is read from a kind of source.
#[must_use]
pub const fn source_kind_text(kind: &SourceKind) -> &'static str {
    match kind {
        SourceKind::Postgresql => "source-kind-postgresql-text",
    }
}

/// A person or a team.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Which of the two.
    pub kind: SubjectKind,
    /// Public id.
    pub id: String,
    /// Name.
    pub name: String,
}

impl Subject {
    /// Their page.
    #[must_use]
    pub fn href(&self) -> String {
        match self.kind {
            SubjectKind::Person => href::person(&self.id),
            SubjectKind::Team => href::team(&self.id),
        }
    }

    /// One or two letters.
    #[must_use]
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// A text with who said it.
#[derive(Debug, Clone)]
pub struct Said {
    /// The text as it was written.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// The source or a person.
    pub origin: Origin,
}

impl Said {
    /// The text as Markdown.
    #[must_use]
    pub fn markdown(&self) -> crate::Markdown {
        crate::Markdown::new(&self.body)
    }

    /// Its first words, for a list.
    #[must_use]
    pub fn excerpt(&self, length: usize) -> String {
        crate::excerpt(&self.body, length)
    }
}

/// All that is said in one place (display name, description, docs), by source and people, in all languages.
#[derive(Debug, Clone, Default)]
pub struct Texts(pub Vec<Said>);

impl Texts {
    /// The one that is shown: in the reader's language before others, there a person's before the source's.
    #[must_use]
    pub fn shown(&self, t: &T) -> Option<&Said> {
        self.0
            .iter()
            .filter(|said| said.origin != Origin::Proposal)
            .min_by_key(|said| (said.language != t.language(), said.origin != Origin::Person))
    }

    /// What the other one of person and source says in the language that is shown.
    #[must_use]
    pub fn beside(&self, t: &T) -> Option<&Said> {
        let shown = self.shown(t)?;
        let other = if shown.origin == Origin::Person { Origin::Source } else { Origin::Person };
        self.of(other, shown.language).filter(|said| said.body != shown.body)
    }

    /// What the source says, in the reader's language before others.
    #[must_use]
    pub fn by_source(&self, t: &T) -> Option<&Said> {
        let by_source = self.0.iter().filter(|said| said.origin == Origin::Source);
        by_source.min_by_key(|said| said.language != t.language())
    }

    /// What one origin says in one language.
    #[must_use]
    pub fn of(&self, origin: Origin, language: Language) -> Option<&Said> {
        self.0.iter().find(|said| said.origin == origin && said.language == language)
    }
}

/// How many were added, removed and changed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Changes {
    /// New.
    pub added: i64,
    /// Gone.
    pub removed: i64,
    /// Other than before.
    pub changed: i64,
}

/// A filter with its values.
#[derive(Debug, Clone)]
pub struct Facet {
    /// The key of its name, as `search-facet-source`.
    pub title: &'static str,
    /// Its values.
    pub options: Vec<FacetOption>,
    /// Whether it is shown open; one with a chosen value always is.
    pub is_open: bool,
}

impl Facet {
    /// Whether it is shown open.
    #[must_use]
    pub fn opens(&self) -> bool {
        self.is_open || self.options.iter().any(|option| option.is_chosen)
    }
}

/// A value of a filter: a link that sets it, or takes it away when it is set.
#[derive(Debug, Clone)]
pub struct FacetOption {
    /// What is read.
    pub label: String,
    /// How many there are, without counting this filter itself.
    pub count: i64,
    /// The address with the value set or taken away.
    pub href: String,
    /// Whether it is set.
    pub is_chosen: bool,
}

/// A filter that is set, with the address without it.
#[derive(Debug, Clone)]
pub struct Chip {
    /// The key of the filter's name.
    pub title: &'static str,
    /// The value.
    pub label: String,
    /// The address without it.
    pub href: String,
}

/// A dataset in a list.
#[derive(Debug, Clone)]
pub struct DatasetRow {
    /// The link to it.
    pub link: AssetLink,
    /// What kind it is.
    pub kind: DatasetKind,
    /// The first words of its description.
    pub description: Option<String>,
    /// How many columns it has.
    pub columns: i64,
    /// The source's estimate of its rows.
    pub rows: Option<i64>,
    /// The level in force.
    pub sensitivity: Sensitivity,
    /// The first owner.
    pub owner: Option<String>,
    /// When it last changed.
    pub changed: Option<DateTime<Utc>>,
    /// Whether it is gone at its source.
    pub is_gone: bool,
}

/// Why a search found something.
#[derive(Debug, Clone)]
pub struct Reason {
    /// The key of the place: `search-in-name`, `search-in-column`, `search-in-description` …
    pub place: &'static str,
    /// What stands there, with the match marked.
    pub text: Marked,
}

/// How a source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceState {
    /// Registered, never crawled.
    New,
    /// A crawl is under way or waits.
    Crawling,
    /// The last crawl went well.
    Fine,
    /// The last crawl did not come to its end; what is known is as before.
    Failing,
    /// Its schedule is paused.
    Paused,
}

impl SourceState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::New, Self::Crawling, Self::Fine, Self::Failing, Self::Paused];

    /// The key of its word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "source-state-new",
            Self::Crawling => "source-state-crawling",
            Self::Fine => "source-state-fine",
            Self::Failing => "source-state-failing",
            Self::Paused => "source-state-paused",
        }
    }

    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        let tone = match self {
            Self::New => Tone::None,
            Self::Crawling => Tone::Run,
            Self::Fine => Tone::Pass,
            Self::Failing => Tone::Fail,
            Self::Paused => Tone::Held,
        };
        Status { tone, word: t.s(self.key()) }
    }
}

/// A source in a list.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: SourceKind,
    /// How it stands.
    pub state: SourceState,
    /// How many datasets of it the reader sees.
    pub datasets: i64,
    /// When the last complete crawl ended.
    pub last_crawl: Option<DateTime<Utc>>,
    /// When the next is due.
    pub next_crawl: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(language: Language, origin: Origin) -> Said {
        Said { body: format!("{language} {origin}"), language, origin }
    }

    #[test]
    fn a_persons_word_is_shown_before_the_sources_and_the_readers_language_before_both() {
        use Language::{En, Zh};
        use Origin::{Person, Proposal, Source};
        let t = T::new(Zh, chrono_tz::UTC, DateTime::UNIX_EPOCH);
        let all = [said(En, Person), said(Zh, Proposal), said(Zh, Source), said(Zh, Person)];
        let shown = |n: usize| Texts(all[..n].to_vec()).shown(&t).unwrap().body.clone();
        assert_eq!(
            [shown(1), shown(2), shown(3), shown(4)],
            ["en person", "en person", "zh source", "zh person"]
        );
        assert_eq!(Texts(all.to_vec()).beside(&t).unwrap().body, "zh source");
        assert!(Texts::default().shown(&t).is_none());
    }
}
