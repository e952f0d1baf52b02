//! Sources: the list, adding one in four steps, one source with its crawls.

use askama::Template;
use cadastre_model::SourceKind;
use chrono::{DateTime, Utc};

use crate::markup::{Status, Tone};
use crate::parts::{AssetLink, Crumb, Pager, Said, SourceRow, SourceState};
use crate::tasks::{Live, StageState, TaskRow};
use crate::{Choice, Chrome, Form, Message, T};

/// All sources that the reader sees.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "sources/list.html")]
pub struct SourcesPage {
    /// The frame.
    pub chrome: Chrome,
    /// The sources.
    pub sources: Vec<SourceRow>,
    /// Where the others are.
    pub pager: Pager,
    /// Whether the reader may register one.
    pub may_add: bool,
}

/// The first two of the four steps: which kind, and the connection. Nothing is stored before the connection works.
///
/// GET `?kind=` (a word of [`SourceKind`]) shows the second step.
/// Forms: POST [`crate::href::new_source`]: `kind`, `domain` (public id; empty: in none), `name`, `host`, `port`, `database`, `user`, `secret`, `tls`
/// (`disable`, `require` or `verify_full`), `ca` (PEM, optional), `do` = `test` (answers with [`NewSourcePage::checks`],
/// stores nothing) or `save` (tests, registers, and goes on to [`EditSourcePage`] at [`Step::Scope`]).
/// The secret is never written back.
#[derive(Debug, Clone, Template)]
#[template(path = "sources/new.html")]
pub struct NewSourcePage {
    /// The frame.
    pub chrome: Chrome,
    /// The kind chosen; `None` at the first step.
    pub kind: Option<SourceKind>,
    /// The domains that it may lie in, also none of them where the reader may; empty where there is no choice.
    pub domains: Vec<Choice>,
    /// What was typed.
    pub form: Form,
    /// What the test found, in the order of the steps; empty before a test.
    pub checks: Vec<Check>,
}

impl NewSourcePage {
    /// The step that is shown.
    #[must_use]
    pub const fn step(&self) -> Step {
        if self.kind.is_some() { Step::Connect } else { Step::Kind }
    }

    /// Whether it has to lie in a domain.
    #[must_use]
    pub fn needs_domain(&self) -> bool {
        self.domains.iter().all(|domain| !domain.value.is_empty())
    }
}

/// The steps of adding a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub enum Step {
    /// Which kind of source.
    Kind,
    /// How to reach it, and a test.
    Connect,
    /// Which of its schemas and tables.
    Scope,
    /// When.
    Schedule,
}

impl Step {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::Kind, Self::Connect, Self::Scope, Self::Schedule];

    /// The step of a word: `scope` or `schedule`, as in `?step=`.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "scope" => Some(Self::Scope),
            "schedule" => Some(Self::Schedule),
            _ => None,
        }
    }

    /// Where it stands when the visitor is at another one.
    #[must_use]
    pub fn stands(&self, current: &Self) -> StageState {
        match self.partial_cmp(current) {
            Some(std::cmp::Ordering::Less) => StageState::Done,
            Some(std::cmp::Ordering::Equal) => StageState::Now,
            _ => StageState::Next,
        }
    }

    /// The key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Kind => "source-step-kind",
            Self::Connect => "source-step-connect",
            Self::Scope => "source-step-scope",
            Self::Schedule => "source-step-schedule",
        }
    }
}

/// The ways in which the line to a source can be protected, the safest first.
#[must_use]
pub fn tls_choices(t: &T) -> Vec<Choice> {
    let choice = |word: &str, key| Choice::new(word, t.s(key));
    vec![
        choice("verify_full", "tls-verify-full"),
        choice("require", "tls-require"),
        choice("disable", "tls-disable"),
    ]
}

/// One check of a connection test, said in words.
#[derive(Debug, Clone)]
pub struct Check {
    /// What was looked at.
    pub step: CheckStep,
    /// How it went.
    pub outcome: Outcome,
    /// What was found.
    pub text: Message,
    /// A statement that would put it right, to be copied.
    pub remedy: Option<String>,
}

/// What a connection test looks at, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStep {
    /// The fields are good.
    Fields,
    /// The name becomes an address, and the register may go there.
    Name,
    /// A server answers.
    Reach,
    /// The line is encrypted, and with whom.
    Tls,
    /// Name and password are right.
    SignIn,
    /// The server is one that is known, and not the register's own.
    Server,
    /// What may be read.
    Rights,
}

impl CheckStep {
    /// All, in their order.
    pub const ALL: [Self; 7] =
        [Self::Fields, Self::Name, Self::Reach, Self::Tls, Self::SignIn, Self::Server, Self::Rights];

    /// The step of its word, as in `sign_in`.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fields => "fields",
            Self::Name => "name",
            Self::Reach => "reach",
            Self::Tls => "tls",
            Self::SignIn => "sign_in",
            Self::Server => "server",
            Self::Rights => "rights",
        }
    }

    /// The key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Fields => "check-fields",
            Self::Name => "check-name",
            Self::Reach => "check-reach",
            Self::Tls => "check-tls",
            Self::SignIn => "check-sign-in",
            Self::Server => "check-server",
            Self::Rights => "check-rights",
        }
    }
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// Works, with something to know.
    Warn,
    /// Does not work.
    Fail,
    /// Not looked at, because one before failed.
    Skipped,
}

