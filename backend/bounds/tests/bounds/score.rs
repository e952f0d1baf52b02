//! The floor under the score: seeds that were not looked at while the crate was made, a little below what is reached on them (0.911
//! and 0.819, worse than on others: see `backend/decisions/learned-bounds.md`). The whole comparison is `examples/score`.

use bounds::{Options, judge_series};

use crate::scenes::scene;
use crate::tally::Tally;

#[test]
fn events_are_found_and_little_else() {
    let mut tally = Tally::default();
    for seed in 20_000..20_200 {
        let scene = scene(seed);
        let options = Options { zone: scene.zone, domain: scene.domain, ..Options::default() };
        let judged = judge_series(&scene.points, options);
        let alarms: Vec<usize> = (0..judged.len()).filter(|&index| judged[index].alarm.is_some()).collect();
        tally.add(&scene, &alarms);
    }
    let told = format!(
        "precision {:.3} recall {:.3} quiet {:.2}",
        tally.precision(),
        tally.recall(),
        tally.quiet_rate()
    );
    assert!(tally.events > 300 && tally.quiet_points > 10_000, "{tally:?}");
    assert!(tally.precision() >= 0.90, "{told}");
    assert!(tally.recall() >= 0.81, "{told}");
    assert!(tally.quiet_rate() <= 1.0, "{told}");
}
