//! What others say about jobs, read into one neutral form: OpenLineage events, dbt artifacts, Flume agents, Kafka Connect
//! connectors. Bytes in, values out: no file, no database, no clock, no network.
//!
//! The form is [`declared`]. Each reader gives a [`Declared`] (jobs, datasets, runs, test results) and says in
//! [`Notice`]s what it did not understand, with the place. [`openlineage::fold`] makes one state of events in any order.

mod address;
pub mod dbt;
pub mod declared;
pub mod flume;
pub mod kafka_connect;
mod naming;
mod notice;
pub mod openlineage;
mod properties;
pub mod secrets;

pub use declared::{
    ColumnEdge, Declared, DeclaredDataset, DeclaredJob, DeclaredRun, DeclaredTest, Definition, Field, How,
    JobKind, JobRef, JobType, Lifecycle, LifecycleChange, Owner, Pair, RunIo, RunRef, RunState, SourceCode,
    Tag, TestStatus,
};
pub use naming::{DatasetRef, Platform, Sort, platform_of};
pub use notice::{Expected, Notice, Place, Remark};
