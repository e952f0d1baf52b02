//! Quality: the tabs Quality and Profile of a dataset, the rule editor, the overview with its lists, incidents.
//!
//! Everything here is what the reader may see: what is hidden is absent from the structs and from every count. Cells come in
//! masked already ([`rows::Cell::Masked`]); nothing is masked here. Numbers are plain; [`Measure`] and [`Bound`] say them.

pub mod editor;
pub mod fields;
pub(crate) mod history;
pub mod incident;
pub mod lists;
pub mod measure;
pub mod overview;
pub mod profile;
pub mod rows;
pub mod rule;
pub mod score;
pub mod select;
pub mod tab;
pub mod words;

pub use measure::{Bound, Measure, Unit};
pub use rule::{Held, Next, RuleRow, RunMark};
pub use score::{Badge, Counts, DimensionScore, Points, Score};
pub use select::Select;
pub use words::{
    CastTo, Dimension, Gravity, HeldBy, IncidentState, Kind, Named, Operator, Outside, Past, RuleState, Step,
    Verdict,
};

/// The question of retiring a rule, and the word on its button; see [`crate::access::ConfirmPage`].
pub const RETIRE: (&str, &str) = ("confirm-retire-rule", "confirm-retire");

/// What follows from retiring, for [`crate::access::ConfirmPage::consequences`].
pub const RETIRE_CONSEQUENCES: [&str; 3] =
    ["confirm-retire-runs", "confirm-retire-history", "confirm-retire-incidents"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Message, T, notices};
    use chrono::DateTime;

    /// The lists of keys that handlers choose from.
    fn keys() -> Vec<&'static str> {
        let lists: [&[&'static str]; 11] = [
            &tab::SAID,
            &tab::GROUNDS,
            &tab::REASONS,
            &incident::ENDS,
            &incident::CAUSES,
            &incident::EVENTS,
            &lists::RUN_BY,
            &overview::IMPORTANCE,
            &profile::NO_PROFILE,
            &notices::NOTICES,
            &notices::SCOPES,
        ];
        let pairs =
            [editor::SCHEDULES.as_slice(), &editor::NULLS, &editor::LEARNED, &editor::TARGETS].concat();
        let labels = [select::RULE_FILTERS.as_slice(), &select::INCIDENT_FILTERS].concat();
        let second = pairs.into_iter().chain(labels).map(|(_, key)| key);
        lists
            .concat()
            .into_iter()
            .chain(RETIRE_CONSEQUENCES)
            .chain([RETIRE.0, RETIRE.1, profile::UNUSUAL])
            .chain(second)
            .collect()
    }

    /// The arguments that the lists name; the words of a key need no other ones.
    const ARGUMENTS: &[&str] = &[
        "age", "at", "bound", "by", "change", "column", "dataset", "days", "effect", "from", "high", "hops",
        "hour", "incident", "job", "level", "low", "n", "name", "pattern", "points", "reason", "right",
        "rows", "rule", "severity", "share", "since", "text", "times", "to", "until", "value", "weekday",
        "what",
    ];

    #[test]
    fn every_key_that_handlers_choose_from_has_its_words() {
        for language in [Language::En, Language::Zh] {
            let t = T::new(language, chrono_tz::UTC, DateTime::UNIX_EPOCH);
            let said = |key: &'static str| {
                let message =
                    ARGUMENTS.iter().fold(Message::new(key), |message, name| message.arg(name, "1"));
                t.message(&message)
            };
            let without: Vec<_> = keys().into_iter().filter(|key| said(key).starts_with('⟦')).collect();
            assert_eq!(without, Vec::<&str>::new(), "{language}");
        }
    }
}
