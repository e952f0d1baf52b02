//! Incidents: what failed together, since when, who looks at it, where it comes from and whom it concerns.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::lineage::DatasetLink;
use crate::lineage::panel::ImpactRow;
use crate::parts::{Pager, Subject};
use crate::quality::{Gravity, IncidentState, RuleRow, Select};
use crate::{Choice, Chrome, Form, Markdown, Message, T, href};

/// An incident, as lists and the aside of a dataset show it.
///
/// Forms (where [`Incident::may_handle`]), each with `version` and optionally `back`: POST [`href::acknowledge_incident`]: no more
/// fields. POST [`href::assign_incident`]: `assignee` (a login; empty: nobody).
#[derive(Debug, Clone)]
pub struct Incident {
    /// Public id.
    pub id: String,
    /// What people call it: shown as `INC-204`.
    pub number: i64,
    /// The dataset.
    pub dataset: DatasetLink,
    /// How it stands.
    pub state: IncidentState,
    /// The gravest of its rules.
    pub gravity: Gravity,
    /// When the first of its rules failed.
    pub first_seen: DateTime<Utc>,
    /// When one of its rules last failed.
    pub last_seen: DateTime<Utc>,
    /// How many rules failed in it.
    pub rules: i64,
    /// The names of the first of them.
    pub names: Vec<String>,
    /// The columns that they are about.
    pub columns: Vec<String>,
    /// Who looks at it.
    pub assignee: Option<Subject>,
    /// Who acknowledged it.
    pub acknowledged: Option<(Option<Subject>, DateTime<Utc>)>,
    /// Until when nobody is told.
    pub muted_until: Option<DateTime<Utc>>,
    /// When it ended, and why: [`ENDS`], or what somebody wrote.
    pub resolved: Option<(DateTime<Utc>, Message)>,
    /// Where it probably comes from: the farthest first, the dataset itself last. Empty: not known.
    pub cause: Vec<CauseStep>,
    /// Why that is the likely cause.
    pub cause_said: Option<Message>,
    /// Whom it concerns: the first of them.
    pub impact: Vec<ImpactRow>,
    /// How many datasets it concerns.
    pub impact_datasets: i64,
    /// How many people and teams own them.
    pub impact_owners: i64,
    /// Its version, which forms send back.
    pub version: i64,
    /// Whether the reader may acknowledge, assign, mute, resolve it and write notes.
    pub may_handle: bool,
    /// Whom it can be given to: login and name; others can be typed.
    pub assignees: Vec<Choice>,
}

/// The keys of how an incident ended by itself; what a person wrote is `incident-said` with `text`.
pub const ENDS: [&str; 4] =
    ["incident-end-passed", "incident-end-retired", "incident-end-gone", "incident-said"];

/// The keys of [`CauseStep::said`] and [`Incident::cause_said`], with their arguments.
pub const CAUSES: [&str; 8] = [
    // `n`: so many rules fail there.
    "cause-rules",
    // `incident`.
    "cause-incident",
    // `column`, `what`: the schema changed.
    "cause-schema",
    // `job`: its last run failed.
    "cause-run",
    // `share`, `column`.
    "cause-value",
    // Not written since `since`.
    "cause-late",
    // The dataset itself.
    "cause-here",
    // `hops`: failing upstream, earlier, on the path.
    "cause-why",
];

impl Incident {
    /// What people call it.
    #[must_use]
    pub fn label(&self) -> String {
        format!("INC-{}", self.number)
    }

    /// The sentence below the number: how many rules on which columns.
    pub(crate) fn sentence(&self, t: &T) -> String {
        if self.columns.is_empty() {
            t.n("incident-rules", self.rules)
        } else {
            t.a2("incident-rules-on", "n", self.rules, "columns", self.columns_line())
        }
    }

    pub(crate) fn href(&self) -> String {
        href::incident(&self.id)
    }

    pub(crate) fn columns_line(&self) -> String {
        self.columns.join(", ")
    }

    /// How many hops up the cause lies.
    pub(crate) fn hops(&self) -> i64 {
        i64::try_from(self.cause.len()).unwrap_or(i64::MAX) - 1
    }

    pub(crate) fn more_impact(&self) -> i64 {
        self.impact_datasets - i64::try_from(self.impact.len()).unwrap_or(i64::MAX)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state == IncidentState::Resolved
    }

