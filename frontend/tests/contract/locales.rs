//! The locale files: the same keys and variables in both languages, all used, none missing.

use std::collections::{BTreeMap, BTreeSet};

use cadastre_frontend::words;
use regex_lite::Regex;

use crate::{files, here};

/// Key → the variables in its text.
fn texts(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let (key, variable) =
        (Regex::new(r"^([a-z][a-z0-9-]*) =").unwrap(), Regex::new(r"\$([a-z][a-z0-9_]*)").unwrap());
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    for (path, text) in files(&here("locales").join(language), "ftl") {
        let mut current = String::new();
        for line in text.lines() {
            if let Some(captures) = key.captures(line) {
                current = captures[1].to_owned();
                assert!(found.insert(current.clone(), BTreeSet::new()).is_none(), "{path}: {current} twice");
            }
            if line.starts_with('#') || current.is_empty() {
                continue;
            }
            let variables = found.get_mut(&current).unwrap();
            variables.extend(variable.captures_iter(line).map(|captures| captures[1].to_owned()));
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (en, zh) = (texts("en"), texts("zh-Hans"));
    let keys = |texts: &BTreeMap<String, _>| texts.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&en).symmetric_difference(&keys(&zh)).collect::<Vec<_>>(), Vec::<&String>::new());
    for (key, variables) in &en {
        assert_eq!(variables, &zh[key], "{key}");
    }
}

#[test]
fn both_languages_have_the_same_files() {
    let names = |language: &str| -> Vec<String> {
        files(&here("locales").join(language), "ftl")
            .into_iter()
            .map(|(path, _)| path.rsplit('/').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("en"), names("zh-Hans"));
}

/// Templates, our own code, and the code that makes messages.
fn sources() -> Vec<(String, String)> {
    let mut all = files(&here("templates"), "html");
    all.extend(files(&here("src"), "rs"));
    all.extend(files(&here("../backend"), "rs"));
    all
}

#[test]
fn every_key_that_is_asked_for_exists() {
    let (known, literal) = (texts("en"), Regex::new(r#"\bt\.(?:s|n|a|a2)\(\s*"([a-z0-9-]+)""#).unwrap());
    let message = Regex::new(r#"\b(?:Message::new|message)\(\s*"([a-z0-9-]+)""#).unwrap();
    for (path, text) in sources() {
        for captures in literal.captures_iter(&text).chain(message.captures_iter(&text)) {
            assert!(known.contains_key(&captures[1]), "{path}: {}", &captures[1]);
        }
    }
}

#[test]
fn every_key_is_used() {
    let used: BTreeSet<String> = computed_keys().into_iter().collect();
    // A list of keys stands in one string too, so a key counts wherever it stands as a whole.
    let token = Regex::new("[a-z][a-z0-9-]+").unwrap();
    let sources = sources();
    let said: BTreeSet<&str> =
        sources.iter().flat_map(|(_, text)| token.find_iter(text)).map(|token| token.as_str()).collect();
    let unused: Vec<String> =
        texts("en").into_keys().filter(|key| !used.contains(key) && !said.contains(key.as_str())).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_word_of_a_closed_set_has_its_text() {
    let known = texts("en");
    let missing: Vec<String> = computed_keys().into_iter().filter(|key| !known.contains_key(key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Keys that are put together in the code.
fn computed_keys() -> Vec<String> {
    let problems = cadastre_frontend::errors::Problem::ALL;
    let mut keys = words::all_keys();
    keys.extend(problems.iter().flat_map(|problem| [problem.title_key(), problem.text_key()]));
    keys
}

#[test]
fn english_is_written_in_latin_and_chinese_with_han() {
    let han = Regex::new(r"[\u{4e00}-\u{9fff}]").unwrap();
    for (path, text) in files(&here("locales/en"), "ftl") {
        assert!(!han.is_match(&text), "{path}");
    }
    for (path, text) in files(&here("locales/zh-Hans"), "ftl") {
        assert!(han.is_match(&text), "{path}");
    }
}
