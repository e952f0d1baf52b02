//! Quality: the tabs, the editor, the overview, incidents, notices.

mod editor;
mod incidents;
mod lists;
mod notices;
mod profile;
mod rules;
mod tab;

use super::Album;
use crate::RenderError;
use crate::quality::tab::HeadQuality;
use crate::quality::{Badge, Points};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    tab::add(album)?;
    editor::add(album)?;
    lists::add(album)?;
    incidents::add(album)?;
    profile::add(album)?;
    notices::add(album)
}

pub(super) fn head_quality() -> HeadQuality {
    let points = Points { earned: 64, possible: 70 };
    HeadQuality { badge: Badge { rules: 18, failing: 2, warning: 1, unmeasured: 0, points }, incidents: 1 }
}
