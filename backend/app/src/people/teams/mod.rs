//! Teams: a tree of named groups of people. Who is in a team is also in the teams above it; everybody is in *everyone*,
//! which has no list of members and stays as it is.

mod membership;
mod queries;
mod store;
mod team;

pub use membership::{enrol, expel, members};
pub use queries::{Member, Team, find, list, tree};
pub use team::{NewTeam, TeamEdit, add, edit, remove};
