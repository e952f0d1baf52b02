//! The rule editor: the form, the text, the compiled SQL, the dry-run.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::chart::Drawn;
use crate::jobs::code::Code;
use crate::lineage::DatasetLink;
use crate::markup::{Status, Tone};
use crate::parts::Subject;
use crate::quality::fields::{Field, fields};
use crate::quality::rows::Rows;
use crate::quality::rule::strip;
use crate::quality::{Bound, Dimension, Gravity, Held, Kind, Measure, RuleState, RunMark, Verdict};
use crate::{Choice, Chrome, Form, Message, T, href};

/// `/quality/rules/new` (query: `dataset`, a public id; `kind`; `from`, the public id of a rule to copy; `column`, a name) and
/// `/quality/rules/{id}` (query: `as`: `text`).
///
/// One form, POST to the page's own address ([`RuleEditorPage::action`]), prefix `rule`. The button sends `do`: `show` (the fields of
/// the chosen kind, YAML and SQL anew; also what Enter and scripts send, maybe without `do`), `dry_run`, `save`, `to_text`, `to_form`.
/// Nothing but `save` changes anything; all others answer 200 with the page (422 where the rule is wrong).
///
/// Fields: `as` (`form` or `text`), `version` (of a rule that is there), `dataset` (public id, or the name of the dataset in
/// the register), `for` (`one` or `many`) and `select_name` (with `many`) of a rule that is new. With `as=text`: `yaml`, a document of one rule.
/// With `as=form`: `kind`, the fields of [`fields`] for that kind (`column`, `columns` by comma, `values` and `schema` a line each (`name type`),
/// `blank`, `ordered`, `others` checkboxes, …), `name`, `title`, `where`, `nulls` (`pass` or `fail`), `warn` and `fail` (rows or a share, as the
/// language takes them), `severity`, `dimension` (empty: as the kind has it), `owner` (login or team), `learned`, `watermark`, `keep_rows`
/// (checkbox: `sample` of the language), `correction`, `schedule` (`on_request`, `after_update`, `cron`), `cron`, `zone`.
///
/// A fault of the language goes to its field by [`crate::quality::fields::field_at`] and into [`RuleEditorPage::faults`].
/// Beside: POST [`href::disable_rule`], [`href::enable_rule`], [`href::run_rule`]: no fields. [`href::retire_rule`]: GET asks first.
#[derive(Debug, Clone, Template)]
#[template(path = "quality/editor.html")]
pub struct RuleEditorPage {
    /// The frame.
    pub chrome: Chrome,
    /// The rule, where it is there already.
    pub rule: Option<Edited>,
    /// Its dataset, where one is chosen.
    pub dataset: Option<DatasetLink>,
    /// The columns of the dataset, to be offered.
    pub columns: Vec<String>,
    /// Whether the text is the truth.
    pub is_text: bool,
    /// Which kind's fields are shown.
    pub kind: Kind,
    /// What was typed, with what is wrong.
    pub form: Form,
    /// The rule as YAML; in the form beside the fields, as text in its box.
    pub yaml: String,
    /// What is wrong with it, all of it.
    pub faults: Vec<FaultRow>,
    /// What would be run; `None` while it is wrong or no dataset is chosen.
    pub compiled: Option<Compiled>,
    /// What a dry-run found.
    pub dry: Option<DryRun>,
    /// With a selection: how many datasets it finds now, and the first of them.
    pub selected: Option<(i64, Vec<DatasetLink>)>,
    /// Who can answer for it: login or team, and name; others can be typed.
    pub owners: Vec<Choice>,
    /// Whether the reader may save it; without, the page only shows.
    pub may_save: bool,
    /// Whether the reader may try it at the source.
    pub may_run: bool,
    /// Whether the reader may write SQL of their own (`sql`, `metric`, `where`, expressions).
    pub may_sql: bool,
}

/// A rule that is there.
#[derive(Debug, Clone)]
pub struct Edited {
    /// Public id.
    pub id: String,
    /// What people read.
    pub shown: String,
    /// Its version.
    pub version: i64,
    /// How it stands.
    pub state: RuleState,
    /// Its last runs.
    pub runs: Vec<RunMark>,
    /// Who changed it last, and when.
    pub changed: Option<(Option<Subject>, DateTime<Utc>)>,
    /// How many datasets it is for, where it is for a selection.
    pub datasets: Option<i64>,
    /// Whether the reader may disable and retire it.
    pub may_retire: bool,
}

/// Something wrong with a rule.
#[derive(Debug, Clone)]
pub struct FaultRow {
    /// The field, by [`crate::quality::fields::field_at`]; `None`: the rule as a whole.
    pub field: Option<&'static str>,
    /// The place in the language: `check.range.min`.
    pub at: String,
    /// The line of the text, from 1, where it is known.
    pub line: Option<i64>,
    /// What.
    pub what: Message,
}

/// What a rule becomes.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The statements.
    pub sql: Vec<Code>,
    /// The dialect, a proper name, with its version.
    pub dialect: String,
    /// The constraint that holds it: nothing is run.
    pub held: Option<Held>,
    /// Columns that are read, of how many.
    pub reads: Option<(i64, i64)>,
    /// The rows that are expected to be read.
    pub rows: Option<i64>,
    /// The account at the source that reads.
    pub account: Option<String>,
    /// After how long the source is told to stop, in milliseconds.
    pub limit_ms: i64,
}

