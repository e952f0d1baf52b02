//! What a change came by.

use crate::words::words;

words! {
    /// The way by which a change reached the register.
    Via, "way" {
        /// A person in the browser.
        Page = "page",
        /// A token, through the API.
        Token = "token",
        /// The command line, beside the database.
        Cli = "cli",
        /// A crawl.
        Crawl = "crawl",
        /// A run event.
        Event = "event",
        /// Another task of the register.
        Task = "task",
    }
}
