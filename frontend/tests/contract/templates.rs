//! The templates as text: what may not be written in them.

use crate::{files, here};

fn templates() -> Vec<(String, String)> {
    files(&here("templates"), "html")
}

fn none_of(signs: &[&str], but: &str) {
    for (path, text) in templates().iter().filter(|(path, _)| but.is_empty() || !path.ends_with(but)) {
        for sign in signs {
            assert!(!text.contains(sign), "{path}: {sign}");
        }
    }
}

#[test]
fn no_form_changes_anything_without_the_token() {
    none_of(&["method=\"post\"", "method=post", "method='post'", "formmethod"], "ui/form.html");
    let form = std::fs::read_to_string(here("templates/ui/form.html")).unwrap();
    assert_eq!(form.matches("method=\"post\"").count(), 1);
    assert!(form.contains("{{ csrf }}{{ caller() }}</form>"));
}

#[test]
fn nothing_is_written_unescaped() {
    none_of(&["|safe", "| safe", "escape(\"none\")", "{% filter"], "");
}

#[test]
fn only_the_audited_modules_make_markup() {
    for (path, text) in files(&here("src"), "rs") {
        let may = ["markup.rs", "markdown.rs", "icons.rs", "chrome.rs", "src/chart.rs"]
            .iter()
            .any(|name| path.ends_with(name));
        assert!(may || !text.contains("HtmlSafe"), "{path}");
    }
}

#[test]
fn the_content_security_policy_holds_without_exceptions() {
    none_of(
        &[
            " style=",
            "<style",
            "hx-on",
            "js:",
            "javascript:",
            " onclick",
            " onload",
            " onsubmit",
            " onchange",
        ],
        "",
    );
    for (path, text) in templates() {
        for script in text.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"{{ crate::asset_url("), "{path}: a script in the page");
        }
    }
}

#[test]
fn every_enhanced_element_works_without_scripts() {
    for (path, text) in templates() {
        for tag in text.split('<').filter(|tag| tag.contains(" hx-")) {
            let tag = tag.split('>').next().unwrap_or(tag);
            assert!(tag.contains("href=") || tag.contains("action="), "{path}: <{tag}>");
        }
    }
}

#[test]
fn every_word_comes_from_the_locale_files() {
    // What is the same in every language.
    const NAMES: [&str; 11] =
        ["openapi.json", "cad_…", "Cadastre", "English", "中文", "简体中文", "PK", "FK", "UQ", "CK", "IX"];
    for (path, text) in templates().iter().filter(|(path, _)| !path.ends_with("layout/sheet.html")) {
        let plain = without_markup(text);
        for word in plain.split_whitespace().filter(|word| !word.contains('=')) {
            let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
            let is_word = letters.chars().count() > 1 || !letters.is_ascii();
            assert!(!is_word || NAMES.contains(&word), "{path}: `{word}` stands outside of t.*");
        }
        for attribute in ["title=\"", "aria-label=\"", "placeholder=\"", "alt=\""] {
            for value in text.split(attribute).skip(1) {
                assert!(
                    value.starts_with("{{") || value.starts_with("{%"),
                    "{path}: {attribute}{}",
                    &value[..20.min(value.len())]
                );
            }
        }
    }
}

/// The text of a template without comments, expressions and tags.
fn without_markup(text: &str) -> String {
    let mut out = text.to_owned();
    for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<", ">")] {
        let mut rest = out.as_str();
        let mut kept = String::new();
        while let Some(start) = rest.find(open) {
            kept.push_str(&rest[..start]);
            kept.push(' ');
            rest = rest[start..].find(close).map_or("", |end| &rest[start + end + close.len()..]);
        }
        kept.push_str(rest);
        out = kept;
    }
    out.replace("&nbsp;", " ").replace("&middot;", " ")
}

#[test]
fn every_symbol_is_in_the_sprite() {
    let sources = templates().into_iter().chain(files(&here("src"), "rs"));
    for (path, text) in sources {
        for call in ["icon(\"", "small(\""] {
            for name in text.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(cadastre_frontend::icons::is_known(name), "{path}: {name}");
            }
        }
    }
}

#[test]
fn what_was_vendored_is_what_the_list_says() {
    use sha2::{Digest as _, Sha256};
    let list = std::fs::read_to_string(here("assets/VENDORED.md")).unwrap();
    let rows: Vec<&str> =
        list.lines().filter(|line| line.starts_with("| js/") || line.starts_with("| icons/")).collect();
    assert!(rows.len() >= 4);
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let sum = hex::encode(Sha256::digest(std::fs::read(here("assets").join(cells[1])).unwrap()));
        assert_eq!(cells[4].trim_matches('`'), sum, "{}", cells[1]);
    }
}
