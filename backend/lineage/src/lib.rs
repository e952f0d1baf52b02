//! Where data comes from and where it goes: the graph in memory, its walks and its layout. No input, no output.
//!
//! The store keeps edges with all their evidence; [`LineageGraph`] keeps what walks need of them. It is built from all
//! open rows ([`LineageGraph::build`]) and follows the store by [`LineageGraph::apply`], which may see a change twice. A
//! picture of another day is another graph, built from what was open then: small ones are cheap.
//!
//! Whoever asks brings a [`Sight`] (their rights: what they don't see is absent, with every edge at it and every edge
//! it bears as a job, and nothing is bridged over it) and a [`Filter`] (their wish). Then:
//!
//! - [`LineageGraph::impact`]: everything up or down, with hop, shortest path and how; [`LineageGraph::reach`]: only
//!   how much, and the score.
//! - [`LineageGraph::neighbourhood`]: what fits on a page, with the rest counted; [`LineageGraph::compare`]: the same of two days.
//! - [`LineageGraph::routes`]: from A to B.
//! - [`LineageGraph::cycles`], [`LineageGraph::roots`], [`LineageGraph::leaves`], [`LineageGraph::coverage`],
//!   [`LineageGraph::without_lineage`].
//! - [`layout`]: boxes and curves for a neighbourhood, the same each time.
//!
//! Every order is by hop, then by id. Names are not known here, so a page that sorts by name sorts by itself.

mod apply;
mod edge;
mod facts;
mod filter;
mod graph;
pub mod layout;
mod paths;
mod places;
mod sight;
mod walk;

pub use edge::{Change, Edge, End};
pub use facts::{Facts, NodeId, NodeKind, NodeView};
pub use filter::{Filter, Hows};
pub use graph::{LineageGraph, Size};
pub use sight::{Covers, Names, See, Sight};
pub use walk::{
    Affected, Ask, Compared, Direction, Drawn, Impact, ImpactAsk, Jobs, Level, Limits, Link, Mark, More,
    Neighbourhood, Port, Reach, Routes, Survey,
};
