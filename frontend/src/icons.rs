//! The symbols. A page carries those that it uses, as a hidden sprite; `assets/icons/sprite.svg` holds all.

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Display, Formatter};
use std::sync::LazyLock;

use askama::filters::HtmlSafe;

/// One `<symbol>` a line; made by `js-src/vendor.mjs`.
static SPRITE: &str = include_str!("../assets/icons/sprite.svg");

static SYMBOLS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    SPRITE
        .lines()
        .filter_map(|line| {
            let id = line.strip_prefix("<symbol id=\"i-")?.split('"').next()?;
            Some((id, line))
        })
        .collect()
});

const PLACE: &str = "<!--symbols-->";

/// The place in a layout where the symbols go. Escaping keeps anything else from looking like it.
#[derive(Debug, Clone, Copy)]
pub struct Place;

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(PLACE)
    }
}

impl HtmlSafe for Place {}

/// Whether there is such a symbol.
#[must_use]
pub fn is_known(name: &str) -> bool {
    SYMBOLS.contains_key(name)
}

/// The page with the symbols that it uses put into their place.
pub(crate) fn with_symbols(page: &str) -> String {
    let used: BTreeSet<&str> =
        page.split("<use href=\"#i-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut sprite = String::from(r#"<svg class="sprite" width="0" height="0" aria-hidden="true"><defs>"#);
    for symbol in used.iter().filter_map(|name| SYMBOLS.get(name)) {
        sprite.push_str(symbol);
    }
    sprite.push_str("</defs></svg>");
    page.replacen(PLACE, &sprite, 1)
}
