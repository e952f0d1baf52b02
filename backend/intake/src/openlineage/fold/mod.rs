//! One state of many events, whatever their order.
//!
//! A record of a job, of a run or of a dataset is made of one event (`of`) and takes in others (`merge`). Merging is a join of
//! a lattice: in any order, with any repetition, from any grouping, the same set of events ends in the same record. So a
//! client may lose the beginning and send it again, and two replicas may each take in a part.
//!
//! - A facet is a register: the newest `eventTime` wins, at the same time the greater content. `_deleted` writes its absence.
//! - The state of a run: a terminal event beats any other; among terminal ones the newest wins, at the same time fail before
//!   abort before complete. Without one: running before start before other.
//! - A run's datasets and column edges are the union over its events.
//! - A job reads and writes what its newest completed run did; without one, what its newest run did. A job event that says
//!   what is read or written counts as a run that completed at its time. The job's record only marks which run that is
//!   ([`JobRecord::current`]); the run's own record holds what it did, so that a job with a million runs stays small.
//!
//! Records are bounded by what is greatest or least in a fixed order, which keeps the join. A run that is long over can be
//! [reduced](RunRecord::reduce).

mod dataset;
mod job;
mod register;
mod run;

pub use dataset::DatasetRecord;
pub use job::{Current, JobRecord};
pub use register::{FacetMap, Latest};
pub use run::RunRecord;
