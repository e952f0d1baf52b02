//! The end of the process: the first SIGTERM or SIGINT asks, the second one does not wait.
//!
//! Asked, `/readyz` turns false at once, requests and tasks under way finish, the private PostgreSQL stops. Hurried,
//! the process is gone within a second, whatever it was doing.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long the rest of the process has after the second signal.
const HURRY: Duration = Duration::from_millis(700);
/// The exit code after a second signal.
const HURRIED: i32 = 130;

/// Knows whether the process was asked to end. Cheap to clone; all clones say the same.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    asked: CancellationToken,
    hurried: CancellationToken,
}

impl Shutdown {
    /// One that is asked by code only, as in tests.
    pub fn by_hand() -> Self {
        Shutdown::default()
    }

    /// One that SIGTERM and SIGINT ask. From here on they do not end the process by themselves.
    pub fn by_signal() -> std::io::Result<Self> {
        let shutdown = Shutdown::default();
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::spawn(shutdown.clone().listen(terminate, interrupt));
        Ok(shutdown)
    }

    /// Asks the process to end.
    pub fn ask(&self) {
        self.asked.cancel();
    }

    /// Whether the process was asked to end: `/readyz` is false from then on.
    pub fn is_asked(&self) -> bool {
        self.asked.is_cancelled()
    }

    /// Returns when the process was asked to end.
    pub async fn asked(&self) {
        self.asked.cancelled().await;
    }

    /// Returns when it was asked twice: leave everything and go.
    pub async fn hurried(&self) {
        self.hurried.cancelled().await;
    }

    /// The token behind [`Shutdown::asked`], for what waits for tokens.
    pub fn token(&self) -> CancellationToken {
        self.asked.clone()
    }

    async fn listen(self, mut terminate: Signal, mut interrupt: Signal) {
        either(&mut terminate, &mut interrupt).await;
        tracing::info!("stopping: asked by a signal; another one does not wait");
        self.ask();
        either(&mut terminate, &mut interrupt).await;
        self.hurried.cancel();
        // A thread, because the runtime may be what hangs.
        std::thread::spawn(|| {
            std::thread::sleep(HURRY);
            std::process::exit(HURRIED);
        });
    }
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_clones_are_asked_at_once() {
        let shutdown = Shutdown::by_hand();
        let clone = shutdown.clone();
        assert!(!clone.is_asked());
        shutdown.ask();
        clone.asked().await;
        assert!(clone.is_asked() && clone.token().is_cancelled() && !clone.hurried.is_cancelled());
    }
}
