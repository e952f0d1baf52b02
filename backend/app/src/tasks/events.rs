//! A task that runs, as events for a page that is open: `live` with its part of the page whenever something changed, `end`
//! when it is over. The stream looks at the queue, so it does not matter which replica runs the task; it asks for rights at
//! each look and for the session now and then, and ends with the process. After some minutes it ends by itself, and the
//! browser comes again.

use super::service::{self, TaskView};
use crate::access::Caller;
use crate::app::App;
use crate::error::{Failure, FailureKind, Result};
use crate::http::{Id, Member};
use crate::people::sessions;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use cadastre_frontend::tasks::TaskFragment;
use cadastre_frontend::{Chrome, Page};
use cadastre_model::PublicId;
use futures::{Stream, StreamExt, stream};
use std::convert::Infallible;
use std::time::{Duration, Instant};

/// How often the task is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// How often the session is asked for.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// How long one stream lasts.
const LASTS: Duration = Duration::from_secs(300);

/// The route.
pub(super) async fn stream(State(app): State<App>, member: Member, Id(id): Id) -> Result<Response> {
    // What is not there for the reader is said before anything flows.
    service::view(&app, &member.caller, id).await?;
    let stop = app.stop();
    let events = Watch::new(app, &member, id).events().take_until(async move { stop.cancelled().await });
    let mut response = Sse::new(events).keep_alive(KeepAlive::default()).into_response();
    // A proxy that buffers would hold back what is live.
    response.headers_mut().insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    Ok(response)
}

struct Watch {
    app: App,
    caller: Caller,
    session: Option<PublicId>,
    chrome: Chrome,
    id: PublicId,
    began: Instant,
    asked: Instant,
    shown: Option<Seen>,
    over: Stage,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Running,
    Over,
    Ended,
}

/// What a change is known by.
type Seen = (String, i64, bool, serde_json::Value, i64);

impl Watch {
    fn new(app: App, member: &Member, id: PublicId) -> Self {
        let chrome = member.chrome(&app);
        let now = Instant::now();
        Self {
            app,
            caller: member.caller.clone(),
            session: member.person.session,
            chrome,
            id,
            began: now,
            asked: now,
            shown: None,
            over: Stage::Running,
        }
    }

    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut watch| async move {
            let event = watch.next().await?;
            Some((Ok(event), watch))
        })
    }

    /// The next event; none when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        match self.over {
            Stage::Running => {}
            Stage::Over => {
                self.over = Stage::Ended;
                return Some(Event::default().event("end").data("over"));
            }
            Stage::Ended => return None,
        }
        while self.began.elapsed() < LASTS {
            if self.shown.is_some() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            match self.look().await {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                // The page stays as it is until the register answers again.
                Err(failure) if failure.kind == FailureKind::Unavailable => {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                Err(_) => return None,
            }
        }
        None
    }

    async fn look(&mut self) -> Result<Option<Event>> {
        if self.asked.elapsed() > ASK_EVERY {
            let session = self.session.ok_or_else(Failure::unauthenticated)?;
            if !sessions::is_in_force(&self.app, session).await? {
                return Err(Failure::unauthenticated());
            }
            self.asked = Instant::now();
        }
        self.caller.now = self.app.now();
        let view = service::view(&self.app, &self.caller, self.id).await?;
        let state = known_by(&view);
        if self.shown.as_ref() == Some(&state) {
            return Ok(None);
        }
        self.shown = Some(state);
        if view.task.state().is_over() {
            self.over = Stage::Over;
        }
        let fragment = TaskFragment { chrome: self.chrome.clone(), live: view.live() };
        let html = fragment.html().map_err(Failure::internal)?;
        // A carriage return would end the line of the event; in HTML it is space.
        Ok(Some(Event::default().event("live").data(html.replace('\r', " "))))
    }
}

fn known_by(view: &TaskView) -> Seen {
    let task = &view.task;
    (task.state.clone(), task.fence, task.cancel_requested, task.progress.clone(), task.line_count)
}
