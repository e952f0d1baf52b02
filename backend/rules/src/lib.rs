//! Quality rules.
