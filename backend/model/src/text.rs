//! Texts in languages.

use crate::words::words;

words! {
    /// A language that people read the register in.
    Language, "language" {
        /// English.
        En = "en",
        /// Simplified Chinese.
        Zh = "zh",
    }
}

impl Language {
    /// The tag for `<html lang>` and `Content-Language` (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-Hans",
        }
    }

    /// The language that a text is mostly written in, by whether it holds a Han character.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let han = |c: char| matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FA1F}');
        if text.chars().any(han) { Self::Zh } else { Self::En }
    }
}

words! {
    /// Who said it. Where two say something, the person's word is shown, and the page says so.
    Origin, "origin" {
        /// The source's own comment, owner and the like.
        Source = "source",
        /// A person.
        Person = "person",
        /// Proposed, not yet taken.
        Proposal = "proposal",
    }
}

words! {
    /// Which text of an asset or column it is.
    TextField, "text" {
        /// A name for people, beside the machine name.
        DisplayName = "display_name",
        /// One or two sentences, Markdown.
        Description = "description",
        /// A longer document, Markdown.
        Docs = "docs",
    }
}

impl TextField {
    /// The longest text that is taken, in bytes.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::DisplayName => 500,
            Self::Description => 64 * 1024,
            Self::Docs => 512 * 1024,
        }
    }
}
