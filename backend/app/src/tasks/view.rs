//! From rows to what pages show.

use super::KINDS;
use super::progress::{Counts, Progress, StageState};
use super::queries::{LineRow, TaskRow};
use super::run::Reason;
use super::service::TaskView;
use cadastre_frontend::parts::{AssetLink, Changes, Subject};
use cadastre_frontend::tasks::{
    Level, Live, LogLine, Stage, StageState as ShownState, TaskRow as ShownTask, TaskState,
};
use cadastre_model::{AssetKind, Message, SubjectKind};

impl TaskRow {
    /// How it stands.
    pub(crate) fn state(&self) -> TaskState {
        TaskState::of_word(&self.state).unwrap_or(TaskState::Queued)
    }

    /// What it does.
    pub(crate) fn title(&self) -> Message {
        let kind = KINDS.iter().find(|kind| kind.word == self.kind);
        Message::new(kind.map_or("task-title", |kind| kind.title))
    }

    /// What it works on.
    pub(crate) fn asset(&self) -> AssetLink {
        AssetLink {
            id: self.asset_public_id.to_string(),
            kind: self.asset_kind.parse().unwrap_or(AssetKind::Source),
            name: self.asset_name.clone(),
            display_name: None,
            path: Vec::new(),
        }
    }

    /// Who asked for it; none: the register itself.
    pub(crate) fn asked_by(&self) -> Option<Subject> {
        let (id, name) = (self.person_public_id?, self.person_name.clone()?);
        Some(Subject { kind: SubjectKind::Person, id: id.to_string(), name })
    }

    /// How long the last attempt took or has taken, in milliseconds.
    pub(crate) fn took_ms(&self) -> Option<i64> {
        let until = self.finished_at.unwrap_or(self.now);
        self.started_at.map(|started| (until - started).num_milliseconds().max(0))
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> Progress {
        serde_json::from_value(self.progress.clone()).unwrap_or_default()
    }

    /// What it changed; none while it is not over.
    pub(crate) fn counts(&self) -> Option<Counts> {
        self.result.clone().and_then(|result| serde_json::from_value(result).ok())
    }

    /// Why the last attempt failed; not while another one runs. Without what the other side said for who does not manage
    /// the asset.
    pub(crate) fn reason(&self) -> Option<Reason> {
        let error = self.error.clone().filter(|_| self.state() != TaskState::Running)?;
        let mut reason: Reason = serde_json::from_value(error).ok()?;
        reason.detail = reason.detail.filter(|_| self.may_manage);
        Some(reason)
    }

    /// As a row of a list.
    pub(crate) fn shown(&self) -> ShownTask {
        ShownTask {
            id: self.public_id.to_string(),
            title: self.title(),
            asset: Some(self.asset()),
            state: self.state(),
            created: self.created_at,
            started: self.started_at,
            took_ms: self.took_ms(),
            changes: self.changes(),
            error: self.reason().map(|reason| reason.message),
        }
    }

    fn changes(&self) -> Option<Changes> {
        let counts = self.counts()?;
        let Counts { added, removed, changed } = counts;
        (counts != Counts::default()).then_some(Changes { added, removed, changed })
    }
}

impl TaskView {
    /// The part of a page that changes while it runs.
    pub(crate) fn live(&self) -> Live {
        let task = &self.task;
        let progress = task.progress();
        let reason = task.reason();
        Live {
            id: task.public_id.to_string(),
            state: task.state(),
            doing: progress.doing,
            done: count(progress.done),
            total: progress.total.map(count),
            took_ms: task.took_ms().unwrap_or(0),
            stages: progress.stages.into_iter().map(|one| stage(one, task.state())).collect(),
            changes: task.changes(),
            lines: self.lines.iter().filter_map(LineRow::shown).collect(),
            line_count: task.line_count,
            error: reason.as_ref().map(|reason| reason.message.clone()),
            error_detail: reason.and_then(|reason| reason.detail),
            may_cancel: true,
            is_stopping: task.cancel_requested && !task.state().is_over(),
        }
    }
}

impl LineRow {
    fn shown(&self) -> Option<LogLine> {
        let text = serde_json::from_value(self.message.clone()).ok()?;
        Some(LogLine { at: self.at, level: Level::of_word(&self.level), text })
    }
}

/// A task that came to its end has come to the end of each stage, whichever was told last.
fn stage(stage: super::progress::Stage, task: TaskState) -> Stage {
    let state = match stage.state {
        _ if task == TaskState::Done => ShownState::Done,
        StageState::Done => ShownState::Done,
        StageState::Now => ShownState::Now,
        StageState::Next => ShownState::Next,
    };
    Stage { name: stage.name, note: stage.note, state }
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
