//! How far something is, on one line of the terminal. Where stderr is no terminal, nothing is said.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(200);

/// A line that is written over and over.
pub(super) struct Progress {
    what: &'static str,
    seen: bool,
    last: Option<Instant>,
}

impl Progress {
    pub(super) fn new(what: &'static str) -> Self {
        Progress { what, seen: stderr().is_terminal(), last: None }
    }

    /// Says how many bytes are done, and of how many, where that is known.
    pub(super) fn tell(&mut self, done: u64, all: Option<u64>) {
        if !self.seen || self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        self.last = Some(Instant::now());
        let of = all.map(|all| format!(" of {:.1}", megabytes(all))).unwrap_or_default();
        self.write(&format!("\r{}: {:.1}{of} MB", self.what, megabytes(done)));
    }

    /// Says how many are done of how many.
    pub(super) fn tell_count(&mut self, done: u64, all: u64) {
        if !self.seen || self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        self.last = Some(Instant::now());
        self.write(&format!("\r{}: {done} of {all}", self.what));
    }

    /// Clears the line.
    pub(super) fn end(&mut self) {
        if self.last.is_some() {
            self.write(&format!("\r{:60}\r", ""));
        }
    }

    /// Progress that cannot be shown is no reason to stop.
    fn write(&mut self, text: &str) {
        let written = stderr().write_all(text.as_bytes()).and_then(|()| stderr().flush());
        self.seen = written.is_ok();
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
