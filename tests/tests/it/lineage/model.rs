//! The graph in memory: the same as one that is built anew, whatever happened meanwhile.

use super::*;
use cadastre::follower::rebuild;
use cadastre_lineage::{Edge, Facts, LineageGraph};
use cadastre_model::AssetId;
use std::time::Duration;

fn told(graph: &LineageGraph) -> (Vec<(AssetId, Facts)>, Vec<Edge>) {
    let mut nodes: Vec<_> = graph.nodes().collect();
    nodes.sort_by_key(|(id, _)| *id);
    let mut edges: Vec<Edge> = graph.rows().collect();
    edges.sort_by_key(|edge| edge.id);
    // When something was last seen is a measurement: the graph learns it with the edge.
    edges.iter_mut().for_each(|edge| edge.seen = chrono::DateTime::UNIX_EPOCH);
    (nodes, edges)
}

#[tokio::test]
async fn it_equals_one_that_is_built_anew_after_crawls_moves_and_drops() {
    let (register, source) = derived(
        "create schema raw; create schema mart;
         create table raw.a (x int, y int); create table raw.b (x int);
         create view mart.v as select a.x, a.y, b.x as z from raw.a a join raw.b b using (x);
         create view mart.w as select x + z as s from mart.v",
    )
    .await;
    for step in [
        "create or replace view mart.w as select x - z as s from mart.v",
        "drop view mart.w",
        "alter table raw.a rename y to why; create table mart.t as select * from mart.v",
        "alter schema mart rename to gold",
    ] {
        source.database.execute(step).await;
        again(&register, &source).await;
        let (built, version) = rebuild::<LineageGraph>(register.app.db()).await.unwrap();
        for _ in 0..200 {
            if register.app.lineage().version() >= version {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let followed = register.app.lineage().ask(told).unwrap();
        assert_eq!(followed, told(&built), "after {step}");
    }
}
