//! Rights, as the app uses them: against a naive reading of the same rules on random worlds, and by example.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by unwrapping it")]

mod agreement;
mod changes;
mod company;
mod examples;
mod giving;
mod metamorphic;
mod tables;
mod world;
