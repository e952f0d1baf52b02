//! The small pieces of HTML that are made in Rust, where a macro in a template would say it less safely.
//!
//! Every type here writes its own markup and escapes what it was given; it is `HtmlSafe`, so that a template writes it
//! as it stands. Nothing else in the crate may be, but [`crate::Csrf`], [`crate::Markdown`] and the sprite: a test greps.

use std::fmt::{self, Display, Formatter};

use askama::filters::HtmlSafe;

/// Text with the five characters replaced that mean something in HTML.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(i) = rest.find(['<', '>', '&', '"', '\'']) {
            f.write_str(&rest[..i])?;
            f.write_str(match rest.as_bytes()[i] {
                b'<' => "&#60;",
                b'>' => "&#62;",
                b'&' => "&#38;",
                b'"' => "&#34;",
                _ => "&#39;",
            })?;
            rest = &rest[i + 1..];
        }
        f.write_str(rest)
    }
}

/// A number in few letters; the exact one is its title.
#[derive(Debug, Clone)]
pub struct Compact {
    /// What is read.
    pub short: String,
    /// What is meant.
    pub exact: String,
}

impl Display for Compact {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (short, exact) = (Escaped(&self.short), Escaped(&self.exact));
        if self.short == self.exact {
            return write!(f, r#"<span class="num">{short}</span>"#);
        }
        write!(f, r#"<span class="num" title="{exact}">{short}</span>"#)
    }
}

impl HtmlSafe for Compact {}

/// A moment in a `<time>`.
#[derive(Debug, Clone)]
pub struct Moment {
    /// For machines.
    pub iso: String,
    /// The absolute time with its zone.
    pub title: String,
    /// What is read.
    pub text: String,
}

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (iso, title, text) = (Escaped(&self.iso), Escaped(&self.title), Escaped(&self.text));
        write!(f, r#"<time datetime="{iso}" title="{title}">{text}</time>"#)
    }
}

impl HtmlSafe for Moment {}

/// A symbol of the sprite, by its name in `assets/icons`; decoration only, the word stands beside it.
#[derive(Debug, Clone, Copy)]
pub struct Icon(pub &'static str, pub bool);

/// An icon of 16 pixels.
#[must_use]
pub const fn icon(name: &'static str) -> Icon {
    Icon(name, false)
}

/// An icon of 14 pixels.
#[must_use]
pub const fn small(name: &'static str) -> Icon {
    Icon(name, true)
}

impl Display for Icon {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let class = if self.1 { "i s" } else { "i" };
        write!(f, r##"<svg class="{class}" aria-hidden="true"><use href="#i-{}"/></svg>"##, self.0)
    }
}

impl HtmlSafe for Icon {}

/// How something stands: shape, word and colour, never colour alone.
#[derive(Debug, Clone)]
pub struct Status {
    /// Which of the six tones.
    pub tone: Tone,
    /// The word, in the reader's language.
    pub word: String,
}

/// The tones of a status; each has its own shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be: a ticked circle.
    Pass,
    /// Needs a look: a triangle.
    Warn,
    /// Broken: an octagon.
    Fail,
    /// Nothing to say: a dashed circle.
    None,
    /// Under way: a turning circle.
    Run,
    /// Waiting for somebody: a pause sign.
    Held,
}

impl Tone {
    /// The class of the stylesheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::None => "none",
            Self::Run => "run",
            Self::Held => "held",
        }
    }

    /// Its shape.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Pass => "circle-check",
            Self::Warn => "triangle-alert",
            Self::Fail => "octagon-x",
            Self::None => "circle-dashed",
            Self::Run => "loader-circle",
            Self::Held => "circle-pause",
        }
    }
}

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (class, shape, word) = (self.tone.class(), small(self.tone.icon()), Escaped(&self.word));
        write!(f, r#"<span class="st {class}">{shape}{word}</span>"#)
    }
}

impl HtmlSafe for Status {}

/// Where a search matched: the pieces of a text, some of them marked.
#[derive(Debug, Clone, Default)]
pub struct Marked(pub Vec<(String, bool)>);

impl Display for Marked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (text, marked) in &self.0 {
            let text = Escaped(text);
            if *marked { write!(f, "<mark>{text}</mark>")? } else { write!(f, "{text}")? }
        }
        Ok(())
    }
}

impl HtmlSafe for Marked {}

/// A bar of a meter, in per cent; its figure stands beside it.
#[derive(Debug, Clone, Copy)]
pub struct Bar(pub i64);

impl Display for Bar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = self.0.clamp(0, 100);
        let class = match width {
            90.. => "meter ok",
            50..90 => "meter",
            _ => "meter w",
        };
        write!(f, r#"<svg class="{class}" aria-hidden="true"><rect width="{width}%" height="100%"/></svg>"#)
    }
}

impl HtmlSafe for Bar {}

/// A bar of a meter in the colour of a tone, in per cent; its figure and its word stand beside it.
#[derive(Debug, Clone, Copy)]
pub struct Meter(pub i64, pub Tone);

impl Display for Meter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = self.0.clamp(0, 100);
        let class = match self.1 {
            Tone::Pass => "meter ok",
            Tone::Warn | Tone::Held => "meter w",
            Tone::Fail => "meter bad",
            Tone::None | Tone::Run => "meter",
        };
        write!(f, r#"<svg class="{class}" aria-hidden="true"><rect width="{width}%" height="100%"/></svg>"#)
    }
}

impl HtmlSafe for Meter {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_cannot_become_markup() {
        let hostile = r#"<script>alert("x")</script>'&"#.to_owned();
        let pieces = [
            Compact { short: hostile.clone(), exact: hostile.clone() + "1" }.to_string(),
            Moment { iso: hostile.clone(), title: hostile.clone(), text: hostile.clone() }.to_string(),
            Status { tone: Tone::Pass, word: hostile.clone() }.to_string(),
            Marked(vec![(hostile.clone(), true), (hostile, false)]).to_string(),
        ];
        for piece in pieces {
            assert!(!piece.contains("<script"), "{piece}");
            assert!(!piece.contains("alert(\""), "{piece}");
        }
    }
}
