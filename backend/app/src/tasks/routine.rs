//! What is done by the clock, in each replica.

use crate::app::App;
use crate::error::Result;
use futures::future::BoxFuture;
use std::time::Duration;

/// Something that is done again and again.
#[derive(Debug, Clone, Copy)]
pub struct Routine {
    /// For the log.
    pub name: &'static str,
    /// How long it rests between two times.
    pub every: Duration,
    /// Does it once.
    pub run: fn(App) -> BoxFuture<'static, Result<()>>,
}

impl Routine {
    /// Does it until the app stops. What fails is tried again the next time.
    pub(super) async fn keep(self, app: App) {
        while !app.is_stopping() {
            // Apart, so that a panic ends one time only.
            match tokio::spawn((self.run)(app.clone())).await {
                Ok(Ok(())) => {}
                Ok(Err(failure)) => {
                    tracing::warn!(routine = self.name, %failure, cause = failure.cause, "a routine failed");
                }
                Err(panic) => tracing::error!(routine = self.name, %panic, "a routine broke"),
            }
            tokio::select! {
                () = tokio::time::sleep(self.every) => {}
                () = app.stopped() => {}
            }
        }
    }
}
