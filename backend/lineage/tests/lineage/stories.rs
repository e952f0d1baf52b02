//! What a picture of a few rows says, one thing at a time.

use cadastre_lineage::{
    Ask, Change, Direction, Edge, End, Filter, Hows, ImpactAsk, Jobs, Level, Limits, LineageGraph, Mark,
    Neighbourhood, NodeId, NodeView, Sight,
};
use cadastre_model::{AssetId, ColumnId, EdgeId, How, ObjectKind, Sensitivity};

use crate::made::{by, column_edge, dataset, edge, facts, graph};

fn asset(id: i64) -> NodeId {
    NodeId::Asset(AssetId(id))
}

fn around(graph: &LineageGraph, focus: i64) -> Neighbourhood {
    graph.neighbourhood(
        Sight::everything(),
        &Ask { up: 3, down: 3, ..Ask::around(asset(focus), Level::Datasets) },
    )
}

fn ids(around: &Neighbourhood) -> Vec<(i32, i64)> {
    around.nodes.iter().map(|node| (node.hop, node.asset.0)).collect()
}

fn reached(graph: &LineageGraph, sight: Sight<'_>, from: NodeId, level: Level) -> Vec<NodeId> {
    graph
        .impact(sight, &ImpactAsk::whole(from, Direction::Down, level))
        .reached
        .iter()
        .map(|one| one.node)
        .collect()
}

#[test]
fn an_edge_is_absent_with_its_job() {
    let graph = graph(&[by(20, edge(1, 2, 3)), by(21, edge(2, 3, 4))]);
    let see = |node: NodeView<'_>| node.id() != AssetId(21);
    assert_eq!(reached(&graph, Sight::by(&see), asset(2), Level::Datasets), [asset(2), asset(3)]);
}

#[test]
fn a_second_edge_by_another_job_keeps_the_pair() {
    let graph = graph(&[by(20, edge(1, 2, 3)), by(21, edge(2, 2, 3))]);
    let see = |node: NodeView<'_>| node.id() != AssetId(21);
    let around = graph.neighbourhood(Sight::by(&see), &Ask::around(asset(2), Level::Datasets));
    assert_eq!(around.links.len(), 1);
    assert_eq!(
        (around.links[0].jobs.as_slice(), around.links[0].edges.as_slice()),
        (&[AssetId(20)][..], &[EdgeId(1)][..])
    );
}

#[test]
fn nothing_is_bridged_over_a_hidden_dataset() {
    let graph = graph(&[edge(1, 2, 3), edge(2, 3, 4)]);
    let see = |node: NodeView<'_>| node.id() != AssetId(3);
    assert_eq!(reached(&graph, Sight::by(&see), asset(2), Level::Datasets), [asset(2)]);
    assert!(reached(&graph, Sight::by(&see), asset(3), Level::Datasets).is_empty());
}

#[test]
fn an_asset_without_facts_is_seen_by_nobody() {
    let mut graph = LineageGraph::default();
    graph.apply(&Change::Opened(edge(1, 2, 3)));
    graph.apply(&dataset(2));
    assert_eq!(reached(&graph, Sight::everything(), asset(2), Level::Datasets), [asset(2)]);
    graph.apply(&dataset(3));
    assert_eq!(reached(&graph, Sight::everything(), asset(2), Level::Datasets), [asset(2), asset(3)]);
}

#[test]
fn restricted_says_that_and_no_more() {
    let graph = graph(&[by(20, edge(1, 2, 3)), edge(2, 2, 4), edge(3, 2, 5), edge(4, 3, 6)]);
    let see = |node: NodeView<'_>| ![3, 4, 7].contains(&node.id().0);
    let exists = |node: NodeView<'_>| node.id() != AssetId(4);
    let sight = Sight::by(&see).knowing(&exists);
    let around = graph.neighbourhood(sight, &Ask { down: 3, ..Ask::around(asset(2), Level::Datasets) });
    assert_eq!(ids(&around), [(0, 2), (1, 5)]);
    assert!(around.nodes[0].down.restricted && !around.nodes[0].up.restricted);
    assert_eq!(around.nodes[0].down.count, 0);
    assert!(graph.impact(sight, &ImpactAsk::whole(asset(2), Direction::Down, Level::Datasets)).restricted);
    // Known to exist is not to be looked at.
    assert!(graph.neighbourhood(sight, &Ask::around(asset(3), Level::Datasets)).nodes.is_empty());
}

