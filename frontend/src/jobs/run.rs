//! Runs of a job: rows, one run, and how long they took as bars.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::jobs::RunState;
use crate::jobs::job::{End, JobDataset, JobHead, ends};
use crate::{Chrome, Message};

/// A run in a list.
#[derive(Debug, Clone)]
pub struct RunRow {
    /// Its id in [`crate::href::run`].
    pub id: String,
    /// How it stands.
    pub state: RunState,
    /// When it began.
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<i64>,
    /// How many rows it wrote.
    pub rows: Option<i64>,
    /// How many bytes it wrote.
    pub bytes: Option<i64>,
    /// What its system said went wrong: the first line.
    pub error: Option<String>,
    /// The version of the definition that ran.
    pub version: Option<i64>,
}

/// `/j/{id}/runs/{run}`.
///
/// Forms: none.
#[derive(Debug, Clone, Template)]
#[template(path = "jobs/run.html")]
pub struct RunPage {
    /// The frame.
    pub chrome: Chrome,
    /// The job.
    pub head: JobHead,
    /// The run.
    pub run: RunRow,
    /// All that its system said went wrong; for who may edit the job.
    pub error: Option<String>,
    /// The run that it is a part of: what it is called, and its address where the reader may see it.
    pub parent: Option<(String, Option<String>)>,
    /// More that its system told: a name and a value.
    pub facets: Vec<(String, String)>,
    /// What it read.
    pub inputs: Vec<JobDataset>,
    /// What it wrote.
    pub outputs: Vec<JobDataset>,
    /// The moments that were told, oldest first.
    pub events: Vec<(DateTime<Utc>, Message)>,
}

impl RunPage {
    fn ends(&self) -> [End<'_>; 2] {
        ends(&self.inputs, &self.outputs)
    }
}

/// How long runs took, as bars of a picture 600 by 84: the oldest left.
#[derive(Debug, Clone, Default)]
pub struct Durations {
    /// The bars.
    pub bars: Vec<DurationBar>,
    /// The longest, in milliseconds.
    pub longest: i64,
    /// The one in the middle, in milliseconds.
    pub median: i64,
    /// Where the line of the median lies.
    pub median_y: i64,
}

/// A bar.
#[derive(Debug, Clone)]
pub struct DurationBar {
    /// Left edge.
    pub x: i64,
    /// Upper edge.
    pub y: i64,
    /// Width.
    pub w: i64,
    /// Height.
    pub h: i64,
    /// How the run ended.
    pub state: RunState,
    /// When it began.
    pub started: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
}

impl DurationBar {
    pub(crate) const fn class(&self) -> &'static str {
        match self.state {
            RunState::Failed => "bf",
            RunState::Done => "bp",
            _ => "bw",
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.state == RunState::Failed
    }
}

impl Durations {
    /// The width of the picture.
    pub const WIDTH: i64 = 600;
    /// The height of the picture.
    pub const HEIGHT: i64 = 84;
    const MOST: usize = 60;
    const TOP: i64 = 14;

    /// The bars of runs, newest first, as far as their times are known.
    #[must_use]
    pub fn of(runs: &[RunRow]) -> Self {
        let known: Vec<(RunState, DateTime<Utc>, i64)> = runs
            .iter()
            .take(Self::MOST)
            .filter_map(|run| Some((run.state, run.started?, run.took_ms?.max(0))))
            .collect();
        if known.is_empty() {
            return Self::default();
        }
        let mut lengths: Vec<i64> = known.iter().map(|(.., took)| *took).collect();
        lengths.sort_unstable();
        let (longest, median) = (lengths[lengths.len() - 1], lengths[lengths.len() / 2]);
        let height = |took: i64| (took.saturating_mul(Self::HEIGHT - Self::TOP) / longest.max(1)).max(2);
        let step = (Self::WIDTH / i64::try_from(known.len()).unwrap_or(1)).min(24);
        let bars = (0_i64..)
            .zip(known.into_iter().rev())
            .map(|(n, (state, started, took_ms))| DurationBar {
                x: n * step,
                y: Self::HEIGHT - height(took_ms),
                w: (step - 2).max(2),
                h: height(took_ms),
                state,
                started,
                took_ms,
            })
            .collect();
        Self { bars, longest, median, median_y: Self::HEIGHT - height(median) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seconds: i64, took_ms: Option<i64>) -> RunRow {
        RunRow {
            id: String::new(),
            state: RunState::Done,
            started: DateTime::from_timestamp(seconds, 0),
            ended: None,
            took_ms,
            rows: None,
            bytes: None,
            error: None,
            version: None,
        }
    }

    #[test]
    fn bars_stand_on_the_ground_the_oldest_left_and_the_longest_is_highest() {
        let durations =
            Durations::of(&[run(30, Some(10)), run(20, None), run(10, Some(1000)), run(0, Some(500))]);
        let bars: Vec<(i64, i64)> =
            durations.bars.iter().map(|bar| (bar.started.timestamp(), bar.h)).collect();
        assert_eq!(bars, [(0, 35), (10, 70), (30, 2)]);
        assert!(durations.bars.iter().all(|bar| bar.y + bar.h == Durations::HEIGHT));
        assert_eq!((durations.longest, durations.median), (1000, 500));
        assert!(durations.bars.iter().all(|bar| bar.x + bar.w <= Durations::WIDTH));
    }

    #[test]
    fn without_times_there_are_no_bars() {
        assert!(Durations::of(&[run(0, None)]).bars.is_empty());
    }
}
