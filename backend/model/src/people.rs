//! The words about people.

use crate::words::words;

words! {
    /// Who acts under a name.
    PersonKind, "kind of person" {
        /// Somebody who signs in with a password.
        Person = "person",
        /// A program: it has tokens and no password.
        Service = "service",
    }
}

words! {
    /// Whether somebody may do anything at all.
    PersonState, "state of a person" {
        /// They may do what they are granted.
        Active = "active",
        /// They may do nothing; what they did stays under their name.
        Disabled = "disabled",
    }
}
