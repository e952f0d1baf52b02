//! Home: what needs the visitor, what changed, how complete the register is; on an empty register the first steps.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::parts::{AssetLink, SourceRow, Subject};
use crate::{Chrome, Message};

/// Home.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "home/home.html")]
pub struct HomePage {
    /// The frame.
    pub chrome: Chrome,
    /// The first steps; shown until all are done.
    pub first_run: Option<FirstRun>,
    /// What needs the visitor, the most pressing first.
    pub needs: Vec<Need>,
    /// What changed lately in what the visitor sees, newest first.
    pub changed: Vec<Recent>,
    /// What the visitor looked at, newest first.
    pub viewed: Vec<Recent>,
    /// How complete the descriptions and owners of what the visitor sees are.
    pub coverage: Vec<Coverage>,
    /// The sources that the visitor sees.
    pub sources: Vec<SourceRow>,
}

impl HomePage {
    /// How many things need the visitor.
    #[must_use]
    pub fn need_count(&self) -> i64 {
        self.needs.iter().map(|need| need.count).sum()
    }
}

/// How far a new register is.
#[derive(Debug, Clone, Copy)]
pub struct FirstRun {
    /// Whether there is a source.
    pub has_source: bool,
    /// Whether one was crawled.
    pub is_crawled: bool,
    /// Whether something has an owner.
    pub has_owner: bool,
    /// Whether the visitor may add a source.
    pub may_add_source: bool,
}

/// A kind of thing that needs somebody, gathered by place.
#[derive(Debug, Clone)]
pub struct Need {
    /// What it is.
    pub kind: NeedKind,
    /// How many there are.
    pub count: i64,
    /// Where, when they are all in one place.
    pub place: Option<AssetLink>,
    /// The names of a few.
    pub examples: Vec<String>,
    /// Where they are listed.
    pub href: String,
}

/// What can need somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeedKind {
    /// A source whose crawls fail.
    FailingSource,
    /// A source that was never crawled.
    UncrawledSource,
    /// Datasets of the visitor's that nobody described.
    Undescribed,
    /// Datasets in the visitor's care that nobody owns.
    Unowned,
}

impl NeedKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::FailingSource, Self::UncrawledSource, Self::Undescribed, Self::Unowned];

    /// The key of its sentence, which counts.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FailingSource => "home-need-failing",
            Self::UncrawledSource => "home-need-uncrawled",
            Self::Undescribed => "home-need-undescribed",
            Self::Unowned => "home-need-unowned",
        }
    }

    /// The key of what to do.
    #[must_use]
    pub const fn action_key(self) -> &'static str {
        match self {
            Self::FailingSource | Self::UncrawledSource => "home-do-open",
            Self::Undescribed => "home-do-describe",
            Self::Unowned => "home-do-own",
        }
    }

    /// Its symbol.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::FailingSource => "octagon-x",
            Self::UncrawledSource => "refresh-cw",
            Self::Undescribed => "text-cursor-input",
            Self::Unowned => "user-round",
        }
    }

    /// The class of its symbol.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::FailingSource => "fail",
            Self::UncrawledSource => "warn",
            Self::Undescribed | Self::Unowned => "",
        }
    }
}

/// An asset and when something happened to it.
#[derive(Debug, Clone)]
pub struct Recent {
    /// The asset.
    pub asset: AssetLink,
    /// When.
    pub at: DateTime<Utc>,
    /// What happened; for views nothing.
    pub what: Option<Message>,
    /// Who did it; `None`: the register itself, or nothing to say.
    pub by: Option<Subject>,
}

/// How complete something is.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// The key of its name: `home-coverage-described`, `home-coverage-owned`, `home-coverage-columns`.
    pub key: &'static str,
    /// How many have it.
    pub done: i64,
    /// Of how many.
    pub total: i64,
    /// Where those that lack it are listed.
    pub href: String,
}

impl Coverage {
    /// In per cent.
    #[must_use]
    pub fn percent(&self) -> i64 {
        crate::percent(self.done, self.total)
    }

    /// How many lack it.
    #[must_use]
    pub const fn missing(&self) -> i64 {
        self.total - self.done
    }
}
