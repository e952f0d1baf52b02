//! From what the use cases give to what the templates take.

use crate::catalog::owners::Subject;
use crate::catalog::pages::view;
use crate::lineage::show::affected::{Effect, Hop, Row};
use crate::lineage::show::collectors;
use crate::lineage::show::evidence::Evidence;
use crate::lineage::show::labels::{ColumnLabel, Label, Labels};
use cadastre_frontend::Message;
use cadastre_frontend::catalog::history::Sign;
use cadastre_frontend::jobs::code::{self, Code, Span};
use cadastre_frontend::lineage::panel::{Collector, Computed, Impact, ImpactHop, ImpactRow, Reach};
use cadastre_frontend::lineage::{ColumnLink, Confidence, DatasetLink, JobLink, Platform, Standing};
use cadastre_frontend::parts;
use cadastre_lineage::Mark;
use cadastre_model::{AssetId, AssetState, ColumnId, JobKind, Maker};

/// A statement is shown so far where no expression in it is meant.
const LINES: i64 = 24;

/// A count, as pages have it.
pub(crate) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn dataset(label: &Label) -> DatasetLink {
    DatasetLink {
        id: label.named.public_id.to_string(),
        name: label.named.name.clone(),
        place: label.named.path.join(" / "),
        platform: Platform::of_namespace(&label.namespace),
        standing: match label.state {
            AssetState::Live | AssetState::OutOfScope => Standing::Live,
            AssetState::Referenced => Standing::Referenced,
            AssetState::Tombstoned => Standing::Gone,
        },
    }
}

pub(crate) fn job(label: &Label) -> JobLink {
    JobLink {
        id: label.named.public_id.to_string(),
        name: label.named.name.clone(),
        namespace: label.named.path.join(" / "),
        kind: label.job.unwrap_or(JobKind::Sql),
    }
}

pub(crate) fn jobs(labels: &Labels, ids: &[AssetId]) -> Vec<JobLink> {
    ids.iter().filter_map(|id| labels.get(id)).map(job).collect()
}

pub(crate) fn column(label: &ColumnLabel) -> ColumnLink {
    ColumnLink { id: Some(label.public_id.to_string()), name: label.name.clone() }
}

pub(crate) fn owners(owners: Option<&Vec<Subject>>) -> Vec<parts::Subject> {
    owners.into_iter().flatten().map(view::subject).collect()
}

/// What is affected; nothing where nothing is.
pub(crate) fn impact(effect: &Effect) -> Option<Impact> {
    let row = |row: &Row| {
        Some(ImpactRow {
            link: dataset(effect.labels.get(&row.asset)?),
            column: row.column.as_ref().map(column),
            owners: owners(effect.owned.get(&row.asset)),
            quality: effect.quality.get(&row.asset).copied(),
        })
    };
    let hop = |hop: &Hop| ImpactHop {
        hop: i64::from(hop.hop),
        count: count(hop.count),
        rows: hop.rows.iter().filter_map(row).collect(),
    };
    (effect.datasets > 0).then(|| Impact {
        datasets: count(effect.datasets),
        owners: effect.owners,
        hops: effect.hops.iter().map(hop).collect(),
    })
}

/// How far something reaches: each dataset counts 1 by its hop.
pub(crate) fn reach(reach: &cadastre_lineage::Reach) -> Option<Reach> {
    let weight = |hop: usize| 100 / count(hop + 1);
    let hops: Vec<(i64, i64)> =
        reach.by_hop.iter().enumerate().map(|(hop, &nodes)| (count(nodes), weight(hop))).collect();
    (!hops.is_empty()).then_some(Reach { hops })
}

/// How an edge comes about.
pub(crate) fn computed(evidence: &Evidence) -> Option<Computed> {
    let end = |(asset, id): &(AssetId, Option<ColumnId>)| {
        let link = dataset(evidence.labels.get(asset)?);
        Some((link, id.as_ref().and_then(|id| evidence.columns.get(id)).map(column)))
    };
    let passage = evidence.passage.as_ref();
    let first = passage.map(|passage| line_of(&passage.text, passage.start));
    Some(Computed {
        to: end(&evidence.to)?,
        from: end(&evidence.from)?,
        hows: evidence.hows.clone(),
        job: evidence.job.and_then(|id| evidence.labels.get(&id)).map(job),
        version: evidence.version.map(i64::from),
        statement: evidence.statement.map(i64::from),
        line: first,
        code: passage.map(|passage| {
            let (start, end) = (passage.start, passage.end.max(passage.start));
            let first = line_of(&passage.text, start);
            let last = line_of(&passage.text, end.saturating_sub(1).max(start));
            let spans: Vec<Span> =
                if end > start { vec![Span { start, end, mark: code::Mark::Chosen }] } else { Vec::new() };
            let is_short = last - first < LINES;
            let hits: Vec<i64> = if is_short { (first..=last).collect() } else { Vec::new() };
            let spans = if is_short { spans } else { Vec::new() };
            Code::of_text(&passage.text, &spans, &hits).around(first, last.min(first + LINES), 2)
        }),
        is_withheld: evidence.is_withheld,
        maker: evidence.maker,
        confidence: Confidence(i64::from(evidence.confidence)),
        seen: Some(evidence.seen),
        note: evidence.note.clone(),
        by: evidence.by.as_ref().map(view::subject),
    })
}

/// The line of a byte, from 1.
fn line_of(text: &str, byte: usize) -> i64 {
    let before = text.as_bytes().get(..byte.min(text.len())).unwrap_or_default();
    1 + count(before.iter().filter(|byte| **byte == b'\n').count())
}

/// What brings lineage in.
pub(crate) fn collectors(collectors: &[collectors::Collector]) -> Vec<Collector> {
    let name = |one: &collectors::Collector| match one.maker {
        Maker::Crawl | Maker::Person => {
            Message::new("collector-crawl").arg("name", one.source.as_deref().unwrap_or_default())
        }
        Maker::Sql => Message::new("collector-jobs"),
        Maker::OpenLineage => Message::new("collector-openlineage"),
        Maker::Dbt => Message::new("collector-dbt"),
        Maker::Config => Message::new("collector-config"),
    };
    collectors.iter().map(|one| Collector { name: name(one), last: one.last, outcome: None }).collect()
}

/// Whether something is new or gone between two days.
pub(super) const fn sign(mark: Mark) -> Option<Sign> {
    match mark {
        Mark::Kept => None,
        Mark::Added => Some(Sign::Added),
        Mark::Removed => Some(Sign::Removed),
    }
}
