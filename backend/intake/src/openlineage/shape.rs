//! The form that JSON must have, as a table, and the check of a value against it. Every fault is said with its path, several at once.

use crate::notice::{Expected, Notice, Place, Remark};
use chrono::DateTime;
use serde_json::Value;
use uuid::Uuid;

/// Faults that are said of one text; more help nobody.
pub(super) const MOST_FAULTS: usize = 50;

/// The form of a value.
pub(super) enum Shape {
    Any,
    Text,
    Flag,
    Whole,
    Number,
    Uuid,
    Time,
    Uri,
    Word(&'static [&'static str]),
    List(&'static Shape),
    Map(&'static Shape),
    Object(&'static [Member]),
    /// A facet: the members of every facet, and these.
    Facet(&'static [Member]),
}

/// A member of an object.
pub(super) struct Member {
    name: &'static str,
    required: bool,
    shape: Shape,
}

pub(super) const fn must(name: &'static str, shape: Shape) -> Member {
    Member { name, required: true, shape }
}

pub(super) const fn may(name: &'static str, shape: Shape) -> Member {
    Member { name, required: false, shape }
}

/// What every facet has by the spec.
const BASE: &[Member] =
    &[must("_producer", Shape::Uri), must("_schemaURL", Shape::Uri), may("_deleted", Shape::Flag)];

/// The check of one value: where it is, and what was found.
pub(super) struct Check {
    path: String,
    faults: Vec<Notice>,
    /// Whether `null` stands for a member that is not there (so in facets; the spec's core knows no `null`).
    nulls: bool,
}

impl Check {
    /// A check that starts at a path.
    pub(super) fn at(path: &str, nulls: bool) -> Self {
        Self { path: path.to_owned(), faults: Vec::new(), nulls }
    }

    /// What was found.
    pub(super) fn into_faults(self) -> Vec<Notice> {
        self.faults
    }

    /// Notes a fault at a member of what is being looked at.
    pub(super) fn fault(&mut self, member: &str, what: Remark) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        let length = self.descend(member);
        self.faults.push(Notice::new(Place::path(self.path.clone()), what));
        self.path.truncate(length);
    }

    fn descend(&mut self, member: &str) -> usize {
        let length = self.path.len();
        if !member.is_empty() && !member.starts_with('[') && !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.extend(member.chars().take(100));
        length
    }

    fn inner(&mut self, member: &str, value: &Value, shape: &Shape) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        let length = self.descend(member);
        self.value(value, shape);
        self.path.truncate(length);
    }

    /// Checks a value against a form.
    pub(super) fn value(&mut self, value: &Value, shape: &Shape) {
        match shape {
            Shape::Any => {}
            Shape::Text => self.hold(value.is_string(), Expected::Text),
            Shape::Flag => self.hold(value.is_boolean(), Expected::Flag),
            Shape::Whole => self.hold(is_whole(value), Expected::Whole),
            Shape::Number => self.hold(value.is_number(), Expected::Number),
            Shape::Uuid => self.text(value, Expected::Uuid, is_uuid),
            Shape::Time => self.text(value, Expected::Time, is_time),
            Shape::Uri => self.text(value, Expected::Uri, is_uri),
            Shape::Word(words) => self.word(value, words),
            Shape::List(of) => self.list(value, of),
            Shape::Map(of) => self.map(value, of),
            Shape::Object(members) => self.object(value, &[members]),
            Shape::Facet(members) => self.object(value, &[BASE, members]),
        }
    }

    fn hold(&mut self, holds: bool, expected: Expected) {
        if !holds {
            self.fault("", Remark::NotA { expected });
        }
    }

    fn text(&mut self, value: &Value, expected: Expected, good: impl Fn(&str) -> bool) {
        match value.as_str() {
            None => self.hold(false, Expected::Text),
            Some(text) => self.hold(good(text), expected),
        }
    }

    fn word(&mut self, value: &Value, words: &[&str]) {
        match value.as_str() {
            None => self.hold(false, Expected::Text),
            Some(word) if words.contains(&word) => {}
            Some(word) => {
                let word = word.chars().take(60).collect();
                self.fault("", Remark::UnknownWord { word, known: words.join(", ") });
            }
        }
    }

    fn list(&mut self, value: &Value, of: &Shape) {
        let Some(items) = value.as_array() else { return self.hold(false, Expected::List) };
        for (index, item) in items.iter().enumerate() {
            self.inner(&format!("[{index}]"), item, of);
        }
    }

    fn map(&mut self, value: &Value, of: &Shape) {
        let Some(members) = value.as_object() else { return self.hold(false, Expected::Object) };
        for (name, member) in members {
            self.inner(name, member, of);
        }
    }

    fn object(&mut self, value: &Value, shape: &[&[Member]]) {
        let Some(members) = value.as_object() else { return self.hold(false, Expected::Object) };
        for member in shape.iter().copied().flatten() {
            match members.get(member.name).filter(|value| !(self.nulls && value.is_null())) {
                None if member.required => self.fault(member.name, Remark::Missing),
                None => {}
                Some(value) => self.inner(member.name, value, &member.shape),
            }
        }
    }
}

fn is_whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// A time by RFC 3339, with its zone.
fn is_time(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
}

/// A UUID as RFC 4122 writes it: neither braces nor without hyphens.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// An absolute URI by RFC 3986: a scheme, and characters that a URI may have.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut letters = scheme.chars();
    let starts = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    let scheme = starts && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let allowed =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`');
    let escapes = rest.split('%').skip(1);
    scheme && rest.chars().all(allowed) && escapes.into_iter().all(starts_with_two_hex)
}

fn starts_with_two_hex(text: &str) -> bool {
    text.len() >= 2 && text.bytes().take(2).all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_has_a_scheme_and_no_blanks() {
        for good in ["http://test.schema.url", "https://a/b/c#/$defs/X", "urn:a", "s3://b/%20x", "http://123"]
        {
            assert!(is_uri(good), "{good}");
        }
        for bad in ["", "string", "/a/b", "://a", "1http://a", "http://a b", "http://a/%2", "http://数据"] {
            assert!(!is_uri(bad), "{bad}");
        }
    }

    #[test]
    fn a_uuid_has_hyphens() {
        assert!(is_uuid("3f5e83fa-3480-44ff-99c5-ff943904e5e8"));
        assert!(!is_uuid("3f5e83fa348044ff99c5ff943904e5e8"));
        assert!(!is_uuid("{3f5e83fa-3480-44ff-99c5-ff943904e5e8}"));
    }
}
