//! What is going on: an event alarms once, goes on, becomes a shift or is over.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::told::{Alarm, News, Side};
use crate::width::{Page, TOGETHER, Widths};

/// Points within their bands after which an event is over.
const OVER: u8 = 2;
/// Points after an alarm or a jump in which weaker signs are not looked at.
const CALM: u16 = 8;

/// State of what is going on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Events {
    /// An event that is not over.
    pub(crate) open: Option<Open>,
    /// A point a little outside, which is no event by itself.
    doubt: Option<Open>,
    /// A weekday not seen before that goes as others do.
    pub(crate) today: Today,
    /// The level before the last shift, on the way it would have gone.
    pub(crate) former: Option<Former>,
    /// The event that was over last, while it may come up again, and for how many points.
    over: Option<(DateTime<Utc>, u16)>,
    /// Points in a row that lay where the former level was.
    back: u8,
    calm: u16,
    /// Points for which a drift is not news.
    settling: u16,
    /// Points after an event in which what lies outside still belongs to it.
    lingers: u16,
    /// Points after an event in which a drift belongs to it: what hour and weekday do must be found anew.
    settles: u16,
    /// The last errors within, in standard deviations, oldest first.
    recent: Vec<f64>,
    /// Points since the cumulated sum on either side was 0.
    climbing: (u32, u32),
    page: Page,
}

/// An event that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Open {
    pub(crate) since: DateTime<Utc>,
    pub(crate) above: bool,
    /// Points within their bands since the last one outside.
    within: u8,
}

/// What a day has shown of itself so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Today {
    day: i32,
    points: u16,
    low: f64,
    high: f64,
    /// Points lay outside the usual band.
    differs: bool,
}

impl Today {
    /// Whether the day goes as others do: enough points, over enough of the day's swing.
    pub(crate) fn is_usual(&self, day: i32, swing: f64) -> bool {
        self.day == day && !self.differs && self.points >= 8 && self.high - self.low >= swing / 3.0
    }

    /// A point of a day, with the part of the hour at it.
    pub(crate) fn add(&mut self, day: i32, hour: f64, usual: bool) {
        if self.day != day {
            *self = Self { day, low: hour, high: hour, ..Self::default() };
        }
        if usual {
            self.points += 1;
            (self.low, self.high) = (self.low.min(hour), self.high.max(hour));
        } else {
            self.differs = true;
        }
    }
}

/// A level that was left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Former {
    /// How far the new level lies from it.
    pub(crate) jump: f64,
    /// Points for which a return is not news of its own.
    left: u16,
}

pub(crate) fn side(above: bool) -> Side {
    if above { Side::Above } else { Side::Below }
}

impl Events {
    /// At the end of a history: `since` is the first point of a run outside that it ends with.
    pub(crate) fn resumed(
        since: Option<DateTime<Utc>>,
        apart: f64,
        errors: &[f64],
        sigma: f64,
        (lingers, settles): (u16, u16),
    ) -> Self {
        let mut events = Self { lingers, settles, ..Self::default() };
        events.open = since.map(|since| Open { since, above: apart > 0.0, within: 0 });
        if events.open.is_none() {
            let last = &errors[errors.len().saturating_sub(TOGETHER - 1)..];
            events.recent = last.iter().map(|error| (error / sigma).clamp(-3.0, 3.0)).collect();
        }
        events
    }

    /// Whether nothing is going on, so that the history may be looked at anew.
    pub(crate) fn quiet(&self) -> bool {
        self.open.is_none() && self.calm == 0
    }

    /// Takes over what is going on from before the history was looked at anew.
    /// `jump` is how far the level now lies from the former one.
    pub(crate) fn carried(&mut self, before: &Self, jump: f64) {
        self.clone_from(before);
        if let Some(former) = &mut self.former {
            former.jump = jump;
        }
    }

    /// A point outside its band, `error` standard deviations away. One that is not `glaring` is an event where another follows it.
    pub(crate) fn outside(
        &mut self,
        at: DateTime<Utc>,
        above: bool,
        glaring: bool,
        error: f64,
    ) -> (Option<Alarm>, Option<News>) {
        let doubt = self.doubt.take().filter(|doubt| doubt.above == above);
        if self.open.is_none() && self.over.is_none() && !glaring && doubt.is_none() {
            self.doubt = Some(Open { since: at, above, within: 0 });
            self.recent.push(error);
            self.page.add(error);
            return (None, None);
        }
        let began = doubt.map_or(at, |doubt| doubt.since);
        self.weak_signs_end();
        if let Some(open) = &mut self.open {
            // the swing back after a fall belongs to it
            open.within = 0;
            open.above = above;
            return (None, Some(News::GoesOn { since: open.since }));
        }
        if let Some((since, _)) = self.over.take() {
            self.open = Some(Open { since, above, within: 0 });
            return (None, Some(News::GoesOn { since }));
        }
        self.open = Some(Open { since: began, above, within: 0 });
        (Some(Alarm::Outside { side: side(above) }), None)
    }