impl Outcome {
    /// Shape, word and colour.
    #[must_use]
    pub fn status(self, t: &T) -> Status {
        let (tone, key) = match self {
            Self::Pass => (Tone::Pass, "outcome-pass"),
            Self::Warn => (Tone::Warn, "outcome-warn"),
            Self::Fail => (Tone::Fail, "outcome-fail"),
            Self::Skipped => (Tone::None, "outcome-skipped"),
        };
        Status { tone, word: t.s(key) }
    }
}

/// The forms of a registered source; with a step, one of the last two steps of adding it.
///
/// Forms, all POST [`crate::href::edit_source`] with `part`, `version` (the asset's counter) and `step` (empty, or
/// where the steps go on):
/// `part=connection`: `name`, `host`, `port`, `database`, `user`, `tls`, `ca`, `secret` (needed when the host or port
/// changes; else empty keeps what is stored);
/// `part=secret`: `secret`;
/// `part=scope`: `include`, `exclude` (one pattern a line, as `schema.table`, `*` for any);
/// `part=schedule`: `cron` (empty: only by hand), `time_zone`, `paused` (checkbox), `crawl_now` (checkbox, in the steps);
/// `part=names`: `namespace`, `aliases` (one a line);
/// `part=reading`: `connections`, `statement_seconds`, `statements_a_day`, `seconds_a_day`, `quiet` (one stretch a line, `22:00-06:00`),
/// `profile_cron` (empty: only when somebody asks).
#[derive(Debug, Clone, Template)]
#[template(path = "sources/edit.html")]
pub struct EditSourcePage {
    /// The frame.
    pub chrome: Chrome,
    /// The source.
    pub source: SourceHead,
    /// The step, while it is being added.
    pub step: Option<Step>,
    /// The asset's counter.
    pub version: i64,
    /// `part=connection`.
    pub connection: Form,
    /// `part=secret`.
    pub secret: Form,
    /// When the secret was set.
    pub secret_set: Option<DateTime<Utc>>,
    /// `part=scope`.
    pub scope: Form,
    /// `part=schedule`.
    pub schedule: Form,
    /// `part=names`.
    pub names: Form,
    /// `part=reading`.
    pub reading: Form,
    /// What a test found after saving the connection failed.
    pub checks: Vec<Check>,
    /// Whether the reader may take the source out of the register.
    pub may_remove: bool,
}

impl EditSourcePage {
    /// Whether a form is on the page: all of them, or that of the step.
    #[must_use]
    pub fn shows(&self, step: Step) -> bool {
        self.step.is_none_or(|current| current == step)
    }
}

/// What stands at the head of a source's pages.
#[derive(Debug, Clone)]
pub struct SourceHead {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: SourceKind,
    /// The server's version, as `16.4`.
    pub server: Option<String>,
    /// How it stands.
    pub state: SourceState,
    /// Its domain, where it has one.
    pub domain: Option<AssetLink>,
    /// What is said about it.
    pub description: Option<Said>,
}

impl SourceHead {
    /// The links above pages of this source.
    #[must_use]
    pub fn crumbs(&self, t: &T) -> Vec<Crumb> {
        vec![
            Crumb::new(t.s("nav-sources"), crate::href::sources()),
            Crumb::new(self.name.clone(), crate::href::source(&self.id)),
        ]
    }
}

/// One source: how it stands, what runs, what the last crawls changed.
///
/// Forms: POST [`crate::href::crawl`]: no fields. POST [`crate::href::test_source`]: no fields; answers with this page
/// and [`SourcePage::checks`]. POST [`crate::href::cancel_task`] of the live task.
#[derive(Debug, Clone, Template)]
#[template(path = "sources/source.html")]
pub struct SourcePage {
    /// The frame.
    pub chrome: Chrome,
    /// The source.
    pub source: SourceHead,
    /// How many datasets and columns of it the reader sees.
    pub counts: (i64, i64),
    /// The crawl that runs or waits.
    pub live: Option<Live>,
    /// The last crawls, newest first.
    pub crawls: Vec<TaskRow>,
    /// Where the others are.
    pub pager: Pager,
    /// What is set; `None` for who may not manage it.
    pub settings: Option<SourceSettings>,
    /// When the last complete crawl ended.
    pub last_crawl: Option<DateTime<Utc>>,
    /// Since when crawls fail, and why.
    pub failing: Option<(DateTime<Utc>, Message)>,
    /// How often it failed in a row, and until when its schedule leaves it alone for that.
    pub rests: Option<(i64, DateTime<Utc>)>,
    /// What the test found that was just asked for.
    pub checks: Vec<Check>,
    /// Whether the reader may start a crawl.
    pub may_crawl: bool,
    /// Whether the reader may change the source.
    pub may_manage: bool,
    /// Whether the reader may see who may do what.
    pub may_see_access: bool,
    /// Whether the reader may write texts and name owners here.
    pub may_edit: bool,
}

/// What is set at a source, without its secret.
#[derive(Debug, Clone)]
pub struct SourceSettings {
    /// Host and port.
    pub address: String,
    /// The database that it connects to.
    pub database: String,
    /// The user that it signs in as.
    pub user: String,
    /// The way of TLS, in the reader's language.
    pub tls: String,
    /// When the secret was set.
    pub secret_set: Option<DateTime<Utc>>,
    /// Patterns that are taken; empty: all.
    pub include: Vec<String>,
    /// Patterns that are left out.
    pub exclude: Vec<String>,
    /// Under which namespace its names stand.
    pub namespace: String,
    /// Other namespaces that mean the same.
    pub aliases: Vec<String>,
    /// The schedule, as five fields, with its zone; `None`: only by hand.
    pub cron: Option<(String, String)>,
    /// When the next crawl is due.
    pub next_crawl: Option<DateTime<Utc>>,
}
