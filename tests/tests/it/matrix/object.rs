//! What a route is asked for: something in the visitors' own domain, something in another, something that never was.

use cadastre_tests::routes::Route;
use cadastre_tests::world::Things;
use std::fmt;

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Object {
    /// In the domain that people have their role in.
    Own,
    /// In another domain.
    Foreign,
    /// Nowhere.
    Absent,
    /// The route names nothing.
    None,
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Own => "own",
            Self::Foreign => "foreign",
            Self::Absent => "absent",
            Self::None => "-",
        })
    }
}

/// Parameters that are words and no ids.
const WORDS: &[(&str, &str)] = &[("{field}", "description"), ("{language}", "en")];

/// An id that nothing has.
const NOTHING: &str = "00000000-0000-4000-8000-000000000000";

impl Object {
    /// What a route may be asked for.
    pub(crate) fn all_of(route: &Route) -> &'static [Self] {
        if route.path.contains('{') && !route.path.contains("{*") && !route.path.starts_with("/setup") {
            &[Self::Absent, Self::Foreign, Self::Own]
        } else {
            &[Self::None]
        }
    }

    /// The route's path with this object in it.
    pub(crate) fn path(self, route: &Route, own: &Things, foreign: &Things) -> String {
        let parts: Vec<&str> = route.path.split('/').collect();
        let filled = parts.iter().enumerate().map(|(place, part)| {
            if !part.starts_with('{') {
                return (*part).to_owned();
            }
            if let Some((_, word)) = WORDS.iter().find(|(parameter, _)| parameter == part) {
                return (*word).to_owned();
            }
            match self {
                Self::Own => id(parts[place - 1], part, own),
                Self::Foreign => id(parts[place - 1], part, foreign),
                Self::Absent => NOTHING.to_owned(),
                Self::None if part.starts_with("{*") => "css/app.css".to_owned(),
                Self::None => "no-such-link".to_owned(),
            }
        });
        filled.collect::<Vec<_>>().join("/")
    }

    /// The ids of everything that it may be.
    pub(crate) fn ids(self, own: &Things, foreign: &Things) -> Vec<String> {
        match self {
            Self::Own => own.ids(),
            Self::Foreign => foreign.ids(),
            Self::Absent => vec![NOTHING.to_owned()],
            Self::None => Vec::new(),
        }
    }
}

/// The id that a parameter stands for, by the word before it.
fn id(before: &str, parameter: &str, things: &Things) -> String {
    let id = match before {
        "d" | "datasets" | "assets" | "lineage" | "ways" => things.dataset,
        "c" | "columns" => things.column,
        "browse" | "containers" | "schemas" => things.schema,
        "sources" => things.source,
        "tasks" => things.task,
        "domains" => things.domain,
        "people" | "members" => things.person,
        "owners" => things.person,
        "teams" => things.team,
        "tokens" => things.token,
        "sessions" => things.session,
        "grants" => things.grant,
        "j" | "jobs" => things.job,
        "edges" => things.edge,
        "runs" => things.run,
        "rules" => things.rule,
        "incidents" => things.incident,
        "subscriptions" => things.subscription,
        other => panic!("the matrix has nothing for {parameter} after /{other}/: give World one"),
    };
    id.to_string()
}
