//! On databases that nobody of this project made.

use super::*;
use std::fmt::Write as _;

/// A listing as text, without what differs from run to run.
fn describe(listing: &Listing) -> String {
    let mut text = String::new();
    for dataset in &listing.datasets {
        let partitioned = dataset
            .partitioning
            .as_ref()
            .map_or(String::new(), |by| format!(" by {} ({}) in {}", by.strategy, by.key, by.count));
        let Dataset { schema, name, kind, .. } = dataset;
        writeln!(text, "{kind} {schema}.{name}{partitioned}").unwrap();
        for column in &dataset.columns {
            let null = if column.nullable { "" } else { " not null" };
            let default = column.default.as_ref().map_or(String::new(), |it| format!(" = {it}"));
            let kind = &column.data_type;
            writeln!(text, "    {} {} ({}){null}{default}", column.name, kind.written, kind.kind).unwrap();
        }
        for constraint in &dataset.constraints {
            writeln!(text, "  {} {}: {}", constraint.kind, constraint.name, constraint.definition).unwrap();
        }
        for index in &dataset.indexes {
            writeln!(text, "  index {} on {}", index.name, index.keys.join(", ")).unwrap();
        }
    }
    for function in &listing.functions {
        writeln!(text, "{} {}({})", function.language, function.name, function.arguments).unwrap();
    }
    text
}

fn count(listing: &Listing, kind: DatasetKind) -> usize {
    listing.datasets.iter().filter(|dataset| dataset.kind == kind).count()
}

#[tokio::test]
async fn pagila_is_listed_whole() {
    let database = TestCluster::of_this_run().pagila().await;
    let listing = crawl(&database).await;
    assert!(listing.complete);
    assert_eq!(count(&listing, DatasetKind::Table), 15);
    assert_eq!(count(&listing, DatasetKind::View), 7);
    assert_eq!(count(&listing, DatasetKind::MaterializedView), 1);
    assert_eq!(count(&listing, DatasetKind::PartitionedTable), 1);
    insta::assert_snapshot!(describe(&listing));
}

#[tokio::test]
async fn chinook_is_listed_whole() {
    let database = TestCluster::of_this_run().chinook().await;
    let listing = crawl(&database).await;
    assert!(listing.complete);
    assert_eq!(count(&listing, DatasetKind::Table), 11);
    insta::assert_snapshot!(describe(&listing));
}
