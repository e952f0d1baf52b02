//! The register's own background work: a queue in PostgreSQL, workers in each replica.
//!
//! Whoever wants work done puts a task into the queue in their own transaction ([`enqueue`]); asking twice for the same
//! work while it waits or runs gives the same task. A worker claims a task (an attempt is counted before it begins), holds
//! it by a lease on the database's clock that a heartbeat renews, and carries the number of the attempt, the [`Fence`],
//! into everything it writes. A worker that dies, hangs or is paused loses the lease; the task comes back with a higher
//! fence, and what the old attempt still tries to write meets no row. What fails in a way that may pass is tried again
//! later; what does not, or too often, ends as failed with its reason; what only waits for its turn is no attempt. Somebody
//! may stop a task; a process that ends gives its tasks back.
//!
//! Each kind of task has one handler, in the feature that it belongs to ([`KINDS`]). Beside the queue each replica runs
//! the [`ROUTINES`]: what is due by the clock.
//!
//! Why this is our own and not a crate: `backend/decisions/tasks.md`.

mod api;
mod events;
mod fence;
mod lease;
mod pages;
mod progress;
pub(crate) mod queries;
mod queue;
mod routine;
mod run;
pub(crate) mod service;
mod sweep;
mod view;
mod worker;

pub(crate) use api::{TaskJson, api};
pub(crate) use pages::pages;
pub(crate) use service::live_of;

pub use fence::Fence;
pub use progress::{Counts, Level, Progress, Stage, StageState};
pub use queue::{Asked, NewTask, enqueue};
pub use routine::Routine;
pub use run::{Reason, Run, Trouble};
pub use sweep::sweep;
pub use worker::{Kind, work, work_on};

use crate::catalog::recent;
use crate::lineage::{self, activity};
use crate::notices;
use crate::people::sessions;
use crate::profile;
use crate::quality;
use crate::sources;
use std::time::Duration;

/// Every kind of task, with its handler.
pub const KINDS: &[Kind] = &[
    Kind {
        word: sources::crawl::KIND,
        title: "task-crawl",
        run: |app, run| Box::pin(sources::crawl::run(app, run)),
    },
    Kind { word: profile::KIND, title: "task-profile", run: |app, run| Box::pin(profile::run(app, run)) },
    Kind { word: lineage::KIND, title: "task-lineage", run: |app, run| Box::pin(lineage::run(app, run)) },
    Kind {
        word: notices::WEBHOOK,
        title: "task-webhook",
        run: |app, run| Box::pin(notices::send_webhook(app, run)),
    },
    Kind { word: notices::MAIL, title: "task-mail", run: |app, run| Box::pin(notices::send_mail(app, run)) },
    Kind { word: quality::KIND, title: "task-check", run: |app, run| Box::pin(quality::run(app, run)) },
];

/// What each replica does by the clock. Each sees to it by itself that it is done once.
pub const ROUTINES: &[Routine] = &[
    Routine {
        name: "schedules of sources",
        every: Duration::from_secs(1),
        run: |app| Box::pin(async move { sources::schedule::look(&app).await.map(drop) }),
    },
    Routine {
        name: "rules that are due",
        every: Duration::from_secs(1),
        run: |app| Box::pin(async move { quality::look(&app).await }),
    },
    Routine {
        name: "rules that follow an update",
        every: Duration::from_secs(10),
        run: |app| Box::pin(async move { quality::follow(&app).await.map(drop) }),
    },
    Routine {
        name: "files of rules, at new datasets",
        every: Duration::from_secs(10),
        run: |app| Box::pin(async move { quality::renew(&app).await }),
    },
    Routine {
        name: "schedules of profiles",
        every: Duration::from_secs(10),
        run: |app| Box::pin(async move { profile::schedule::look(&app).await.map(drop) }),
    },
    Routine {
        name: "people who are to be told",
        every: Duration::from_secs(1),
        run: |app| {
            Box::pin(async move {
                notices::tell(&app).await?;
                notices::deliver(&app).await
            })
        },
    },
    Routine {
        name: "sweep tasks and views",
        every: Duration::from_secs(3600),
        run: |app| {
            Box::pin(async move {
                recent::sweep(&app).await?;
                activity::sweep(&app).await?;
                quality::sweep(&app).await?;
                quality::carry(&app).await?;
                notices::sweep(&app).await?;
                sweep(&app).await.map(drop)
            })
        },
    },
    Routine {
        name: "sweep sessions",
        every: Duration::from_secs(300),
        run: |app| Box::pin(async move { sessions::sweep(&app).await.map(drop) }),
    },
];
