//! The graph held against plain searches over the same rows.

mod changes;
mod column_walks;
mod dataset_walks;
mod layout;
mod made;
mod neighbourhood;
mod oracle;
mod stories;
