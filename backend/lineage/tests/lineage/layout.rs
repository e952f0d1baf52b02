//! Pictures: nothing overlaps, lines end where they should, and the order of the input does not show.

use cadastre_lineage::layout::{Card, CardKey, Frame, Picture, Point, Rows, Sheet, Wire, lay_out};
use cadastre_lineage::{Ask, Level, NodeId, Sight};
use cadastre_model::AssetId;
use proptest::prelude::*;

use crate::made::{DATASETS, graph, rows};

fn card(id: i64, hop: i32, rows: usize, tab: bool) -> Card {
    Card { key: CardKey::Asset(AssetId(id)), hop, rows, more: rows > 2, tab }
}

fn sheets() -> impl Strategy<Value = Sheet> {
    let cards = prop::collection::vec((-3..4_i32, 0..5_usize, any::<bool>()), 1..25);
    cards.prop_flat_map(|cards| {
        let count = cards.len();
        let wire = ((0..count, 0..5_usize), (0..count, 0..5_usize), any::<bool>());
        prop::collection::vec(wire, 0..60).prop_map(move |wires| {
            let cards: Vec<Card> =
                (1..).zip(&cards).map(|(id, &(hop, rows, tab))| card(id, hop, rows, tab)).collect();
            let row = |(card, row): (usize, usize)| Some(row).filter(|row| *row < cards[card].rows);
            let wires = wires
                .into_iter()
                .map(|(from, to, chip)| Wire {
                    from: from.0,
                    from_row: row(from),
                    to: to.0,
                    to_row: row(to),
                    chip,
                })
                .collect();
            Sheet { cards, wires, ..Sheet::default() }
        })
    })
}

fn close(one: Point, other: Point) -> bool {
    (one.x - other.x).abs() < 0.01 && (one.y - other.y).abs() < 0.01
}

fn overlap(one: &Frame, other: &Frame) -> bool {
    let apart = one.x + one.width <= other.x || other.x + other.width <= one.x;
    !apart && one.y < other.y + other.height && other.y < one.y + one.height
}

