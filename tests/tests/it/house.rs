//! The house itself: what its rules say of the tree, held against the tree.

mod arrows;
mod openapi;
mod queries;
mod rooms;