    pub(crate) fn may_acknowledge(&self) -> bool {
        self.may_handle && matches!(self.state, IncidentState::Open | IncidentState::Muted)
    }

    /// The form that assigns it: its own for each incident of a page.
    pub(crate) fn assigning(&self) -> String {
        format!("assign-{}", self.number)
    }
}

/// A dataset on the way from the likely cause to the incident.
#[derive(Debug, Clone)]
pub struct CauseStep {
    /// The dataset; `None`: the reader may only know that there is one.
    pub link: Option<DatasetLink>,
    /// The column on the way.
    pub column: Option<String>,
    /// What is the matter there: [`CAUSES`].
    pub said: Option<Message>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Whether it is the likely cause.
    pub is_cause: bool,
    /// The incident there.
    pub incident: Option<String>,
}

/// `/quality/incidents`. Query: `state` (a word of [`IncidentState`], or `all`; without it those that are not over), `severity`,
/// `assignee` (`me`, `nobody`, or a public id), `source`, `domain`, `after`.
///
/// Filter: GET to itself with the fields of [`IncidentsPage::filters`]. Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "quality/incidents.html")]
pub struct IncidentsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The filters: [`crate::quality::select::INCIDENT_FILTERS`], those with any choice.
    pub filters: Vec<Select>,
    /// Those of this page: the gravest first, then the newest.
    pub incidents: Vec<Incident>,
    /// Where the others are.
    pub pager: Pager,
}

impl IncidentsPage {
    fn is_filtered(&self) -> bool {
        self.filters.iter().any(|filter| !filter.chosen.is_empty())
    }
}

/// `/quality/incidents/{id}`.
///
/// Forms, each with `version`: those of [`Incident`]; POST [`href::mute_incident`]: `until` (`datetime-local`), `reason`;
/// POST [`href::unmute_incident`]: no more fields; POST [`href::resolve_incident`]: `reason` (required);
/// POST [`href::note_incident`]: `text` (required, Markdown).
#[derive(Debug, Clone, Template)]
#[template(path = "quality/incident.html")]
pub struct IncidentPage {
    /// The frame.
    pub chrome: Chrome,
    /// The incident.
    pub incident: Incident,
    /// Its rules.
    pub rules: Vec<RuleRow>,
    /// What happened, oldest first.
    pub timeline: Vec<Moment>,
    /// Other incidents of the dataset, and those that are open up and down from it.
    pub related: Vec<Incident>,
    /// What was typed: `incident` is the prefix of the mute form, `resolve` and `note` those of the others.
    pub mute: Form,
    /// What was typed.
    pub resolve: Form,
    /// What was typed.
    pub note: Form,
}

/// Something that happened to an incident.
#[derive(Debug, Clone)]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// What: [`EVENTS`].
    pub what: Message,
    /// Who; `None`: the register.
    pub by: Option<Subject>,
    /// The note, as Markdown.
    pub note: Option<String>,
}

/// The keys of [`Moment::what`], with their arguments.
pub const EVENTS: [&str; 12] = [
    // `rule`.
    "incident-event-opened",
    // `rule`, `value`.
    "incident-event-failed",
    // `rule`.
    "incident-event-passed",
    "incident-event-acknowledged",
    // `name`.
    "incident-event-assigned",
    "incident-event-unassigned",
    // `until`.
    "incident-event-muted",
    "incident-event-unmuted",
    "incident-event-note",
    // `severity`: a word of `Gravity`.
    "incident-event-severity",
    // `n`: so many were told.
    "incident-event-told",
    "incident-event-resolved",
];

impl Moment {
    pub(crate) fn markdown(&self) -> Option<Markdown> {
        self.note.as_deref().map(Markdown::new)
    }

    /// The symbol of what happened.
    pub(crate) fn icon(&self) -> &'static str {
        match &*self.what.key {
            "incident-event-opened" | "incident-event-failed" => "octagon-x",
            "incident-event-passed" | "incident-event-resolved" => "circle-check",
            "incident-event-muted" => "circle-pause",
            "incident-event-told" => "bell",
            "incident-event-note" => "file-text",
            "incident-event-severity" => "triangle-alert",
            _ => "user-round",
        }
    }
}
