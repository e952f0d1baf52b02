//! A whole series, point by point: each is judged by what came before it only.

use crate::model::{LONGEST, Model};
use crate::options::Options;
use crate::point::{Point, Sample, Skipped};
use crate::told::Judgement;

/// A metric that is watched: its model and the points that it is made from.
#[derive(Clone, Debug)]
pub struct Watch {
    options: Options,
    samples: Vec<Sample>,
    skipped: Skipped,
    model: Model,
    since_learned: usize,
}

impl Watch {
    /// Nothing known yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let options = options.sound();
        let model = Model::of(&[], Skipped::default(), options);
        Self { options, samples: Vec::new(), skipped: Skipped::default(), model, since_learned: 0 }
    }

    /// The model as it stands.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Judges the next point, then learns from it. Points come in order; one that is not later than the last is compared only.
    pub fn push(&mut self, point: Point) -> Judgement {
        let judgement = self.model.take(point);
        if !point.value.is_finite() {
            self.skipped.not_finite += 1;
            return judgement;
        }
        if self.samples.last().is_some_and(|last| point.at <= last.at) {
            self.skipped.repeated += 1;
            return judgement;
        }
        self.samples.push(Sample::of(point, self.options.zone));
        self.since_learned += 1;
        self.learn();
        judgement
    }

    /// Looks at the history anew where it has grown by a twentieth and nothing is going on.
    fn learn(&mut self) {
        let quiet =
            self.model.shape.as_ref().is_none_or(|shape| shape.events.quiet() && !shape.events.suspect());
        let due = (self.samples.len() / 20).clamp(1, 96);
        // an event may last, but what is stuck must come loose
        if self.since_learned < due || !quiet && self.since_learned < 2 * due + 6 {
            return;
        }
        if self.samples.len() > LONGEST + LONGEST / 4 {
            self.samples.drain(..self.samples.len() - LONGEST);
        }
        let latest = &self.samples[self.samples.len().saturating_sub(LONGEST)..];
        let mut model = Model::of(latest, self.skipped, self.options);
        if let (Some(new), Some(old)) = (&mut model.shape, &self.model.shape) {
            let former = old.events.former.map_or(0.0, |former| old.scale.from(old.level.at - former.jump));
            new.events.carried(&old.events, new.level.at - new.scale.to(former));
            new.shift = new.shift.or(old.shift);
        }
        self.model = model;
        self.since_learned = 0;
    }
}

/// Judges a series point by point, each by what came before it only; a judgement for each point, in the order given.
#[must_use]
pub fn judge_series(series: &[Point], options: Options) -> Vec<Judgement> {
    let mut watch = Watch::new(options);
    series.iter().map(|point| watch.push(*point)).collect()
}
