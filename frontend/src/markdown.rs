//! Markdown that people write, as HTML that can do no harm. The only place where text becomes markup.
//!
//! pulldown-cmark writes it (raw HTML in it becomes text), then ammonia lets only a short list of elements through:
//! no images, no classes, no ids, links to http, https and mailto only, each with `rel=noopener`.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display, Formatter};
use std::sync::LazyLock;

use askama::filters::HtmlSafe;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Text in Markdown, shown as HTML.
#[derive(Debug, Clone, Default)]
pub struct Markdown(String);

impl Markdown {
    /// Reads Markdown and keeps safe HTML.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let mut out = String::with_capacity(text.len() + text.len() / 4);
        html::push_html(&mut out, Parser::new_ext(text, options).map(harmless));
        Self(CLEANER.clean(&out).to_string())
    }

    /// Whether nothing is left to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

/// Raw HTML is shown as it was typed; headings start below those of the page; images become their text.
fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: lower(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        Event::TaskListMarker(done) => Event::Text(if done { "☑ " } else { "☐ " }.into()),
        other => other,
    }
}

fn lower(level: pulldown_cmark::HeadingLevel) -> pulldown_cmark::HeadingLevel {
    use pulldown_cmark::HeadingLevel::{H1, H2, H3, H4, H5, H6};
    match level {
        H1 => H3,
        H2 => H4,
        H3 => H5,
        H4 | H5 | H6 => H6,
    }
}

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::empty();
    cleaner
        .tags(HashSet::from([
            "p",
            "br",
            "em",
            "strong",
            "del",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "a",
            "hr",
            "h3",
            "h4",
            "h5",
            "h6",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        ]))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // Only whole addresses: a relative one would lead into the register with the reader's session.
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true);
    cleaner
});

impl Display for Markdown {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markdown {}

/// The first paragraph without marks, cut at a word near `length` characters: for lists.
#[must_use]
pub fn excerpt(text: &str, length: usize) -> String {
    let mut plain = String::new();
    for event in Parser::new(text) {
        match event {
            Event::Text(t) | Event::Code(t) => plain.push_str(&t),
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) if !plain.trim().is_empty() => {
                break;
            }
            _ => {}
        }
    }
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= length {
        return plain;
    }
    let cut: String = plain.chars().take(length).collect();
    let end = cut.rfind(' ').filter(|i| *i > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html() {
        let html =
            Markdown::new("# Orders\n\nOne row per *order*, see [docs](https://example.org).\n\n- a\n- b")
                .to_string();
        assert!(html.contains("<h3>Orders</h3>"), "{html}");
        assert!(html.contains("<em>order</em>"));
        assert!(
            html.contains(r#"<a href="https://example.org" rel="noopener noreferrer nofollow">docs</a>"#),
            "{html}"
        );
    }

    #[test]
    fn nothing_that_runs_comes_through() {
        for bad in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "![x](https://evil.example/x.png)",
            "<a href='vbscript:x'>x</a>",
            "[x](/people/1/disable)",
            "[x](//evil.example)",
            "<svg/onload=alert(1)>",
            "<p style='position:fixed'>x</p>",
            "```\n</code></pre><script>alert(1)</script>\n```",
        ] {
            let html = Markdown::new(bad).to_string();
            for element in scraper::Html::parse_fragment(&html).root_element().descendent_elements() {
                let (name, link) = (element.value().name(), element.attr("href").unwrap_or("https://"));
                assert!(!["script", "img", "svg", "style"].contains(&name), "{bad} → {html}");
                assert!(link.starts_with("https://"), "{bad} → {html}");
                assert!(
                    element.value().attrs().all(|(name, _)| ["href", "rel"].contains(&name)),
                    "{bad} → {html}"
                );
            }
        }
    }

    #[test]
    fn an_excerpt_is_the_first_paragraph_cut_at_a_word() {
        assert_eq!(excerpt("One **row** per order.\n\nMore.", 80), "One row per order.");
        assert_eq!(excerpt("aaaa bbbb cccc dddd", 12), "aaaa bbbb…");
        assert_eq!(excerpt("一行一个订单,含已取消", 4), "一行一个…");
        assert_eq!(excerpt("", 10), "");
    }
}
