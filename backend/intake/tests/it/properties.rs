//! The same set of events ends in the same records: in any order, with repetitions, from parts that were folded apart.

use cadastre_intake::RunState;
use cadastre_intake::openlineage::fold::{Current, DatasetRecord, JobRecord, RunRecord};
use cadastre_intake::openlineage::{Event, read_value};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everything that the house keeps, by key.
#[derive(Debug, Clone, Default, PartialEq)]
struct House {
    jobs: BTreeMap<String, JobRecord>,
    runs: BTreeMap<String, RunRecord>,
    datasets: BTreeMap<String, DatasetRecord>,
}

/// Through JSON, as the database keeps it.
fn stored<T: Serialize + DeserializeOwned>(record: &T) -> T {
    serde_json::from_value(serde_json::to_value(record).unwrap()).unwrap()
}

fn put<T: Clone + Serialize + DeserializeOwned>(
    map: &mut BTreeMap<String, T>,
    key: String,
    new: &T,
    merge: impl Fn(&mut T, &T),
) {
    match map.get_mut(&key) {
        Some(mine) => {
            merge(mine, new);
            *mine = stored(mine);
        }
        None => {
            map.insert(key, stored(new));
        }
    }
}

impl House {
    fn take(&mut self, event: &Event) {
        let mut one = Self::default();
        one.jobs.extend(JobRecord::of(event).map(|job| (job.at.name.clone(), job)));
        one.runs.extend(RunRecord::of(event).map(|run| (format!("{} {}", run.at.id, run.at.job.name), run)));
        one.datasets
            .extend(DatasetRecord::all_of(event).into_iter().map(|record| (record.at.to_string(), record)));
        self.join(&one);
    }

    fn join(&mut self, other: &Self) {
        for (key, record) in &other.jobs {
            put(&mut self.jobs, key.clone(), record, JobRecord::merge);
        }
        for (key, record) in &other.runs {
            put(&mut self.runs, key.clone(), record, RunRecord::merge);
        }
        for (key, record) in &other.datasets {
            put(&mut self.datasets, key.clone(), record, DatasetRecord::merge);
        }
    }

    fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut house = Self::default();
        events.into_iter().for_each(|event| house.take(event));
        house
    }
}

fn facet(content: &Value, deleted: bool) -> Value {
    let mut facet = json!({"_producer": "a:b", "_schemaURL": "a:b", "value": content});
    if deleted {
        facet["_deleted"] = json!(true);
    }
    facet
}

prop_compose! {
    fn dataset()(name in "[ab]", facet_name in "[fg]", value in 0..3_u8, gone in any::<bool>(), rows in 0..3u8, change in 0..3usize) -> Value {
        let word = ["CREATE", "DROP", "ALTER"][change];
        json!({
            "namespace": "n", "name": name,
            "facets": {
                facet_name: facet(&json!(value), gone),
                "lifecycleStateChange": {"_producer": "a:b", "_schemaURL": "a:b", "lifecycleStateChange": word},
                "version": {"_producer": "a:b", "_schemaURL": "a:b", "datasetVersion": value.to_string()},
                "columnLineage": {"_producer": "a:b", "_schemaURL": "a:b", "fields": {"x": {"inputFields": [
                    {"namespace": "n", "name": "a", "field": value.to_string()}]}}},
            },
            "outputFacets": {"outputStatistics": {"_producer": "a:b", "_schemaURL": "a:b", "rowCount": rows}},
            "inputFacets": {"inputStatistics": {"_producer": "a:b", "_schemaURL": "a:b", "rowCount": rows}},
        })
    }
}

