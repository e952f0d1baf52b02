//! Quality: the tabs, the editor, the overview, incidents, notices.

use crate::quality::tab::HeadQuality;
use crate::quality::{Badge, Points};

pub(super) fn head_quality() -> HeadQuality {
    let points = Points { earned: 64, possible: 70 };
    HeadQuality { badge: Badge { rules: 18, failing: 2, warning: 1, unmeasured: 0, points }, incidents: 1 }
}
