//! One event in the neutral form.

use super::parts::{DatasetPart, Event};
use super::{columns, describe, tests};
use crate::declared::{
    ColumnEdge, Declared, DeclaredDataset, DeclaredJob, DeclaredRun, RunIo, RunRef, RunState,
};
use crate::naming::DatasetRef;

impl Event {
    /// What this event alone declares. Facets that say that they are deleted count as not there.
    #[must_use]
    pub fn declare(&self) -> Declared {
        Declared {
            jobs: self.declared_job().into_iter().collect(),
            datasets: self.declared_datasets(),
            runs: self.declared_run().into_iter().collect(),
            tests: tests::of_event(self),
            notices: self.remarks.clone(),
        }
    }

    /// The edges between columns that the event carries.
    #[must_use]
    pub fn column_edges(&self) -> Vec<ColumnEdge> {
        let mut edges = Vec::new();
        for output in self.outputs.iter().flatten() {
            if let Some(said) = describe::facet(&output.facets, "columnLineage") {
                edges.extend(columns::of_column_lineage(&output.at, said));
            }
            if let Some(said) = describe::facet(&output.facets, "lineage") {
                edges.extend(columns::of_lineage(&output.at, said));
            }
        }
        let of_job = self.job.iter().filter_map(|job| describe::facet(&job.facets, "lineage"));
        edges.extend(of_job.flat_map(columns::of_job));
        self.settle(&mut edges);
        edges.sort();
        edges.dedup();
        edges
    }

    /// What the event names as read: its inputs, and what its lineage facets name beside them. Each once.
    #[must_use]
    pub fn reads(&self) -> Vec<DatasetRef> {
        let named = self.inputs.iter().flatten().map(|part| part.at.clone());
        let of_outputs =
            self.outputs.iter().flatten().filter_map(|part| describe::facet(&part.facets, "lineage"));
        let of_facets = of_outputs.flat_map(columns::inputs_of);
        once(named.chain(of_facets))
    }

    /// What the event names as written. Each once.
    #[must_use]
    pub fn writes(&self) -> Vec<DatasetRef> {
        once(self.outputs.iter().flatten().map(|part| part.at.clone()))
    }

    /// A dotted field is a nested one where the schema that came along says so.
    fn settle(&self, edges: &mut [ColumnEdge]) {
        let dotted = |field: &[String]| field.len() == 1 && field[0].contains('.');
        if !edges.iter().any(|edge| dotted(&edge.from_field) || dotted(&edge.to_field)) {
            return;
        }
        let described = self.declared_datasets();
        let path_of = |at: &DatasetRef, field: &mut Vec<String>| {
            let fields =
                described.iter().filter(|dataset| dataset.at == *at).flat_map(|dataset| &dataset.fields);
            let mut paths = fields.flatten().map(|known| &known.path);
            if let (true, Some(path)) = (dotted(field), paths.find(|path| path.join(".") == field[0])) {
                field.clone_from(path);
            }
        };
        for edge in edges {
            path_of(&edge.from, &mut edge.from_field);
            path_of(&edge.to, &mut edge.to_field);
        }
    }

    fn declared_job(&self) -> Option<DeclaredJob> {
        let part = self.job.as_ref()?;
        let (inputs, outputs) = (self.reads(), self.writes());
        let around: Vec<&DatasetRef> = outputs.iter().chain(&inputs).collect();
        let mut job = describe::job(part.at.clone(), part.facets.clone(), &around);
        job.parent = self.run.as_ref().and_then(|run| describe::parent(&run.facets)).map(|run| run.job);
        job.column_edges = self.column_edges();
        (job.inputs, job.outputs) = (inputs, outputs);
        Some(job)
    }

    fn declared_datasets(&self) -> Vec<DeclaredDataset> {
        let parts = self.datasets().filter(|part| !part.facets.is_empty() || self.dataset.is_some());
        parts.map(|part| describe::dataset(part.at.clone(), part.facets.clone())).collect()
    }

    fn declared_run(&self) -> Option<DeclaredRun> {
        let (run, job, state) = (self.run.as_ref()?, self.job.as_ref()?, self.state?);
        let (nominal_start, nominal_end) = describe::nominal(&run.facets);
        let side = |parts: &Option<Vec<DatasetPart>>| -> Vec<RunIo> {
            let parts = parts.iter().flatten();
            parts.map(|part| describe::io(part.at.clone(), &part.facets, part.io_facets.clone())).collect()
        };
        Some(DeclaredRun {
            at: RunRef { id: run.id, job: job.at.clone() },
            state,
            event_time: self.at,
            started: (state == RunState::Start).then_some(self.at),
            ended: state.is_terminal().then_some(self.at),
            nominal_start,
            nominal_end,
            parent: describe::parent(&run.facets),
            error: describe::error(&run.facets),
            inputs: side(&self.inputs),
            outputs: side(&self.outputs),
            engine: describe::engine(&run.facets),
            tags: describe::tags(&run.facets),
            facets: run.facets.clone(),
        })
    }
}

/// Each once, in order.
fn once(names: impl Iterator<Item = DatasetRef>) -> Vec<DatasetRef> {
    let mut seen = std::collections::HashSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}
