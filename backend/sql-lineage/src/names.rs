//! Names as numbers: each distinct spelling is kept once, and what is compared is a number. A schema brings its names already
//! numbered; an analysis numbers on from there.

use hashbrown::HashMap;
use std::sync::Arc;

use sqlparser::ast::Ident;

use crate::dialect::{Dialect, Folding};

/// A spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol(u32);

/// A name: how it is shown, and in lower case, how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) key: Symbol,
    pub(crate) text: Symbol,
}

/// The spellings seen so far, numbered from `first`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spellings {
    first: u32,
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Spellings {
    fn find(&self, text: &str) -> Option<Symbol> {
        self.numbers.get(text).map(|&n| Symbol(n))
    }

    pub(crate) fn add(&mut self, text: &str) -> Symbol {
        if let Some(found) = self.find(text) {
            return found;
        }
        let number = self.first + u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = Arc::from(text);
        self.numbers.insert(Arc::clone(&text), number);
        self.texts.push(text);
        Symbol(number)
    }

    /// The spelling of a symbol of these (only).
    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.texts.get((symbol.0 - self.first) as usize).map_or("", |text| text)
    }

    /// The name of a text as it stands: shown so, compared in lower case.
    pub(crate) fn name_as_is(&mut self, text: &str) -> Name {
        let shown = self.add(text);
        if is_lower(text) {
            return Name { key: shown, text: shown };
        }
        Name { key: self.add(&text.to_lowercase()), text: shown }
    }
}

/// The names of an analysis: a schema's, and those that the text adds.
#[derive(Debug)]
pub(crate) struct Names<'s> {
    schema: &'s Spellings,
    own: Spellings,
    folding: Folding,
    /// `*`, the columns of a table that nobody listed.
    pub(crate) star: Name,
}

impl<'s> Names<'s> {
    pub(crate) fn new(schema: &'s Spellings, dialect: Dialect) -> Self {
        let first = u32::try_from(schema.texts.len()).unwrap_or(u32::MAX);
        let mut own = Spellings { first, ..Spellings::default() };
        let star = match schema.find("*") {
            Some(star) => Name { key: star, text: star },
            None => own.name_as_is("*"),
        };
        Self { schema, own, folding: dialect.folding(), star }
    }

    pub(crate) fn symbol(&mut self, text: &str) -> Symbol {
        match self.schema.find(text) {
            Some(found) => found,
            None => self.own.add(text),
        }
    }

    /// The name that an identifier stands for, folded as its dialect does.
    pub(crate) fn of(&mut self, ident: &Ident) -> Name {
        self.folded(&ident.value, ident.quote_style.is_some())
    }

    pub(crate) fn folded(&mut self, value: &str, quoted: bool) -> Name {
        let lower = is_lower(value);
        let up = self.folding == Folding::Upper && !quoted;
        if lower && !up {
            let shown = self.symbol(value);
            return Name { key: shown, text: shown };
        }
        let key = if lower { self.symbol(value) } else { self.symbol(&value.to_lowercase()) };
        let text = match self.folding {
            Folding::Upper if !quoted => self.symbol(&value.to_uppercase()),
            Folding::Lower if !quoted => key,
            Folding::AlwaysLower => key,
            _ => self.symbol(value),
        };
        Name { key, text }
    }

    /// The name of a text that no dialect folds (a path, an expression).
    pub(crate) fn as_is(&mut self, text: &str) -> Name {
        let shown = self.symbol(text);
        if is_lower(text) {
            return Name { key: shown, text: shown };
        }
        Name { key: self.symbol(&text.to_lowercase()), text: shown }
    }

    pub(crate) fn text(&self, symbol: Symbol) -> &Arc<str> {
        match self.schema.texts.get(symbol.0 as usize) {
            Some(text) => text,
            None => &self.own.texts[(symbol.0 - self.own.first) as usize],
        }
    }
}

fn is_lower(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase())
}
