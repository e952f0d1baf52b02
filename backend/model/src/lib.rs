//! Ids, names, enums and value objects of the register. No input, no output: nothing here reads a clock,
//! a file, a socket or a database.

mod catalog;
mod change;
mod cron;
mod ids;
mod lineage;
mod message;
mod names;
mod people;
mod rights;
mod text;
mod words;

pub use catalog::{AssetKind, AssetState, ColumnType, ConstraintKind, DatasetKind, NameOrigin, SourceKind};
pub use change::Via;
pub use cron::{Cron, CronError, next_after};
pub use ids::{
    AssetId, ChangeSetId, ColumnId, EdgeId, GrantId, PersonId, PublicId, SubjectId, TaskId, TeamId, TokenId,
    Version,
};
pub use lineage::{How, JobKind, Maker, RunState, Understood};
pub use message::Message;
pub use names::{AssetName, MatchRule};
pub use people::{PersonKind, PersonState};
pub use rights::{Action, Effect, ObjectKind, Role, Sensitivity, SubjectKind, TokenScope};
pub use text::{Language, Origin, TextField};
pub use words::Unknown;
