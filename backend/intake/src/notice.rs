//! What a reader has to say beside what it read: typed, with the place, so that the house says it in the reader's language.

use cadastre_model::Message;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A place in the text that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The line, from 1, where the text has lines.
    pub line: Option<u32>,
    /// The member or key: `inputs[0].namespace`, `a1.sinks.k1.type`, `model.shop.orders`.
    pub path: String,
}

impl Place {
    /// A place known by its path.
    pub fn path(path: impl Into<String>) -> Self {
        Self { line: None, path: path.into() }
    }

    /// A place known by its line, with its key.
    pub fn line(line: u32, path: impl Into<String>) -> Self {
        Self { line: Some(line), path: path.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) if self.path.is_empty() => write!(f, "line {line}"),
            Some(line) => write!(f, "line {line}, {}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

/// Something to say about a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notice {
    /// Where.
    pub at: Place,
    /// What.
    pub what: Remark,
}

impl Notice {
    /// A remark on a place.
    pub fn new(at: Place, what: Remark) -> Self {
        Self { at, what }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

/// What there is to say. [`Remark::message`] gives key and arguments for the locale files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "remark", rename_all = "snake_case")]
pub enum Remark {
    /// A member that has to be there is not.
    #[error("missing")]
    Missing,
    /// A member has another form than it must have.
    #[error("not {expected}")]
    NotA {
        /// The form: `an object`, `a UUID`, `a time with a zone`, …
        expected: Expected,
    },
    /// A word that is not in its set.
    #[error("`{word}` is none of {known}")]
    UnknownWord {
        /// What was written, shortened.
        word: String,
        /// The words of the set, separated by commas.
        known: String,
    },
    /// Two members that exclude each other.
    #[error("not together with `{other}`")]
    NotTogether {
        /// The other member.
        other: String,
    },
    /// More, or longer, or deeper than is read.
    #[error("more than {limit}")]
    TooMuch {
        /// The limit.
        limit: u64,
    },
    /// A type of component that this reader does not know; its end of the flow is not known.
    #[error("type `{word}` is not known: what it reads or writes is not known")]
    UnknownType {
        /// What was written.
        word: String,
    },
    /// A component is known, and its settings do not tell what it reads or writes.
    #[error("what it reads or writes cannot be told from its settings")]
    NotUnderstood,
    /// A component is used that was never declared.
    #[error("`{word}` is not declared")]
    NotDeclared {
        /// Its name.
        word: String,
    },
    /// A component is declared and nothing uses it.
    #[error("is not used")]
    NotUsed,
    /// A line or entry that means nothing here.
    #[error("is not understood")]
    Stray,
    /// A key is set twice; the last one counts.
    #[error("is set again; the last one counts")]
    SetTwice,
    /// The name depends on the data or on settings elsewhere.
    #[error("depends on what only the running job knows")]
    Dynamic,
    /// A list of tables is a pattern, or is not given: which tables is not known from the text alone.
    #[error("which tables these are is not known from here")]
    Pattern,
    /// A model or test without compiled text.
    #[error("is not compiled: its columns are not known")]
    NotCompiled,
    /// Results of a command that compiles and runs nothing.
    #[error("`{command}` compiles and runs nothing: no run and no test result")]
    OnlyCompiled {
        /// The command.
        command: String,
    },
    /// A version of the format that this reader was not written for.
    #[error("version {version} is not known; read as the newest known one")]
    UnknownVersion {
        /// The version as written.
        version: String,
    },
    /// A member is kept and not used, since it cannot be read.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// Why, in the words of the parser.
        reason: String,
    },
}

/// The forms that a member can have to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// A JSON object.
    Object,
    /// A JSON array.
    List,
    /// A JSON string.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A UUID in its usual form.
    Uuid,
    /// A time by RFC 3339, with its zone.
    Time,
    /// An absolute URI.
    Uri,
    /// JSON at all.
    Json,
    /// Text in UTF-8.
    Utf8,
}

impl Expected {
    /// The word for the locale files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::List => "list",
            Self::Text => "text",
            Self::Whole => "whole",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Uuid => "uuid",
            Self::Time => "time",
            Self::Uri => "uri",
            Self::Json => "json",
            Self::Utf8 => "utf8",
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "an object",
            Self::List => "a list",
            Self::Text => "a text",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::Uuid => "a UUID",
            Self::Time => "a time with a zone (RFC 3339)",
            Self::Uri => "an absolute URI",
            Self::Json => "JSON",
            Self::Utf8 => "text in UTF-8",
        })
    }
}

impl Remark {
    /// The key for the locale files (`intake-missing`, …) with its arguments.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Missing => Message::new("intake-missing"),
            Self::NotA { expected } => Message::new("intake-not-a").arg("expected", expected.as_str()),
            Self::UnknownWord { word, known } => {
                Message::new("intake-unknown-word").arg("word", word).arg("known", known)
            }
            Self::NotTogether { other } => Message::new("intake-not-together").arg("other", other),
            Self::TooMuch { limit } => Message::new("intake-too-much").arg("limit", limit),
            Self::UnknownType { word } => Message::new("intake-unknown-type").arg("word", word),
            Self::NotUnderstood => Message::new("intake-not-understood"),
            Self::NotDeclared { word } => Message::new("intake-not-declared").arg("word", word),
            Self::NotUsed => Message::new("intake-not-used"),
            Self::Stray => Message::new("intake-stray"),
            Self::SetTwice => Message::new("intake-set-twice"),
            Self::Dynamic => Message::new("intake-dynamic"),
            Self::Pattern => Message::new("intake-pattern"),
            Self::NotCompiled => Message::new("intake-not-compiled"),
            Self::OnlyCompiled { command } => Message::new("intake-only-compiled").arg("command", command),
            Self::UnknownVersion { version } => {
                Message::new("intake-unknown-version").arg("version", version)
            }
            Self::Unreadable { reason } => Message::new("intake-unreadable").arg("reason", reason),
        }
    }
}