#[test]
fn a_scope_is_asked_once_per_container_and_for_what_it_names() {
    let graph = graph(&(3..14).map(|to| edge(to, 2, to)).collect::<Vec<_>>());
    let asked = std::cell::Cell::new(0);
    // Allowed is container 101 and dataset 4; denied is dataset 5.
    let covers = |_: ObjectKind, _: Sensitivity, path: &[AssetId]| {
        asked.set(asked.get() + 1);
        path.iter().any(|id| [101, 102, 4].contains(&id.0)) && !path.contains(&AssetId(5))
    };
    let names = |_: ObjectKind, _: Sensitivity, id: AssetId| [4, 5].contains(&id.0);
    let found = reached(&graph, Sight::scoped(&covers, &names), asset(2), Level::Datasets);
    assert_eq!(found, [2, 4, 6, 9, 10, 13].map(asset));
    // Four containers with two sensitivities, and two by name.
    assert!(asked.get() <= 10, "{}", asked.get());
}

#[test]
fn a_struck_pair_is_absent_until_the_row_is_closed() {
    let mut graph = graph(&[by(20, edge(1, 2, 3)), column_edge(2, 200, 300), column_edge(3, 201, 301)]);
    let column = |id| NodeId::Column(ColumnId(id));
    graph.apply(&Change::Opened(Edge { struck: true, ..column_edge(8, 200, 300) }));
    assert_eq!(reached(&graph, Sight::everything(), column(200), Level::Columns), [column(200)]);
    assert_eq!(reached(&graph, Sight::everything(), column(201), Level::Columns), [column(201), column(301)]);
    assert_eq!(reached(&graph, Sight::everything(), asset(2), Level::Datasets), [asset(2), asset(3)]);
    graph.apply(&Change::Opened(Edge { struck: true, ..edge(9, 2, 3) }));
    assert_eq!(reached(&graph, Sight::everything(), column(201), Level::Columns), [column(201)]);
    assert_eq!(reached(&graph, Sight::everything(), asset(2), Level::Datasets), [asset(2)]);
    graph.apply(&Change::Closed(EdgeId(9)));
    assert_eq!(reached(&graph, Sight::everything(), asset(2), Level::Datasets), [asset(2), asset(3)]);
    assert_eq!(reached(&graph, Sight::everything(), column(200), Level::Columns), [column(200)]);
}

#[test]
fn a_filter_counts_for_every_column_and_a_star_for_those_not_known() {
    let filter =
        Edge { target: Some(End::dataset(AssetId(3))), how: How::Filter, ..column_edge(1, 200, 300) };
    let star = Edge { star: true, ..edge(2, 3, 4) };
    let graph = graph(&[filter, star, column_edge(3, 201, 301)]);
    let column = |id| NodeId::Column(ColumnId(id));
    // A filter's column reaches the dataset as a whole, and from there what is taken as a whole.
    assert_eq!(
        reached(&graph, Sight::everything(), column(200), Level::Columns),
        [column(200), asset(3), asset(4)]
    );
    assert_eq!(reached(&graph, Sight::everything(), column(301), Level::Columns), [column(301), asset(4)]);
    let up = graph.impact(Sight::everything(), &ImpactAsk::whole(column(301), Direction::Up, Level::Columns));
    let up: Vec<_> = up.reached.iter().map(|one| one.node).collect();
    assert_eq!(up, [column(301), column(200), column(201)]);
    let values = Filter { hows: Hows::carrying(), ..Filter::default() };
    let ask = ImpactAsk { filter: values, ..ImpactAsk::whole(column(301), Direction::Up, Level::Columns) };
    let up: Vec<_> = graph.impact(Sight::everything(), &ask).reached.iter().map(|one| one.node).collect();
    assert_eq!(up, [column(301), column(201)]);
    let routes = graph.routes(
        Sight::everything(),
        (column(200), column(301)),
        Level::Columns,
        &Filter::default(),
        (9, 99),
    );
    assert_eq!(routes.shortest, [column(200), asset(3)]);
}

