//! Every address of the pages, in one place. POST targets are said to be so; all else is GET.
//!
//! Ids are public ids. Nothing a person typed comes into a path; queries are encoded.

use std::fmt::Display;

use cadastre_model::Language;

pub use crate::jobs::JobTab;

macro_rules! fixed {
    ($($(#[$meta:meta])* $name:ident = $path:literal;)+) => {
        $($(#[$meta])* #[must_use] pub fn $name() -> String { $path.to_owned() })+
    };
}

macro_rules! one {
    ($($(#[$meta:meta])* $name:ident = $path:literal;)+) => {
        $($(#[$meta])* #[must_use] pub fn $name(id: impl Display) -> String { format!($path, id = id) })+
    };
}

fixed! {
    /// What needs the visitor.
    home = "/";
    /// The list with its filters.
    search = "/search";
    /// The tree from its top: the sources.
    browse = "/browse";
    /// Sources.
    sources = "/sources";
    /// The steps of adding a source; also the POST target of each step.
    new_source = "/sources/new";
    /// The register's own work.
    tasks = "/tasks";
    /// The tree of domains.
    domains = "/domains";
    /// The form for a new domain; also its POST target.
    new_domain = "/domains/new";
    /// People.
    people = "/people";
    /// The form for a new person; also its POST target.
    new_person = "/people/new";
    /// Teams.
    teams = "/teams";
    /// The form for a new team; also its POST target.
    new_team = "/teams/new";
    /// The visitor's own tokens; POST makes one.
    tokens = "/tokens";
    /// The visitor's own settings.
    account = "/account";
    /// POST: language, zone, theme of the visitor.
    account_settings = "/account/settings";
    /// POST: a new password of the visitor.
    account_password = "/account/password";
    /// POST: end all the visitor's other sessions.
    end_other_sessions = "/account/sessions/end";
    /// Quality of all data: scores, what fails, what nobody looks after.
    quality = "/quality";
    /// All rules.
    rules = "/quality/rules";
    /// The editor for a new rule; also its POST target.
    new_rule = "/quality/rules/new";
    /// Incidents.
    incidents = "/quality/incidents";
    /// What the visitor was told.
    notices = "/notices";
    /// POST: notices were read.
    read_notices = "/notices/read";
    /// What the visitor is told of; POST adds to it.
    subscriptions = "/notices/subscriptions";
    /// Lineage of the register: coverage, what could not be parsed, what is safe to drop.
    lineage = "/lineage";
    /// Data jobs.
    jobs = "/jobs";
    /// The form that takes definitions of jobs, pasted or as files; also its POST target.
    new_job = "/jobs/new";
    /// Roles and what they may.
    roles = "/access/roles";
    /// Grants on the register itself; POST makes one.
    register_access = "/access";
    /// The record of what was done.
    audit = "/audit";
    /// Settings and health.
    admin = "/admin";
    /// The API, described.
    api = "/api";
    /// The API's document.
    openapi = "/api/v1/openapi.json";
    /// Sign-in; also its POST target.
    sign_in = "/signin";
    /// POST: sign out.
    sign_out = "/signout";
    /// POST: the theme, with or without an account.
    theme = "/theme";
}

one! {
    /// A source, database or schema in the tree.
    container = "/browse/{id}";
    /// Who may do what in a source, database or schema; POST grants.
    container_access = "/browse/{id}/access";
    /// The forms for texts, owners, domain and sensitivity of a source, database or schema.
    edit_container = "/browse/{id}/edit";
    /// A dataset, at its first tab.
    dataset = "/d/{id}";
    /// The forms for texts, owners, domain and sensitivity of a dataset.
    edit_dataset = "/d/{id}/edit";
    /// The lineage of a dataset, drawn; its query is [`crate::lineage::view::View`].
    explorer = "/lineage/{id}";
    /// The ways from a dataset down to another.
    way = "/lineage/{id}/way";
    /// What a dataset or its column affects, as CSV; takes the query of [`explorer`].
    impact_csv = "/lineage/{id}/impact.csv";
    /// POST: draw an edge at a dataset by hand.
    draw_edge = "/d/{id}/lineage/edges";
    /// POST: run all rules of a dataset.
    run_rules = "/d/{id}/quality/run";
    /// POST: take rules that were suggested for a dataset.
    take_suggestions = "/d/{id}/quality/suggestions";
    /// POST: be told of incidents of a dataset, or no longer.
    watch = "/d/{id}/watch";
    /// POST: profile a dataset.
    profile = "/d/{id}/profile/run";
    /// The editor of a rule; also its POST target.
    rule = "/quality/rules/{id}";
    /// The runs of a rule.
    rule_runs = "/quality/rules/{id}/runs";
    /// The failing rows of a rule.
    rule_rows = "/quality/rules/{id}/rows";
    /// POST: run a rule.
    run_rule = "/quality/rules/{id}/run";
    /// POST: mute a rule until a moment.
    mute_rule = "/quality/rules/{id}/mute";
    /// POST: mute a rule no longer.
    unmute_rule = "/quality/rules/{id}/unmute";
    /// POST: disable a rule.
    disable_rule = "/quality/rules/{id}/disable";
    /// POST: enable a rule again.
    enable_rule = "/quality/rules/{id}/enable";
    /// POST: retire a rule; GET asks first.
    retire_rule = "/quality/rules/{id}/retire";
    /// An incident.
    incident = "/quality/incidents/{id}";
    /// POST: somebody looks at an incident.
    acknowledge_incident = "/quality/incidents/{id}/acknowledge";
    /// POST: who looks at an incident.
    assign_incident = "/quality/incidents/{id}/assign";
    /// POST: tell nobody of an incident until a moment.
    mute_incident = "/quality/incidents/{id}/mute";
    /// POST: tell of an incident again.
    unmute_incident = "/quality/incidents/{id}/unmute";
    /// POST: an incident is over.
    resolve_incident = "/quality/incidents/{id}/resolve";
    /// POST: a note on an incident.
    note_incident = "/quality/incidents/{id}/notes";
    /// POST: be told of something no longer.
    remove_subscription = "/notices/subscriptions/{id}/remove";
    /// POST: send something by a subscription, to try it.
    test_subscription = "/notices/subscriptions/{id}/test";
    /// What the visitor is told of, with an asset chosen.
    subscribe_to = "/notices/subscriptions?about={id}";
    /// A data job, at its first tab: the definition.
    job = "/j/{id}";
    /// A source.
    source = "/sources/{id}";
    /// The form for a source's connection, scope and schedule; also its POST target.
    edit_source = "/sources/{id}/edit";
    /// Who may do what in a source; POST grants.
    source_access = "/sources/{id}/access";
    /// POST: start a crawl.
    crawl = "/sources/{id}/crawl";
    /// POST: test the connection again.
    test_source = "/sources/{id}/test";
    /// POST: take the source out of the register; GET asks first.
    remove_source = "/sources/{id}/remove";
    /// A task.
    task = "/tasks/{id}";
    /// GET, server-sent events: `live` with the fragment of the page, `end` when the task is over.
    task_events = "/tasks/{id}/events";
    /// POST: cancel a task.
    cancel_task = "/tasks/{id}/cancel";
    /// A domain.
    domain = "/domains/{id}";
    /// The form for a domain; also its POST target.
    edit_domain = "/domains/{id}/edit";
    /// Who may do what in a domain; POST grants.
    domain_access = "/domains/{id}/access";
    /// POST: remove a domain; GET asks first.
    remove_domain = "/domains/{id}/remove";
    /// A person.
    person = "/people/{id}";
    /// POST: change a person.
    edit_person = "/people/{id}/edit";
    /// POST: disable a person; GET asks first.
    disable_person = "/people/{id}/disable";
    /// POST: enable a person again.
    enable_person = "/people/{id}/enable";
    /// POST: a new one-time password for a person.
    reset_password = "/people/{id}/password";
    /// A team.
    team = "/teams/{id}";
    /// POST: change a team.
    edit_team = "/teams/{id}/edit";
    /// POST: put a person into a team.
    add_member = "/teams/{id}/members";
    /// POST: remove a team; GET asks first.
    remove_team = "/teams/{id}/remove";
    /// POST: revoke a token; GET asks first.
    revoke_token = "/tokens/{id}/revoke";
    /// POST: end one of the visitor's sessions.
    end_session = "/account/sessions/{id}/end";
    /// POST: revoke a grant; GET asks first.
    revoke_grant = "/access/grants/{id}/revoke";
    /// Making the first administrator; also its POST target. The id is the token of the one-time link.
    set_up = "/setup/{id}";
    /// POST: one text of an asset.
    set_text = "/assets/{id}/text";
    /// POST: name an owner of an asset.
    add_owner = "/assets/{id}/owners";
    /// POST: an asset's domain.
    set_domain = "/assets/{id}/domain";
    /// POST: an asset's sensitivity.
    set_sensitivity = "/assets/{id}/sensitivity";
}

/// A tab of a dataset.
#[must_use]
pub fn dataset_tab(id: impl Display, tab: DatasetTab) -> String {
    match tab {
        DatasetTab::Schema => dataset(id),
        tab => format!("/d/{id}/{}", tab.as_str()),
    }
}

/// A column of a dataset.
#[must_use]
pub fn column(dataset: impl Display, column: impl Display) -> String {
    format!("/d/{dataset}/c/{column}")
}

/// POST: strike out an edge at a dataset, with a note; GET asks first.
#[must_use]
pub fn strike_edge(dataset: impl Display, edge: impl Display) -> String {
    format!("/d/{dataset}/lineage/edges/{edge}/strike")
}

/// POST: an edge that was struck out counts again.
#[must_use]
pub fn restore_edge(dataset: impl Display, edge: impl Display) -> String {
    format!("/d/{dataset}/lineage/edges/{edge}/restore")
}

/// The editor for a new rule of a dataset.
#[must_use]
pub fn new_rule_for(dataset: &str) -> String {
    with_query(new_rule(), "dataset", dataset)
}

/// The editor for a new rule like another one.
#[must_use]
pub fn rule_like(rule: &str) -> String {
    with_query(new_rule(), "from", rule)
}

/// A tab of a job.
#[must_use]
pub fn job_tab(id: impl Display, tab: JobTab) -> String {
    match tab {
        JobTab::Definition => job(id),
        tab => format!("/j/{id}/{}", tab.as_str()),
    }
}

/// A run of a job.
#[must_use]
pub fn run(job: impl Display, run: impl Display) -> String {
    format!("/j/{job}/runs/{run}")
}

/// The forms for texts and sensitivity of a column.
#[must_use]
pub fn edit_column(dataset: impl Display, column: impl Display) -> String {
    format!("/d/{dataset}/c/{column}/edit")
}

/// POST: one text of a column.
#[must_use]
pub fn set_column_text(dataset: impl Display, column: impl Display) -> String {
    format!("/d/{dataset}/c/{column}/text")
}

/// POST: a column's sensitivity.
#[must_use]
pub fn set_column_sensitivity(dataset: impl Display, column: impl Display) -> String {
    format!("/d/{dataset}/c/{column}/sensitivity")
}

/// POST: an owner of an asset no longer.
#[must_use]
pub fn remove_owner(asset: impl Display, owner: impl Display) -> String {
    format!("/assets/{asset}/owners/{owner}/remove")
}

/// POST: a person out of a team.
#[must_use]
pub fn remove_member(team: impl Display, person: impl Display) -> String {
    format!("/teams/{team}/members/{person}/remove")
}

/// The same page in a language: its query with `lang` set.
#[must_use]
pub fn with_language(url: &str, language: Language) -> String {
    with_query(local(url), "lang", language.as_str())
}

/// The address, when it leads to a page of this register; else home. `//host` and `/\host` lead elsewhere.
#[must_use]
pub fn local(url: &str) -> &str {
    let leads_away = url.starts_with("//") || url.starts_with("/\\") || url.contains(['\n', '\r', '\t']);
    if url.starts_with('/') && !leads_away { url } else { "/" }
}

/// The same page with one parameter set, whatever it was before. An empty value takes it away.
#[must_use]
pub fn with_query(url: impl AsRef<str>, name: &str, value: &str) -> String {
    let url = url.as_ref();
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut parts: Vec<String> = query
        .split('&')
        .filter(|part| !part.is_empty() && part.split('=').next() != Some(name))
        .map(str::to_owned)
        .collect();
    if !value.is_empty() {
        parts.push(format!("{name}={}", encoded(value)));
    }
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// A search from the start.
#[must_use]
pub fn search_for(query: &str) -> String {
    with_query(search(), "q", query)
}

/// Everything but letters, digits and `-_.~` as `%XX`.
pub(crate) fn encoded(value: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// The tabs of a dataset, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatasetTab {
    /// Its columns.
    Schema,
    /// What it is made from and what is made from it.
    Lineage,
    /// Its rules and how they stand.
    Quality,
    /// Counts, ranges, shares.
    Profile,
    /// Who may do what.
    Access,
    /// What changed, when, by whom.
    History,
    /// The longer text.
    Docs,
}

impl DatasetTab {
    /// All, from left to right.
    pub const ALL: [Self; 7] =
        [Self::Schema, Self::Lineage, Self::Quality, Self::Profile, Self::Access, Self::History, Self::Docs];

    /// The word in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Lineage => "lineage",
            Self::Quality => "quality",
            Self::Profile => "profile",
            Self::Access => "access",
            Self::History => "history",
            Self::Docs => "docs",
        }
    }

    /// The tab of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.as_str() == word)
    }

    /// The key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Schema => "tab-schema",
            Self::Lineage => "tab-lineage",
            Self::Quality => "tab-quality",
            Self::Profile => "tab-profile",
            Self::Access => "tab-access",
            Self::History => "tab-history",
            Self::Docs => "tab-docs",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_parameter_is_set_and_the_others_stay() {
        assert_eq!(with_query("/search?q=a&kind=table", "q", "b c"), "/search?kind=table&q=b%20c");
        assert_eq!(with_query("/search?q=a", "q", ""), "/search");
        assert_eq!(with_query("/d/1?at=2026", "lang", "zh"), "/d/1?at=2026&lang=zh");
        assert_eq!(search_for("订单"), "/search?q=%E8%AE%A2%E5%8D%95");
    }

    #[test]
    fn what_is_typed_cannot_leave_its_parameter() {
        assert_eq!(search_for("a&kind=view#x\"<"), "/search?q=a%26kind%3Dview%23x%22%3C");
    }

    #[test]
    fn an_address_that_leads_away_leads_home() {
        for away in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "",
            "/\t/evil",
        ] {
            assert_eq!(local(away), "/", "{away}");
        }
        assert_eq!(local("/d/1?at=2026"), "/d/1?at=2026");
    }

    #[test]
    fn the_first_tab_has_the_short_address() {
        assert_eq!(dataset_tab("7", DatasetTab::Schema), "/d/7");
        assert_eq!(dataset_tab("7", DatasetTab::History), "/d/7/history");
    }
}
