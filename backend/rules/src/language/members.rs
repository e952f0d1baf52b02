//! Reading JSON values strictly: what is unknown, missing or of another form is noted with its place, and reading goes on.

use super::values::{Decimal, Limit, Scalar, Span};
use crate::fault::{Expected, Fault, Wrong};
use serde_json::{Map, Value};

/// Texts are not longer, in bytes.
const TEXT: usize = 64 * 1024;

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn note(&mut self, at: &str, wrong: Wrong) {
        self.0.push(Fault::new(at, wrong));
    }

    fn not<T>(&mut self, at: &str, expected: Expected) -> Option<T> {
        self.note(at, Wrong::NotA { expected });
        None
    }
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Node<'v> {
    pub(super) value: &'v Value,
    pub(super) at: String,
}

/// A mapping whose members are all known.
#[derive(Debug)]
pub(super) struct Members<'v> {
    map: &'v Map<String, Value>,
    pub(super) at: String,
}

impl<'v> Members<'v> {
    /// The member, where it is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<Node<'v>> {
        let value = self.map.get(name).filter(|value| !value.is_null())?;
        Some(Node { value, at: below(&self.at, name) })
    }

    /// The member, which has to be there.
    pub(super) fn need(&self, faults: &mut Faults, name: &str) -> Option<Node<'v>> {
        let found = self.get(name);
        if found.is_none() {
            faults.note(&below(&self.at, name), Wrong::Missing);
        }
        found
    }
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

impl<'v> Node<'v> {
    pub(super) fn new(value: &'v Value, at: impl Into<String>) -> Self {
        Self { value, at: at.into() }
    }

    pub(super) fn members(&self, faults: &mut Faults, allowed: &[&str]) -> Option<Members<'v>> {
        let Value::Object(map) = self.value else { return faults.not(&self.at, Expected::Object) };
        for member in map.keys().filter(|member| !allowed.contains(&member.as_str())) {
            let wrong = Wrong::UnknownMember { member: shortened(member), allowed: allowed.join(", ") };
            faults.note(&self.at, wrong);
        }
        Some(Members { map, at: self.at.clone() })
    }

    pub(super) fn list(&self, faults: &mut Faults) -> Option<Vec<Node<'v>>> {
        let Value::Array(items) = self.value else { return faults.not(&self.at, Expected::List) };
        if items.is_empty() {
            return faults.not(&self.at, Expected::SomeList);
        }
        let node = |(i, value)| Node { value, at: format!("{}[{i}]", self.at) };
        Some(items.iter().enumerate().map(node).collect())
    }

    /// A text that is not blank and has no NUL, which no database takes.
    pub(super) fn text(&self, faults: &mut Faults) -> Option<String> {
        match self.value {
            Value::String(text) if text.len() > TEXT => {
                faults.note(&self.at, Wrong::TooMuch { limit: TEXT as u64 });
                None
            }
            Value::String(text) if !text.trim().is_empty() && !text.contains('\0') => Some(text.clone()),
            _ => faults.not(&self.at, Expected::Text),
        }
    }

    /// One text, or a list of different ones.
    pub(super) fn texts(&self, faults: &mut Faults) -> Option<Vec<String>> {
        if self.value.is_string() {
            return self.text(faults).map(|text| vec![text]);
        }
        let mut texts: Vec<String> = Vec::new();
        for item in self.list(faults)? {
            let Some(text) = item.text(faults) else { continue };
            if texts.contains(&text) {
                faults.note(&item.at, Wrong::Twice { word: shortened(&text) });
            }
            texts.push(text);
        }
        Some(texts)
    }

    pub(super) fn flag(&self, faults: &mut Faults) -> Option<bool> {
        self.value.as_bool().or_else(|| faults.not(&self.at, Expected::Flag))
    }

    pub(super) fn whole(&self, faults: &mut Faults) -> Option<u64> {
        self.value.as_u64().or_else(|| faults.not(&self.at, Expected::Whole))
    }

    pub(super) fn number(&self, faults: &mut Faults) -> Option<Decimal> {
        decimal(self.value).or_else(|| faults.not(&self.at, Expected::Number))
    }

    pub(super) fn scalar(&self, faults: &mut Faults) -> Option<Scalar> {
        let read = match self.value {
            Value::Bool(flag) => Some(Scalar::Flag(*flag)),
            Value::Number(_) => decimal(self.value).map(Scalar::Number),
            Value::String(text) if !text.contains('\0') && text.len() <= TEXT => {
                Some(Scalar::Text(text.clone()))
            }
            _ => None,
        };
        read.or_else(|| faults.not(&self.at, Expected::Scalar))
    }

    pub(super) fn limit(&self, faults: &mut Faults) -> Option<Limit> {
        let read = match self.value {
            Value::Number(number) => number.as_u64().map(Limit::Rows),
            Value::String(text) => Limit::parse(text),
            _ => None,
        };
        read.or_else(|| faults.not(&self.at, Expected::Limit))
    }

    pub(super) fn span(&self, faults: &mut Faults) -> Option<Span> {
        self.value.as_str().and_then(Span::parse).or_else(|| faults.not(&self.at, Expected::Span))
    }

    pub(super) fn name(&self, faults: &mut Faults) -> Option<String> {
        let fits = |text: &&str| {
            (1..=100).contains(&text.len())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        };
        let read = self.value.as_str().filter(fits).map(str::to_owned);
        read.or_else(|| faults.not(&self.at, Expected::Name))
    }

    /// The name of a time zone by its letters; whether there is such a zone, the source knows.
    pub(super) fn zone(&self, faults: &mut Faults) -> Option<String> {
        let fits = |text: &&str| {
            (1..=64).contains(&text.len())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+'))
        };
        let read = self.value.as_str().filter(fits).map(str::to_owned);
        read.or_else(|| faults.not(&self.at, Expected::Zone))
    }

    /// One of the words of a set.
    pub(super) fn word<T: Copy>(
        &self,
        faults: &mut Faults,
        all: &[T],
        as_str: fn(T) -> &'static str,
    ) -> Option<T> {
        let Some(text) = self.value.as_str() else { return faults.not(&self.at, Expected::Text) };
        let found = all.iter().copied().find(|word| as_str(*word) == text);
        if found.is_none() {
            let known = all.iter().map(|word| as_str(*word)).collect::<Vec<_>>().join(", ");
            faults.note(&self.at, Wrong::UnknownWord { word: shortened(text), known });
        }
        found
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => Some(Decimal::from(whole)),
            (_, Some(whole), _) => Decimal::parse(&whole.to_string()),
            (.., Some(binary)) => Decimal::parse(&format!("{binary}")),
            _ => None,
        },
        Value::String(text) => Decimal::parse(text.trim()),
        _ => None,
    }
}

/// What was written, not longer than is shown.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= 80 { text.to_owned() } else { text.chars().take(79).chain(['…']).collect() }
}