    /// A new level after a run outside.
    pub(crate) fn shifted(&mut self, jump: f64, memory: u16) {
        self.closed();
        self.former = Some(Former { jump, left: memory });
        self.weak_signs_end();
    }

    /// Back at the former level.
    pub(crate) fn returned(&mut self) {
        self.closed();
        self.back = 0;
        self.former = None;
        self.weak_signs_end();
    }

    /// A point outside that lies where the former level was; two in a row are back there.
    pub(crate) fn back(&mut self) -> bool {
        self.back += 1;
        self.weak_signs_end();
        self.back >= 2
    }

    fn closed(&mut self) {
        if let Some(open) = self.open.take() {
            self.over = Some((open.since, self.lingers));
        }
    }

    /// Points are missing before this one.
    pub(crate) fn gap(&mut self, at: DateTime<Utc>) -> bool {
        let fresh = self.open.is_none();
        self.weak_signs_end();
        let fresh = fresh && self.over.is_none();
        if fresh {
            self.open = Some(Open { since: at, above: false, within: 0 });
        }
        fresh
    }

    fn weak_signs_end(&mut self) {
        self.calm = CALM;
        self.settling = self.settles;
        self.recent.clear();
        self.page = Page::default();
        self.climbing = (0, 0);
    }

    /// Time goes on by a point.
    pub(crate) fn tick(&mut self) {
        self.calm = self.calm.saturating_sub(1);
        if let Some((_, left)) = &mut self.over {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.over = None;
            }
        }
        if let Some(former) = &mut self.former {
            former.left = former.left.saturating_sub(1);
            if former.left == 0 {
                self.former = None;
            }
        }
        self.settling = self.settling.saturating_sub(1);
    }

    /// A point within its band: what it says together with those before, where the metric is `known`: what a season not found yet
    /// does looks like them. `error` is over spread.
    pub(crate) fn within(
        &mut self,
        at: DateTime<Utc>,
        error: f64,
        widths: &Widths,
        known: bool,
    ) -> (Option<Weak>, Option<News>) {
        self.back = 0;
        if let Some(doubt) = &mut self.doubt {
            doubt.within += 1;
            if doubt.within >= OVER {
                self.doubt = None;
            }
        }
        if let Some(open) = &mut self.open {
            open.within += 1;
            if open.within < OVER {
                return (None, None);
            }
            let since = open.since;
            self.closed();
            return (None, Some(News::Over { since }));
        }
        if !known {
            return (None, None);
        }
        self.recent.push(error / widths.sigma);
        while self.recent.len() > TOGETHER {
            self.recent.remove(0);
        }
        self.page.add(error / widths.sigma);
        self.climbing.0 = if self.page.up > 0.0 { self.climbing.0 + 1 } else { 0 };
        self.climbing.1 = if self.page.down > 0.0 { self.climbing.1 + 1 } else { 0 };
        if self.calm > 0 {
            return (None, None);
        }
        let weak = self.weak(widths);
        if let Some(weak) = weak {
            self.weak_signs_end();
            if weak.fresh {
                self.over = Some((at, self.lingers));
            }
        }
        (weak, None)
    }

    /// The last signs, where the last one is one of something that may have begun.
    pub(crate) fn suspect(&self) -> bool {
        self.doubt.is_some() || self.recent.last().is_some_and(|last| last.abs() > 3.0)
    }

    fn weak(&mut self, widths: &Widths) -> Option<Weak> {
        let sum: f64 = self.recent.iter().sum();
        let mean = sum / self.recent.len().max(1) as f64;
        if self.settling <= self.settles / 5 && self.recent.len() == TOGETHER && widths.few.side(sum) != 0 {
            return Some(Weak { above: sum > 0.0, points: TOGETHER as u32, drift: false, fresh: true, mean });
        }
        let above = self.page.up > widths.drift;
        if !above && self.page.down <= widths.drift {
            return None;
        }
        let fresh = self.settling == 0;
        let points = if above { self.climbing.0 } else { self.climbing.1 };
        Some(Weak { above, points, drift: true, fresh, mean })
    }
}

/// A sign that only several points give.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weak {
    pub(crate) above: bool,
    /// Of how many points.
    pub(crate) points: u32,
    pub(crate) drift: bool,
    /// Not part of an event that was told.
    pub(crate) fresh: bool,
    /// The mean of the last errors, in standard deviations.
    pub(crate) mean: f64,
}
