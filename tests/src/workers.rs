//! The workers of one replica, as `serve` runs them.

use cadastre::app::App;
use cadastre::tasks::{KINDS, Kind, work_on};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Workers, until they are stopped or the runtime ends.
#[derive(Debug)]
pub struct Workers {
    stop: CancellationToken,
    work: JoinHandle<()>,
}

impl Workers {
    /// Starts those of a replica.
    #[must_use]
    pub fn start(app: &App) -> Self {
        Self::on(app, KINDS)
    }

    /// The same on these kinds alone.
    #[must_use]
    pub fn on(app: &App, kinds: &'static [Kind]) -> Self {
        let (app, stop) = (app.clone(), CancellationToken::new());
        let token = stop.clone();
        Self { stop, work: tokio::spawn(async move { work_on(&app, kinds, token).await }) }
    }

    /// Tells them to stop, and waits until they have.
    ///
    /// # Panics
    /// When they panicked.
    pub async fn stop(self) {
        self.stop.cancel();
        self.work.await.expect("the workers end");
    }
}
