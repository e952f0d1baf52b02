//! What is wrong with a rule, as a value: a place, a code and its arguments, so that the house says it in the reader's language.

use serde::Serialize;
use std::fmt;

/// Something to say, before it is known in which language: a key of the locale files and its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The key: `rules-unknown-member`, …
    pub key: &'static str,
    /// Arguments by name.
    pub args: Vec<(&'static str, String)>,
}

impl Message {
    pub(crate) fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    pub(crate) fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The member: `rules[2].check.range.min`; empty for the text as a whole.
    pub at: String,
    /// What.
    pub wrong: Wrong,
}

impl Fault {
    /// A fault at a place.
    pub fn new(at: impl Into<String>, wrong: Wrong) -> Self {
        Self { at: at.into(), wrong }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() {
            write!(f, "{}", self.wrong)
        } else {
            write!(f, "{}: {}", self.at, self.wrong)
        }
    }
}

/// What can be wrong with a rule: in itself, or for the dataset that it is meant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "wrong", rename_all = "snake_case")]
pub enum Wrong {
    /// The text is no YAML.
    #[error("line {line}, column {column}: {reason}")]
    Yaml {
        /// From 1; 0 where the parser does not say.
        line: u64,
        /// From 1; 0 where the parser does not say.
        column: u64,
        /// In the words of the parser.
        reason: String,
    },
    /// A member that has to be there is not.
    #[error("missing")]
    Missing,
    /// A member that does not exist.
    #[error("`{member}` is not known here; known are {allowed}")]
    UnknownMember {
        /// What was written.
        member: String,
        /// What may stand here, separated by commas.
        allowed: String,
    },
    /// A word that is not in its set.
    #[error("`{word}` is none of {known}")]
    UnknownWord {
        /// What was written.
        word: String,
        /// The words of the set, separated by commas.
        known: String,
    },
    /// A member has another form than it must have.
    #[error("not {expected}")]
    NotA {
        /// The form.
        expected: Expected,
    },
    /// Exactly one of these has to be given.
    #[error("exactly one of {members} has to be given")]
    OneOf {
        /// The members, separated by commas.
        members: String,
    },
    /// At least one of these has to be given.
    #[error("at least one of {members} has to be given")]
    SomeOf {
        /// The members, separated by commas.
        members: String,
    },
    /// A member says nothing with this kind of check.
    #[error("means nothing for the check {check}")]
    NotFor {
        /// The kind.
        check: String,
    },
    /// No value can lie within the bounds.
    #[error("the lower bound lies above the upper one")]
    Empty,
    /// The same twice.
    #[error("`{word}` stands there twice")]
    Twice {
        /// What.
        word: String,
    },
    /// More, or longer, than is taken.
    #[error("more than {limit}")]
    TooMuch {
        /// The limit.
        limit: u64,
    },
    /// SQL that the parser does not take, or a form that may not stand here.
    #[error("{reason}")]
    Sql {
        /// In the words of the parser.
        reason: String,
    },
    /// A form of SQL that may not stand here.
    #[error("{form} may not stand here")]
    Form {
        /// The form: `subquery`, `window`, `parameter`, …
        form: String,
    },
    /// A function that may not be called.
    #[error("the function {function} may not be called")]
    Function {
        /// Its name.
        function: String,
    },
    /// The dataset has no such column.
    #[error("there is no column `{column}`")]
    NoColumn {
        /// What was written.
        column: String,
    },
    /// The source has no such dataset, or it may not be read.
    #[error("there is no dataset `{dataset}`")]
    NoDataset {
        /// What was written.
        dataset: String,
    },
    /// The check does not fit the column's type.
    #[error("the check does not fit the column `{column}` of type {written}")]
    Type {
        /// The column.
        column: String,
        /// Its type as the source writes it.
        written: String,
    },
    /// A value that the column's type cannot hold.
    #[error("`{value}` is no value of type {written}")]
    Value {
        /// What was written.
        value: String,
        /// The column's type as the source writes it.
        written: String,
    },
    /// The numbers of columns on the two sides differ.
    #[error("{left} columns here, {right} there")]
    Sides {
        /// Here.
        left: usize,
        /// There.
        right: usize,
    },
    /// A watermark cannot serve this rule: what was counted once may count otherwise later.
    #[error("no watermark: what was counted once may count otherwise later")]
    NotByWatermark,
}

