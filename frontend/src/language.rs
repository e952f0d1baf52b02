//! How a reader is spoken to: language, time zone, and what time it is now.
//!
//! [`T`] is the one way from a key to words. The words are in `locales/{en,zh-Hans}/*.ftl`, one file a feature,
//! read at compile time. A key that is missing comes out as `⟦key⟧`: seen at once, found by the tests, never a panic.

use std::borrow::Cow;
use std::collections::HashMap;

use cadastre_model::{Language, Message};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, static_loader};
use unic_langid::langid;

use crate::format;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolating marks would stand in attributes, addresses and search boxes too.
        customise: |bundle| {
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(grouped));
        },
    };
}

static EN: LanguageIdentifier = langid!("en");
static ZH: LanguageIdentifier = langid!("zh-Hans");

/// Whole numbers in texts are grouped like everywhere else.
fn grouped<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "arguments are made from i64 in this file")]
        FluentValue::Number(n) if n.value.fract() == 0.0 => Some(format::grouped(n.value as i64)),
        _ => None,
    }
}

/// The reader's language, zone and clock. Cheap to copy; every page has one in its frame.
#[derive(Debug, Clone, Copy)]
pub struct T {
    language: Language,
    zone: Tz,
    now: DateTime<Utc>,
}

impl T {
    /// Speaks `language`; shows times in `zone`, near ones relative to `now`.
    #[must_use]
    pub const fn new(language: Language, zone: Tz, now: DateTime<Utc>) -> Self {
        Self { language, zone, now }
    }

    /// The language spoken.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The reader's time zone.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// What time it is for this page.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The words for a key.
    #[must_use]
    pub fn s(&self, key: &str) -> String {
        self.look_up(key, None)
    }

    /// The words for a key that counts something, named `n` in the text.
    #[must_use]
    pub fn n(&self, key: &str, count: impl Argument) -> String {
        self.a(key, "n", count)
    }

    /// The words for a key with one argument.
    #[must_use]
    pub fn a(&self, key: &str, name: &'static str, value: impl Argument) -> String {
        self.look_up(key, Some(&HashMap::from([(Cow::Borrowed(name), value.argument())])))
    }

    /// The words for a key with two arguments.
    #[must_use]
    pub fn a2(
        &self,
        key: &str,
        name: &'static str,
        value: impl Argument,
        name2: &'static str,
        value2: impl Argument,
    ) -> String {
        let args = [(Cow::Borrowed(name), value.argument()), (Cow::Borrowed(name2), value2.argument())];
        self.look_up(key, Some(&HashMap::from(args)))
    }

    /// The words for a message that was made where no language was known.
    #[must_use]
    pub fn message(&self, message: &Message) -> String {
        if message.args.is_empty() {
            return self.s(&message.key);
        }
        let args = message.args.iter().map(|(name, value)| (name.clone(), value.argument()));
        self.look_up(&message.key, Some(&args.collect()))
    }

    /// The name of one word of a closed set, as `kind-table`, `role-steward`.
    #[must_use]
    pub fn w(&self, word: &impl crate::words::Word) -> String {
        self.s(&word.key())
    }

    /// Whether there are words for the key in this language.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        LOCALES.try_lookup(self.locale(), key).is_some()
    }

    fn locale(&self) -> &'static LanguageIdentifier {
        match self.language {
            Language::En => &EN,
            Language::Zh => &ZH,
        }
    }

    fn look_up(&self, key: &str, args: Option<&HashMap<Cow<'static, str>, FluentValue<'_>>>) -> String {
        LOCALES.try_lookup_complete(self.locale(), key, args).unwrap_or_else(|| format!("⟦{key}⟧"))
    }
}

/// What can stand in a text: a number, by which the plural is chosen, or text.
pub trait Argument {
    /// As Fluent takes it.
    fn argument(&self) -> FluentValue<'_>;
}

impl Argument for str {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Argument for i64 {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl Argument for i32 {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl Argument for usize {
    fn argument(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl<A: Argument + ?Sized> Argument for &A {
    fn argument(&self) -> FluentValue<'_> {
        (**self).argument()
    }
}