#[test]
fn a_circle_is_walked_once_and_reported() {
    let graph = graph(&[edge(1, 2, 3), edge(2, 3, 4), edge(3, 4, 2), edge(4, 5, 5), edge(5, 4, 6)]);
    assert_eq!(reached(&graph, Sight::everything(), asset(2), Level::Datasets), [2, 3, 4, 6].map(asset));
    let cycles = graph.cycles(Sight::everything(), &Filter::default());
    assert_eq!(cycles, [vec![AssetId(2), AssetId(3), AssetId(4)], vec![AssetId(5)]]);
}

#[test]
fn a_job_in_focus_has_what_it_reads_and_writes() {
    let reads = Edge { target: None, ..by(20, edge(3, 7, 0)) };
    let writes = Edge { source: None, ..by(20, edge(4, 0, 8)) };
    let graph = graph(&[by(20, edge(1, 2, 3)), by(21, edge(2, 2, 4)), reads, writes, edge(5, 3, 5)]);
    let around = around(&graph, 20);
    assert_eq!(ids(&around), [(-1, 2), (-1, 7), (0, 20), (1, 3), (1, 8), (2, 5)]);
    let asset = |node: usize| around.nodes[node].asset.0;
    let links: Vec<_> =
        around.links.iter().map(|link| (asset(link.from.node), asset(link.to.node))).collect();
    assert_eq!(links, [(2, 20), (7, 20), (20, 3), (20, 8), (3, 5)]);
}

#[test]
fn a_job_that_only_reads_is_at_the_side_and_leads_nowhere() {
    let reads = Edge { target: None, ..by(20, edge(1, 2, 0)) };
    let graph = graph(&[reads, by(20, edge(2, 3, 4))]);
    assert_eq!(ids(&around(&graph, 2)), [(0, 2)]);
    let ask = Ask { jobs: Jobs::Shown, ..Ask::around(asset(2), Level::Datasets) };
    assert_eq!(ids(&graph.neighbourhood(Sight::everything(), &ask)), [(0, 2), (1, 20)]);
    let whole =
        ImpactAsk { jobs: Jobs::Shown, ..ImpactAsk::whole(asset(2), Direction::Down, Level::Datasets) };
    let impact = graph.impact(Sight::everything(), &whole);
    assert_eq!(
        impact.reached.iter().map(|one| (one.hop, one.node)).collect::<Vec<_>>(),
        [(0, asset(2)), (1, asset(20))]
    );
    let unread = graph.survey(Sight::everything(), &Filter::default()).without_descendants;
    assert!(unread.contains(&AssetId(4)) && !unread.contains(&AssetId(2)), "{unread:?}");
}

#[test]
fn siblings_beyond_a_few_are_counted_and_those_that_reach_furthest_drawn() {
    let mut rows: Vec<Edge> = (3..12).map(|to| edge(to, 2, to)).collect();
    rows.extend([edge(20, 11, 12), edge(21, 11, 13), edge(22, 7, 13)]);
    let graph = graph(&rows);
    let limits = Limits { siblings: 2, ..Limits::default() };
    let ask = Ask { limits, ..Ask::around(asset(2), Level::Datasets) };
    let around = graph.neighbourhood(Sight::everything(), &ask);
    assert_eq!(ids(&around), [(0, 2), (1, 7), (1, 11)]);
    assert_eq!((around.nodes[0].down.count, around.left_out), (7, 7));
    let ask = Ask { expand: vec![(AssetId(2), Direction::Down), (AssetId(7), Direction::Down)], ..ask };
    let around = graph.neighbourhood(Sight::everything(), &ask);
    assert_eq!(around.nodes.len(), 11);
    assert_eq!((around.nodes[0].down.count, around.left_out), (0, 0));
    // The order by reach is by what the reader sees.
    let see = |node: NodeView<'_>| node.id().0 < 12;
    let ask = Ask { limits, ..Ask::around(asset(2), Level::Datasets) };
    assert_eq!(ids(&graph.neighbourhood(Sight::by(&see), &ask)), [(0, 2), (1, 3), (1, 4)]);
}

