//! What a client declared about a job (events, dbt, configurations) into edges between names.

use super::places::name_of;
use super::said::{Said, SaidEdge, SaidEnd};
use cadastre_intake::{self as intake, ColumnEdge, DatasetRef, DeclaredJob, Pair};
use cadastre_model::{How, JobKind};
use serde::{Deserialize, Serialize};

/// The part of a declaration that edges are made of; kept with each version of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ways {
    /// What it reads.
    pub(crate) inputs: Vec<DatasetRef>,
    /// What it writes.
    pub(crate) outputs: Vec<DatasetRef>,
    /// The ways through it, where not each input reaches each output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pairs: Option<Vec<Pair>>,
    /// What was said of columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) columns: Vec<ColumnEdge>,
}

impl Ways {
    /// Those of a declared job.
    #[must_use]
    pub(crate) fn of(job: &DeclaredJob) -> Self {
        Self {
            inputs: job.inputs.clone(),
            outputs: job.outputs.clone(),
            pairs: job.pairs.clone(),
            columns: job.column_edges.clone(),
        }
    }

    /// Whether nothing is said.
    #[must_use]
    pub(crate) const fn is_empty(&self) -> bool {
        self.inputs.is_empty() && self.outputs.is_empty() && self.columns.is_empty()
    }

    /// As edges. What carries rows without looking into them copies; of others it is not known.
    #[must_use]
    pub(crate) fn said(&self, kind: JobKind) -> Said {
        let copies =
            matches!(kind, JobKind::Flume | JobKind::KafkaConnect | JobKind::Filebeat | JobKind::Logstash);
        let how = if copies { How::Copy } else { How::Unknown };
        let whole = |dataset: &DatasetRef| SaidEnd::whole(name_of(dataset));
        let edge = |from: Option<SaidEnd>, to: Option<SaidEnd>, how: How| SaidEdge {
            from,
            to,
            how,
            star: false,
            confidence: 100,
            spot: None,
        };
        let pair = |from: &DatasetRef, to: &DatasetRef| edge(Some(whole(from)), Some(whole(to)), how);
        let mut edges: Vec<SaidEdge> = match &self.pairs {
            Some(pairs) => pairs.iter().map(|way| pair(&way.from, &way.to)).collect(),
            None => {
                let cross = |from| self.outputs.iter().map(move |to| (from, to));
                self.inputs.iter().flat_map(cross).map(|(from, to)| pair(from, to)).collect()
            }
        };
        edges.retain(|edge| edge.from != edge.to);
        let alone = |dataset: &&DatasetRef| {
            let end = whole(dataset);
            !edges.iter().any(|edge| edge.from.as_ref() == Some(&end) || edge.to.as_ref() == Some(&end))
        };
        let read: Vec<SaidEdge> =
            self.inputs.iter().filter(alone).map(|one| edge(Some(whole(one)), None, how)).collect();
        let written: Vec<SaidEdge> =
            self.outputs.iter().filter(alone).map(|one| edge(None, Some(whole(one)), how)).collect();
        edges.extend(read.into_iter().chain(written));
        edges.extend(self.columns.iter().map(|column| {
            let from = SaidEnd { name: name_of(&column.from), column: field(&column.from_field) };
            let to = SaidEnd { name: name_of(&column.to), column: field(&column.to_field) };
            edge(Some(from), Some(to), how_of(column))
        }));
        Said { edges, statements: Vec::new() }
    }
}

/// A nested field is named as the catalogue names it: with dots.
fn field(path: &[String]) -> Option<String> {
    (!path.is_empty()).then(|| path.join("."))
}

/// The same value under another name is a rename; OpenLineage does not tell the two apart.
fn how_of(column: &ColumnEdge) -> How {
    if column.masking {
        return How::Masked;
    }
    match column.how {
        intake::How::Identity if column.from_field.last() == column.to_field.last() => How::Identity,
        intake::How::Identity => How::Rename,
        intake::How::Expression => How::Expression,
        intake::How::Aggregate => How::Aggregate,
        intake::How::Window => How::Window,
        intake::How::Filter => How::Filter,
        intake::How::Join => How::Join,
        intake::How::Group => How::Group,
        intake::How::Sort => How::Sort,
        intake::How::Condition => How::Condition,
        intake::How::Unknown => How::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(name: &str) -> DatasetRef {
        DatasetRef::new("kafka://b:9092", name)
    }

    fn said(ways: &Ways) -> Vec<String> {
        let end =
            |end: &Option<SaidEnd>| end.as_ref().map_or("–".to_owned(), |end| end.name.path.join("."));
        let edges = ways.said(JobKind::Flume).edges;
        edges.iter().map(|edge| format!("{} → {}", end(&edge.from), end(&edge.to))).collect()
    }

    #[test]
    fn each_input_reaches_each_output_unless_ways_are_said() {
        let mut ways =
            Ways { inputs: vec![at("a"), at("b")], outputs: vec![at("x"), at("y")], ..Ways::default() };
        assert_eq!(said(&ways), ["a → x", "a → y", "b → x", "b → y"]);
        ways.pairs = Some(vec![Pair { from: at("a"), to: at("x") }]);
        assert_eq!(said(&ways), ["a → x", "b → –", "– → y"]);
    }

    #[test]
    fn what_only_reads_or_only_writes_has_edges_of_one_end() {
        let ways = Ways { inputs: vec![at("a")], ..Ways::default() };
        assert_eq!(said(&ways), ["a → –"]);
    }
}