/// What a dry-run found. Nothing of it is kept.
#[derive(Debug, Clone)]
pub struct DryRun {
    /// What would have become of it.
    pub verdict: Verdict,
    /// What was measured.
    pub value: Option<Measure>,
    /// What is allowed.
    pub bound: Bound,
    /// How many rows failed, of how many.
    pub failing: Option<(i64, i64)>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, where the numbers do not tell; a time-out offers a smaller part by [`RuleEditorPage::form`]'s `where`.
    pub why: Option<Message>,
    /// What the source said.
    pub detail: Option<String>,
    /// Failing rows, masked.
    pub rows: Rows,
}

impl Edited {
    fn is_disabled(&self) -> bool {
        self.state == RuleState::Disabled
    }
}

impl DryRun {
    /// What it would be: the tone of the verdict with a word for what has not come to be.
    fn status(&self, t: &T) -> Status {
        let key = match self.verdict {
            Verdict::Pass => "rule-would-pass",
            Verdict::Warn => "rule-would-warn",
            Verdict::Fail => "rule-would-fail",
            Verdict::Error | Verdict::Missed => "rule-would-error",
            Verdict::Open => "rule-would-open",
        };
        Status { tone: self.verdict.tone(), word: t.s(key) }
    }
}

impl RuleEditorPage {
    pub(crate) fn action(&self) -> String {
        self.rule.as_ref().map_or_else(href::new_rule, |rule| href::rule(&rule.id))
    }

    fn heading(&self, t: &T) -> String {
        self.rule.as_ref().map_or_else(|| t.s("rule-new"), |rule| rule.shown.clone())
    }

    fn fine(&self, t: &T) -> Status {
        Status { tone: Tone::Pass, word: t.s("rule-is-fine") }
    }

    fn wrong(&self, t: &T) -> Status {
        Status { tone: Tone::Fail, word: t.n("rule-is-wrong", self.faults.len()) }
    }

    fn hint_of(&self, field: &Field) -> String {
        if field.has_hint { field.hint_key() } else { String::new() }
    }

    /// The text by lines: a key with what is before it, and the rest.
    fn yaml_lines(&self) -> Vec<(&str, &str)> {
        let split = |line: &'_ str| line.find(": ").or_else(|| line.ends_with(':').then(|| line.len() - 1));
        self.yaml.lines().map(|line| line.split_at(split(line).unwrap_or(0))).collect()
    }

    fn strip(&self, t: &T) -> Drawn {
        self.rule.as_ref().map_or_else(Drawn::default, |rule| strip(&rule.runs, t))
    }

    /// Whether one of the fields that are folded away is set, or wrong.
    fn has_more(&self) -> bool {
        let folded = ["select_name", "watermark", "correction"];
        self.is_for_many()
            || !matches!(self.form.value("learned"), "" | "off")
            || folded.iter().any(|name| !self.form.value(name).is_empty() || self.form.error(name).is_some())
    }

    fn back(&self) -> String {
        let tab = |link: &DatasetLink| href::dataset_tab(&link.id, href::DatasetTab::Quality);
        self.dataset.as_ref().map_or_else(href::rules, tab)
    }

    fn fields(&self) -> Vec<Field> {
        fields(self.kind)
    }

    fn kinds(&self, t: &T) -> Vec<Choice> {
        let all = Kind::ALL.iter().filter(|kind| self.may_sql || **kind != Kind::Sql);
        all.map(|kind| Choice::new(kind.as_str(), t.w(kind))).collect()
    }

    fn severities(&self, t: &T) -> Vec<Choice> {
        Gravity::ALL.iter().rev().map(|one| Choice::new(one.as_str(), t.w(one))).collect()
    }

    fn dimensions(&self, t: &T) -> Vec<Choice> {
        let own = Choice::new("", t.s("rule-dimension-own"));
        let words = Dimension::ALL.iter().map(|one| Choice::new(one.as_str(), t.w(one)));
        std::iter::once(own).chain(words).collect()
    }

    fn schedules(&self, t: &T) -> Vec<Choice> {
        SCHEDULES.iter().map(|(word, key)| Choice::new(*word, t.s(key))).collect()
    }

    fn nulls(&self, t: &T) -> Vec<Choice> {
        NULLS.iter().map(|(word, key)| Choice::new(*word, t.s(key))).collect()
    }

    fn learned(&self, t: &T) -> Vec<Choice> {
        LEARNED.iter().map(|(word, key)| Choice::new(*word, t.s(key))).collect()
    }

    fn targets(&self, t: &T) -> Vec<Choice> {
        TARGETS.iter().map(|(word, key)| Choice::new(*word, t.s(key))).collect()
    }

    fn is_for_many(&self) -> bool {
        self.form.value("for") == "many"
    }

    /// Where a fault is mended: its field, or the text.
    fn fault_href(&self, fault: &FaultRow) -> String {
        let name = if self.is_text { "yaml" } else { fault.field.unwrap_or("kind") };
        format!("#{}", self.form.id(name))
    }
}

/// The values of `schedule`, with their keys.
pub const SCHEDULES: [(&str, &str); 3] = [
    ("on_request", "rule-schedule-request"),
    ("after_update", "rule-schedule-update"),
    ("cron", "rule-schedule-cron"),
];

/// The values of `nulls`, with their keys.
pub const NULLS: [(&str, &str); 2] = [("pass", "rule-nulls-pass"), ("fail", "rule-nulls-fail")];

/// The values of `learned`, with their keys.
pub const LEARNED: [(&str, &str); 4] = [
    ("off", "rule-learned-off"),
    ("low", "rule-learned-low"),
    ("normal", "rule-learned-normal"),
    ("high", "rule-learned-high"),
];

/// The values of `for`, with their keys.
pub const TARGETS: [(&str, &str); 2] = [("one", "rule-for-one"), ("many", "rule-for-many")];
