//! The API in the browser, drawn from its own document. What the document says is shown as it is, in English.

use askama::Template;

use crate::Chrome;

/// The API, described.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "api/api.html")]
pub struct ApiPage {
    /// The frame.
    pub chrome: Chrome,
    /// The version of the API.
    pub version: String,
    /// What the document says about it, Markdown.
    pub description: String,
    /// Where requests go, as `https://example.org/api/v1`.
    pub base: String,
    /// Operations by their tag.
    pub groups: Vec<Group>,
    /// The shapes of what is sent and received.
    pub schemas: Vec<Schema>,
}

/// Operations that belong together.
#[derive(Debug, Clone)]
pub struct Group {
    /// The tag.
    pub name: String,
    /// What the document says about it.
    pub description: Option<String>,
    /// Its operations.
    pub operations: Vec<Operation>,
}

impl Group {
    /// The anchor on the page.
    #[must_use]
    pub fn anchor(&self) -> String {
        anchor("group", &self.name)
    }
}

/// One method of one path.
#[derive(Debug, Clone)]
pub struct Operation {
    /// As in the document; unique.
    pub id: String,
    /// `GET`, `POST` …
    pub method: String,
    /// The path with its parameters in braces.
    pub path: String,
    /// In one line.
    pub summary: String,
    /// In more, Markdown.
    pub description: Option<String>,
    /// In path, query and header.
    pub parameters: Vec<Parameter>,
    /// What is sent.
    pub body: Option<Shape>,
    /// What is answered, by status.
    pub responses: Vec<Response>,
    /// Whether it is going away.
    pub is_deprecated: bool,
}

impl Operation {
    /// The anchor on the page.
    #[must_use]
    pub fn anchor(&self) -> String {
        anchor("op", &self.id)
    }

    /// The class of its method.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.method.as_str() {
            "GET" | "HEAD" => "acc",
            "DELETE" => "c3",
            "POST" | "PUT" | "PATCH" => "och",
            _ => "",
        }
    }

    /// The description as HTML.
    #[must_use]
    pub fn markdown(&self) -> crate::Markdown {
        crate::Markdown::new(self.description.as_deref().unwrap_or_default())
    }
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Its type.
    pub shape: Shape,
    /// Whether it must be there.
    pub is_required: bool,
    /// What it means.
    pub description: String,
}

/// An answer of an operation.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its status, as `200`.
    pub status: String,
    /// What it means.
    pub description: String,
    /// What it holds.
    pub shape: Option<Shape>,
}

/// A type: as text, and the schema that it is or holds.
#[derive(Debug, Clone)]
pub struct Shape {
    /// As read, for example `string (uuid)` or `[Dataset]`.
    pub text: String,
    /// The schema's name, when it is one of [`ApiPage::schemas`].
    pub schema: Option<String>,
}

impl Shape {
    /// The anchor of its schema.
    #[must_use]
    pub fn anchor(&self) -> Option<String> {
        self.schema.as_deref().map(|name| anchor("schema", name))
    }
}

/// A named type.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Its members; empty for a list of words.
    pub members: Vec<Member>,
    /// Its words, for a closed set.
    pub words: Vec<String>,
}

impl Schema {
    /// The anchor on the page.
    #[must_use]
    pub fn anchor(&self) -> String {
        anchor("schema", &self.name)
    }
}

/// A member of a named type.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its type.
    pub shape: Shape,
    /// Whether it is always there.
    pub is_required: bool,
    /// What it means.
    pub description: String,
}

/// Letters and digits stay, all else becomes `-`.
fn anchor(kind: &str, name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    format!("{kind}-{name}")
}