fn check(sheet: &Sheet, picture: &Picture) -> Result<(), TestCaseError> {
    let style = sheet.style;
    for (index, frame) in picture.cards.iter().enumerate() {
        for other in &picture.cards[index + 1..] {
            prop_assert!(!overlap(frame, other), "{frame:?} {other:?}");
        }
        prop_assert!(frame.x >= 0.0 && frame.y >= 0.0);
        prop_assert!(frame.x + frame.width <= picture.width && frame.y + frame.height <= picture.height);
        let whole = |px: f64| px.fract() == 0.0;
        prop_assert!(whole(frame.x) && whole(frame.y));
    }
    prop_assert_eq!(picture.cards[sheet.focus].layer, 0);
    for (wire, route) in sheet.wires.iter().zip(&picture.routes) {
        let (from, to) = (picture.cards[wire.from], picture.cards[wire.to]);
        let port = |frame: Frame, row, right: bool| Point {
            x: frame.x + if right { frame.width } else { 0.0 },
            y: frame.y + style.port(row),
        };
        if wire.from == wire.to {
            prop_assert!(
                (route.start.x - from.x - from.width).abs() < 0.01
                    && (route.end().x - route.start.x).abs() < 0.01
            );
            continue;
        }
        prop_assert_eq!(route.back, from.layer > to.layer);
        prop_assert!(close(route.start, port(from, wire.from_row, !route.back)));
        prop_assert!(close(route.end(), port(to, wire.to_row, route.back)));
        // Every line runs in one direction.
        let xs: Vec<f64> =
            std::iter::once(route.start.x).chain(route.curves.iter().map(|curve| curve[2].x)).collect();
        let forward = xs.windows(2).all(|pair| pair[0] <= pair[1]);
        let backward = xs.windows(2).all(|pair| pair[0] >= pair[1]);
        prop_assert!(if route.back { backward } else { forward }, "{xs:?}");
        if let Some(chip) = route.chip {
            let at = picture.chips[chip].at;
            prop_assert!(route.curves.iter().any(|curve| close(curve[2], at)));
        }
        let joined =
            sheet.wires.iter().any(|other| (other.from, other.to, other.chip) == (wire.from, wire.to, true));
        prop_assert_eq!(joined, route.chip.is_some());
    }
    let radius = f64::from(style.chip) / 2.0;
    for (index, chip) in picture.chips.iter().enumerate() {
        for other in picture.chips[index + 1..].iter().filter(|other| other.at.x == chip.at.x) {
            prop_assert!((other.at.y - chip.at.y).abs() >= 2.0 * radius);
        }
        for frame in &picture.cards {
            let beside = chip.at.x + radius <= frame.x || chip.at.x - radius >= frame.x + frame.width;
            let outside = chip.at.y + radius <= frame.y || chip.at.y - radius >= frame.y + frame.height;
            prop_assert!(beside || outside, "a chip on a box");
        }
        prop_assert!(chip.at.x + radius <= picture.width && chip.at.y + radius <= picture.height);
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_overlaps_and_lines_end_at_their_ports(sheet in sheets()) {
        check(&sheet, &lay_out(&sheet))?;
    }

    #[test]
    fn the_order_of_the_input_does_not_show(sheet in sheets(), seed: u64) {
        let picture = lay_out(&sheet);
        let mixed = |count: usize| {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by_key(|&index| (index as u64 + 1).wrapping_mul(seed | 1).rotate_left(17).wrapping_mul(0x9E37_79B9));
            order
        };
        let (cards, wires) = (mixed(sheet.cards.len()), mixed(sheet.wires.len()));
        let mut now = vec![0; cards.len()];
        cards.iter().enumerate().for_each(|(new, &old)| now[old] = new);
        let other = Sheet {
            cards: cards.iter().map(|&card| sheet.cards[card].clone()).collect(),
            wires: wires.iter().map(|&wire| {
                let wire = sheet.wires[wire];
                Wire { from: now[wire.from], to: now[wire.to], ..wire }
            }).collect(),
            focus: now[sheet.focus],
            ..sheet.clone()
        };
        let again = lay_out(&other);
        prop_assert_eq!((again.width, again.height), (picture.width, picture.height));
        prop_assert_eq!(&again.layers, &picture.layers);
        prop_assert_eq!(&again.cards, &cards.iter().map(|&card| picture.cards[card]).collect::<Vec<_>>());
        prop_assert_eq!(&again.routes, &wires.iter().map(|&wire| picture.routes[wire].clone()).collect::<Vec<_>>());
        let at = |picture: &Picture| picture.chips.iter().map(|chip| chip.at).collect::<Vec<_>>();
        prop_assert_eq!(at(&again), at(&picture));
    }

    #[test]
    fn what_is_drawn_can_be_laid_out(rows in rows(60), start in DATASETS) {
        let graph = graph(&rows);
        for level in [Level::Datasets, Level::Columns] {
            let ask = Ask { up: 2, down: 2, ..Ask::around(NodeId::Asset(AssetId(start)), level) };
            let around = graph.neighbourhood(Sight::everything(), &ask);
            let sheet = Sheet::of(&around, |node| Rows { columns: around.nodes[node].columns.clone(), more: false });
            let picture = lay_out(&sheet);
            prop_assert_eq!(picture.routes.len(), around.links.len());
            check(&sheet, &picture)?;
        }
    }
}

fn chain(hops: &[i32], wires: &[(usize, usize)]) -> Sheet {
    let cards = (1..).zip(hops).map(|(id, &hop)| card(id, hop, 0, false)).collect();
    let wires = wires
        .iter()
        .map(|&(from, to)| Wire { from, from_row: None, to, to_row: None, chip: false })
        .collect();
    let focus = hops.iter().position(|hop| *hop == 0).unwrap_or_default();
    Sheet { cards, wires, focus, ..Sheet::default() }
}

#[test]
fn a_chain_is_a_straight_line() {
    let picture = lay_out(&chain(&[-2, -1, 0, 1, 2], &[(0, 1), (1, 2), (2, 3), (3, 4)]));
    assert!(picture.cards.iter().all(|frame| frame.y == picture.cards[0].y));
    let xs: Vec<f64> = picture.cards.iter().map(|frame| frame.x).collect();
    assert!(xs.is_sorted());
    assert_eq!(picture.layers.iter().map(|layer| layer.index).collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
}

#[test]
fn a_shortcut_leads_forward_past_what_it_skips() {
    // 0 → 1 → 2 and 0 → 2: the last stands a layer further than its hop.
    let picture = lay_out(&chain(&[0, 1, 1], &[(0, 1), (1, 2), (0, 2)]));
    assert_eq!(picture.cards.iter().map(|frame| frame.layer).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(picture.routes.iter().all(|route| !route.back));
    assert_eq!(picture.routes[2].curves.len(), 3);
}

#[test]
fn a_circle_has_one_line_back() {
    let picture = lay_out(&chain(&[0, 1, 2], &[(0, 1), (1, 2), (2, 0)]));
    assert_eq!(picture.routes.iter().map(|route| route.back).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn a_fan_is_centred_on_what_it_meets_and_crosses_nowhere() {
    let sheet =
        chain(&[-1, -1, -1, -1, -1, 0, 1, 1], &[(0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (5, 6), (5, 7)]);
    let picture = lay_out(&sheet);
    assert_eq!(picture.cards[5].y, picture.cards[2].y);
    let span = picture.cards[4].y + picture.cards[4].height - picture.cards[0].y;
    assert_eq!(span, 5.0 * 44.0 + 4.0 * 20.0);
}

#[test]
fn an_empty_sheet_is_an_empty_picture() {
    let picture = lay_out(&Sheet::default());
    assert!(
        picture.cards.is_empty()
            && picture.routes.is_empty()
            && picture.width.is_finite()
            && picture.height.is_finite()
    );
}