prop_compose! {
    fn event()(
        shape in 0..6u8,
        state in prop::sample::select(vec!["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]),
        second in 0..4u8,
        run in 0..3u8,
        job in "[jk]",
        value in 0..3_u8,
        inputs in prop::collection::vec(dataset(), 0..3),
        outputs in prop::collection::vec(dataset(), 0..3),
        silent in any::<bool>(),
    ) -> Event {
        let facets = json!({"documentation": {"_producer": "a:b", "_schemaURL": "a:b", "description": value.to_string()}});
        let mut event = json!({
            "eventTime": format!("2026-01-01T00:00:0{second}Z"), "producer": "a:b", "schemaURL": "a:b",
        });
        if shape == 0 {
            event["dataset"] = outputs.first().cloned().unwrap_or(json!({"namespace": "n", "name": "a"}));
            return read_value(event).unwrap();
        }
        event["job"] = json!({"namespace": "n", "name": job, "facets": facets});
        if !silent {
            event["inputs"] = json!(inputs);
            event["outputs"] = json!(outputs);
        }
        if shape > 1 {
            event["eventType"] = json!(state);
            event["run"] = json!({"runId": format!("3f5e83fa-3480-44ff-99c5-ff943904e5e{run}"), "facets": {
                "parent": {"_producer": "a:b", "_schemaURL": "a:b", "run": {"runId": "3f5e83fa-3480-44ff-99c5-ff943904e5e8"},
                    "job": {"namespace": "n", "name": value.to_string()}}}});
        }
        read_value(event).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_repetition_any_grouping(
        (events, shuffled) in prop::collection::vec(event(), 1..14)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        lost in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let expected = House::of(&events);
        prop_assert_eq!(&House::of(&shuffled), &expected, "any order");

        let mut repeated = shuffled.clone();
        repeated.extend(again.iter().map(|index| index.get(&events).clone()));
        prop_assert_eq!(&House::of(&repeated), &expected, "any repetition");

        let lost = lost.index(events.len());
        let resent = events[lost..].iter().chain(&events);
        prop_assert_eq!(&House::of(resent), &expected, "the beginning lost, and all of it sent again");

        let cut = cut.index(events.len());
        let mut apart = House::of(&shuffled[cut..]);
        apart.join(&House::of(&shuffled[..cut]));
        prop_assert_eq!(&apart, &expected, "two halves folded apart");
        let mut twice = expected.clone();
        twice.join(&expected);
        prop_assert_eq!(&twice, &expected, "taken in by itself");
    }
}

fn run_event(state: &str, second: u8, run: u8, output: &str) -> Event {
    read_value(json!({
        "eventType": state, "eventTime": format!("2026-01-01T00:00:0{second}Z"), "producer": "a:b", "schemaURL": "a:b",
        "run": {"runId": format!("3f5e83fa-3480-44ff-99c5-ff943904e5e{run}")},
        "job": {"namespace": "n", "name": "j"},
        "outputs": if output.is_empty() { json!([]) } else { json!([{"namespace": "n", "name": output}]) },
    }))
    .unwrap()
}

fn job_of(house: &House) -> Vec<String> {
    let job = &house.jobs["j"];
    let run = house.runs.values().find(|run| job.current() == Current::Run(run.at.id));
    job.declare(run).outputs.into_iter().map(|output| output.name).collect()
}

#[test]
fn a_job_writes_what_its_newest_completed_run_wrote() {
    let first = [run_event("START", 1, 1, "a"), run_event("COMPLETE", 2, 1, "")];
    assert_eq!(job_of(&House::of(&first)), ["a"], "the start said it, the end completed it");
    let failed = [run_event("START", 3, 2, "b"), run_event("FAIL", 4, 2, "b")];
    assert_eq!(job_of(&House::of(first.iter().chain(&failed))), ["a"], "a failed run changes nothing");
    assert_eq!(job_of(&House::of(&failed)), ["b"], "unless no run ever completed");
    let second = [run_event("COMPLETE", 5, 3, "c")];
    assert_eq!(job_of(&House::of(second.iter().chain(&first))), ["c"], "whatever came first");
}

#[test]
fn an_end_beats_a_late_start_and_a_later_end_beats_an_earlier_one() {
    let state = |events: &[Event]| House::of(events).runs.into_values().next().unwrap().state();
    assert_eq!(state(&[run_event("COMPLETE", 1, 1, ""), run_event("START", 2, 1, "")]), RunState::Complete);
    assert_eq!(state(&[run_event("FAIL", 1, 1, ""), run_event("COMPLETE", 2, 1, "")]), RunState::Complete);
    assert_eq!(state(&[run_event("COMPLETE", 1, 1, ""), run_event("FAIL", 1, 1, "")]), RunState::Fail);
    assert_eq!(state(&[run_event("RUNNING", 1, 1, ""), run_event("OTHER", 2, 1, "")]), RunState::Running);
}

#[test]
fn a_reduced_run_stays_reduced() {
    let mut run = RunRecord::of(&run_event("COMPLETE", 1, 1, "a")).unwrap();
    run.reduce();
    run.merge(&RunRecord::of(&run_event("START", 0, 1, "a")).unwrap());
    assert_eq!((run.state(), run.writes().count(), run.started.is_some()), (RunState::Complete, 0, true));
}