#[test]
fn two_days_are_compared_by_ends() {
    let before = graph(&[by(20, edge(1, 2, 3)), edge(2, 3, 4), edge(3, 2, 5)]);
    let after =
        graph(&[by(21, edge(9, 2, 3)), edge(2, 3, 4), edge(4, 2, 6), Edge { struck: true, ..edge(5, 3, 4) }]);
    let ask = Ask { up: 3, down: 3, ..Ask::around(asset(2), Level::Datasets) };
    let compared = LineageGraph::compare(&before, &after, Sight::everything(), &ask);
    let marks: Vec<_> =
        compared.both.nodes.iter().zip(&compared.nodes).map(|(node, mark)| (node.asset.0, *mark)).collect();
    assert_eq!(
        marks,
        [(2, Mark::Kept), (3, Mark::Kept), (5, Mark::Removed), (6, Mark::Added), (4, Mark::Removed)]
    );
    let links: Vec<_> = compared
        .both
        .links
        .iter()
        .zip(&compared.links)
        .map(|(link, mark)| (compared.both.nodes[link.to.node].asset.0, *mark))
        .collect();
    assert_eq!(links, [(3, Mark::Kept), (5, Mark::Removed), (6, Mark::Added), (4, Mark::Removed)]);
    assert_eq!(compared.mark_of(AssetId(6)), Some(Mark::Added));
}

#[test]
fn filters_take_away_what_they_name_but_never_the_focus() {
    let graph = graph(&[edge(1, 2, 3), edge(2, 3, 4), edge(3, 2, 6)]);
    let sources = vec![AssetId(102)];
    let filter = Filter { sources, ..Filter::default() };
    let ask = ImpactAsk { filter, ..ImpactAsk::whole(asset(3), Direction::Up, Level::Datasets) };
    let found: Vec<_> = graph.impact(Sight::everything(), &ask).reached.iter().map(|one| one.node).collect();
    assert_eq!(found, [asset(3), asset(2)]);
    let keep = |node: NodeView<'_>| node.id() != AssetId(3);
    let filter = Filter { keep: Some(&keep), ..Filter::default() };
    let ask = ImpactAsk { filter, ..ImpactAsk::whole(asset(2), Direction::Down, Level::Datasets) };
    let found: Vec<_> = graph.impact(Sight::everything(), &ask).reached.iter().map(|one| one.node).collect();
    assert_eq!(found, [asset(2), asset(6)]);
}

#[test]
fn a_score_weighs_by_hop() {
    let graph = graph(&[edge(1, 2, 3), edge(2, 2, 4), edge(3, 3, 5), edge(4, 5, 6), edge(5, 4, 5)]);
    let reach =
        graph.reach(Sight::everything(), asset(2), Direction::Down, Level::Datasets, &Filter::default());
    assert_eq!(reach.by_hop, [2, 1, 1]);
    assert!((reach.score() - (2.0 + 0.5 + 1.0 / 3.0)).abs() < 1e-9);
    assert!(
        graph
            .reach(Sight::everything(), asset(6), Direction::Down, Level::Datasets, &Filter::default())
            .is_none()
    );
}

#[test]
fn facts_come_back_as_they_were_said() {
    let mut graph = LineageGraph::default();
    graph.apply(&dataset(5));
    assert_eq!(graph.facts(AssetId(5)), Some(facts(5)));
    let moved =
        cadastre_lineage::Facts { scope_path: vec![AssetId::REGISTER, AssetId(7), AssetId(5)], ..facts(5) };
    assert!(graph.apply(&Change::Node(AssetId(5), moved.clone())));
    assert_eq!(graph.facts(AssetId(5)), Some(moved));
    assert!(graph.apply(&Change::Gone(AssetId(5))));
    assert_eq!((graph.facts(AssetId(5)), graph.size().assets), (None, 0));
}

#[test]
fn lineage_without_columns_is_that_of_datasets_of_which_no_column_has_a_seen_edge() {
    let graph = graph(&[edge(1, 2, 3), edge(2, 3, 4), by(20, column_edge(3, 300, 400)), edge(4, 5, 6)]);
    let filter = Filter::default();
    let columnless = |sight| -> Vec<i64> {
        graph.survey(sight, &filter).without_columns.into_iter().map(|id| id.0).collect()
    };
    assert_eq!(columnless(Sight::everything()), [2, 5, 6]);
    let see = |node: NodeView<'_>| node.id() != AssetId(20);
    assert_eq!(columnless(Sight::by(&see)), [2, 3, 4, 5, 6]);
}
