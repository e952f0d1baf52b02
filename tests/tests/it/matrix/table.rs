//! The answers as a table in a file: a line a route and object, a column a visitor.

use super::object::Object;
use cadastre_tests::routes::Route;
use cadastre_tests::tree::root;
use std::collections::BTreeMap;
use std::fs;

/// The answers so far.
#[derive(Debug)]
pub(super) struct Table {
    visitors: Vec<&'static str>,
    lines: BTreeMap<(Route, Object), Vec<String>>,
}

impl Table {
    pub(super) fn of(visitors: Vec<&'static str>) -> Self {
        Self { visitors, lines: BTreeMap::new() }
    }

    /// The answers of a line, in the order of the visitors.
    pub(super) fn put(&mut self, route: &Route, object: Object, answers: Vec<String>) {
        self.lines.insert((route.clone(), object), answers);
    }

    /// That no answer is a fault of the register's own.
    pub(super) fn has_no_fault(&self) {
        for ((route, object), answers) in &self.lines {
            assert!(!answers.iter().any(|answer| answer.starts_with('5')), "{route} ({object}): {answers:?}");
        }
    }

    fn text(&self) -> String {
        let wide = self.lines.keys().map(|(route, _)| route.to_string().len()).max().unwrap_or_default();
        let mut text = format!("{:wide$}  {:7}", "route", "object");
        for visitor in &self.visitors {
            text += &format!("  {visitor}");
        }
        text.push('\n');
        for ((route, object), answers) in &self.lines {
            text += &format!("{:wide$}  {object:7}", route.to_string());
            for (visitor, answer) in self.visitors.iter().zip(answers) {
                text += &format!("  {answer:width$}", width = visitor.len());
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }

    /// Holds the answers against the file.
    #[expect(clippy::disallowed_methods, reason = "how a person asks for the file to be written")]
    pub(super) fn holds(&self, file: &str) {
        let path = root().join("tests/tests/it/matrix").join(file);
        let text = self.text();
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &text).expect("the table is written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let key = |line: &str| line.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
        let before: BTreeMap<String, &str> = expected.lines().map(|line| (key(line), line)).collect();
        let after: BTreeMap<String, &str> = text.lines().map(|line| (key(line), line)).collect();
        let cells = |line: &str| line.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        let mut faults = String::new();
        for (key, line) in &after {
            match before.get(key) {
                None => faults += &format!("no line for {line}\n"),
                Some(old) if cells(old) != cells(line) => {
                    faults += &format!("  table: {old}\nanswers: {line}\n");
                }
                Some(_) => {}
            }
        }
        for (_, line) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
            faults += &format!("there is no such route any more: {line}\n");
        }
        assert!(faults.is_empty(), "{}\n{faults}", text.lines().next().unwrap_or_default());
    }
}
