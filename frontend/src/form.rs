//! What stands in a form: what was typed, and what is wrong with it.
//!
//! One type for all forms. A handler that refuses a form hands back what was typed (never a password) with a message
//! at each field, and answers 422.

use std::collections::BTreeMap;

use cadastre_model::Message;

/// A form's values and errors by the names of its fields.
#[derive(Debug, Clone, Default)]
pub struct Form {
    prefix: &'static str,
    values: BTreeMap<String, Vec<String>>,
    errors: Vec<(String, Message)>,
    banner: Option<Message>,
}

impl Form {
    /// An empty form. The prefix keeps the ids of its fields apart from those of other forms on the page.
    #[must_use]
    pub fn new(prefix: &'static str) -> Self {
        Self { prefix, ..Self::default() }
    }

    /// The same with a value in a field; a field that may be chosen several times is given several.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.entry(name.to_owned()).or_default().push(value.into());
        self
    }

    /// The same with a message at a field.
    #[must_use]
    pub fn wrong(mut self, name: &str, message: impl Into<Message>) -> Self {
        self.errors.push((name.to_owned(), message.into()));
        self
    }

    /// The same with a message about the whole of it.
    #[must_use]
    pub fn refused(mut self, message: impl Into<Message>) -> Self {
        self.banner = Some(message.into());
        self
    }

    /// The first value of a field, or nothing.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Whether a value is chosen in a field.
    #[must_use]
    pub fn chosen(&self, name: &str, value: &str) -> bool {
        self.values.get(name).is_some_and(|values| values.iter().any(|chosen| chosen == value))
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&Message> {
        self.errors.iter().find(|(field, _)| field == name).map(|(_, message)| message)
    }

    /// All that is wrong, by field.
    #[must_use]
    pub fn errors(&self) -> &[(String, Message)] {
        &self.errors
    }

    /// What is wrong with the whole.
    #[must_use]
    pub const fn banner(&self) -> Option<&Message> {
        self.banner.as_ref()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_fine(&self) -> bool {
        self.errors.is_empty() && self.banner.is_none()
    }

    /// The id of a field on the page.
    #[must_use]
    pub fn id(&self, name: &str) -> String {
        if self.prefix.is_empty() { format!("f-{name}") } else { format!("{}-{name}", self.prefix) }
    }
}

/// One choice of a list.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// A choice.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_hands_back_what_was_typed_and_what_is_wrong() {
        let form =
            Form::new("person").with("name", "Ada").with("role", "a").with("role", "b").wrong("name", "x");
        assert_eq!(form.value("name"), "Ada");
        assert!(form.chosen("role", "b") && !form.chosen("role", "c"));
        assert_eq!(form.error("name").unwrap().key, "x");
        assert!(form.error("role").is_none() && !form.is_fine());
        assert_eq!(form.id("name"), "person-name");
    }
}