/// The forms that a member can have to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// An object (a mapping).
    Object,
    /// A list.
    List,
    /// A list that is not empty.
    SomeList,
    /// A text that is not empty, without NUL.
    Text,
    /// True or false.
    Flag,
    /// A whole number, not negative.
    Whole,
    /// A number.
    Number,
    /// A number, a text or true/false.
    Scalar,
    /// A number of rows, or a share: `10`, `"0.5 %"`.
    Limit,
    /// A time span: `90 m`, `26 h`, `3 d`.
    Span,
    /// A name: letters, digits, `.`, `_`, `-`, to 100 characters.
    Name,
    /// The name of a time zone.
    Zone,
    /// A pattern of at most 1,024 bytes.
    Pattern,
}

impl Expected {
    /// The word for the locale files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::List => "list",
            Self::SomeList => "some-list",
            Self::Text => "text",
            Self::Flag => "flag",
            Self::Whole => "whole",
            Self::Number => "number",
            Self::Scalar => "scalar",
            Self::Limit => "limit",
            Self::Span => "span",
            Self::Name => "name",
            Self::Zone => "zone",
            Self::Pattern => "pattern",
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "a mapping",
            Self::List => "a list",
            Self::SomeList => "a list with something in it",
            Self::Text => "a text",
            Self::Flag => "true or false",
            Self::Whole => "a whole number that is not negative",
            Self::Number => "a number",
            Self::Scalar => "a number, a text or true or false",
            Self::Limit => "a number of rows (10) or a share (0.5 %)",
            Self::Span => "a time span (90 m, 26 h, 3 d)",
            Self::Name => "a name of letters, digits, `.`, `_` and `-`, at most 100",
            Self::Zone => "a time zone",
            Self::Pattern => "a pattern of at most 1024 bytes",
        })
    }
}

impl Wrong {
    /// The key for the locale files (`rules-missing`, …) with its arguments.
    #[must_use]
    pub fn message(&self) -> Message {
        let new = Message::new;
        match self {
            Self::Yaml { line, column, reason } => {
                new("rules-yaml").arg("line", line).arg("column", column).arg("reason", reason)
            }
            Self::Missing => new("rules-missing"),
            Self::UnknownMember { member, allowed } => {
                new("rules-unknown-member").arg("member", member).arg("allowed", allowed)
            }
            Self::UnknownWord { word, known } => {
                new("rules-unknown-word").arg("word", word).arg("known", known)
            }
            Self::NotA { expected } => new("rules-not-a").arg("expected", expected.as_str()),
            Self::OneOf { members } => new("rules-one-of").arg("members", members),
            Self::SomeOf { members } => new("rules-some-of").arg("members", members),
            Self::NotFor { check } => new("rules-not-for").arg("check", check),
            Self::Empty => new("rules-empty-range"),
            Self::Twice { word } => new("rules-twice").arg("word", word),
            Self::TooMuch { limit } => new("rules-too-much").arg("limit", limit),
            Self::Sql { reason } => new("rules-sql").arg("reason", reason),
            Self::Form { form } => new("rules-form").arg("form", form),
            Self::Function { function } => new("rules-function").arg("function", function),
            Self::NoColumn { column } => new("rules-no-column").arg("column", column),
            Self::NoDataset { dataset } => new("rules-no-dataset").arg("dataset", dataset),
            Self::Type { column, written } => new("rules-type").arg("column", column).arg("type", written),
            Self::Value { value, written } => new("rules-value").arg("value", value).arg("type", written),
            Self::Sides { left, right } => new("rules-sides").arg("left", left).arg("right", right),
            Self::NotByWatermark => new("rules-not-by-watermark"),
        }
    }
}
