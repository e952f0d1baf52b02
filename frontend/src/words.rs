//! The closed sets of words, and how each is called in the locale files.

use crate::jobs::{JobTab, Severity};
use crate::lineage::view::{Jobs, Level, Stale};
use crate::lineage::{Ends, Gap, Side, Standing};
use crate::notices::Channel;
use crate::quality::{
    CastTo, Dimension, Gravity, HeldBy, IncidentState, Kind, Named, Operator, Outside, Past, RuleState, Step,
    Verdict,
};
use cadastre_model::{
    Action, AssetKind, AssetState, ColumnType, ConstraintKind, DatasetKind, Effect, How, JobKind, Language,
    Maker, NameOrigin, ObjectKind, Origin, Role, RunState, Sensitivity, SourceKind, SubjectKind, TextField,
    Via,
};

/// A word of a closed set; its words for people have the key `{set}-{word}`.
pub trait Word {
    /// The key in the locale files.
    fn key(&self) -> String;
}

macro_rules! sets {
    ($($type:ident => $prefix:literal,)+) => {
        $(impl Word for $type {
            fn key(&self) -> String {
                format!("{}-{}", $prefix, self.as_str().replace('_', "-"))
            }
        })+

        fn keys_of_the_model() -> Vec<String> {
            let mut keys = Vec::new();
            $(keys.extend($type::ALL.iter().map(Word::key));)+
            keys
        }
    };
}

sets! {
    Action => "action",
    AssetKind => "asset-kind",
    AssetState => "state",
    ColumnType => "type",
    ConstraintKind => "constraint",
    DatasetKind => "kind",
    Effect => "effect",
    How => "how",
    JobKind => "job-kind",
    Language => "language",
    Maker => "maker",
    NameOrigin => "name-origin",
    ObjectKind => "object",
    Origin => "origin",
    Role => "role",
    RunState => "run-state",
    Sensitivity => "sensitivity",
    SourceKind => "source-kind",
    SubjectKind => "subject",
    TextField => "text",
    Via => "via",
}

impl<W: Word> Word for &W {
    fn key(&self) -> String {
        (**self).key()
    }
}

/// Every key of every closed set: the tests hold the locale files against it.
#[must_use]
pub fn all_keys() -> Vec<String> {
    fn of<W: Word>(all: &[W]) -> Vec<String> {
        all.iter().map(Word::key).collect()
    }
    let lineage = [of(Standing::ALL), of(Side::ALL), of(Gap::ALL), of(Ends::ALL)];
    let view = [of(Level::ALL), of(Jobs::ALL), of(Stale::ALL)];
    let jobs = [of(JobTab::ALL), of(Severity::ALL)];
    let quality = [of(Kind::ALL), of(Dimension::ALL), of(Gravity::ALL), of(RuleState::ALL), of(Verdict::ALL)];
    let rules =
        [of(HeldBy::ALL), of(Named::ALL), of(CastTo::ALL), of(Past::ALL), of(Step::ALL), of(Operator::ALL)];
    let told = [of(IncidentState::ALL), of(Outside::ALL), of(Channel::ALL), quality_keys()];
    [keys_of_the_model()]
        .into_iter()
        .chain(lineage)
        .chain(view)
        .chain(jobs)
        .chain(quality)
        .chain(rules)
        .chain(told)
        .flatten()
        .collect()
}

/// The keys of fields and headings that are made of the words of kinds.
fn quality_keys() -> Vec<String> {
    let fields = Kind::ALL.iter().flat_map(|kind| crate::quality::fields::fields(*kind));
    let of_fields = fields.flat_map(|field| {
        let hint = field.has_hint.then(|| field.hint_key());
        std::iter::once(field.label_key()).chain(hint)
    });
    of_fields.chain(Kind::ALL.iter().map(|kind| kind.measures_key())).collect()
}
