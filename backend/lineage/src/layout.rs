//! Boxes and curves for a picture of lineage: layers from left to right, the same picture for the same content
//! whatever order it comes in.
//!
//! Five steps, each a module: circles are cut and layers found (`layers`), boxes are ordered in their layers so that few
//! lines cross (`order`), placed so that lines are straight where they can be (`place`), and lines are drawn (`route`).
//!
//! Every line goes from left to right, so a box stands at its *longest* way from the focus, among what is drawn; its hop
//! is the shortest. Only lines that close a circle run back; they are marked.

mod layers;
mod order;
mod place;
mod route;
mod sheet;

pub use sheet::{Card, CardKey, Rows, Sheet, Style, Wire};

/// A point, in px from the top left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// Where a box stands, in px.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Frame {
    /// The left side.
    pub x: f64,
    /// The top.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height, without what hangs below.
    pub height: f64,
    /// Its layer: 0 for the focus, below 0 to the left.
    pub layer: i32,
}

/// A layer, for its heading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layer {
    /// 0 for the focus, below 0 to the left.
    pub index: i32,
    /// The left side, in px.
    pub x: f64,
    /// The width, in px.
    pub width: f64,
}

/// A line: from a port by cubic curves to a port.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Route {
    /// Where it begins.
    pub start: Point,
    /// Each curve: two points of control and where it ends. A straight piece is a curve too.
    pub curves: Vec<[Point; 3]>,
    /// It closes a circle: it runs from right to left, from a left side to a right side.
    pub back: bool,
    /// The chip that it passes.
    pub chip: Option<usize>,
}

impl Route {
    /// Where it ends.
    #[must_use]
    pub fn end(&self) -> Point {
        self.curves.last().map_or(self.start, |curve| curve[2])
    }
}

/// The round mark of the jobs between two boxes. All lines between the two pass through it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chip {
    /// The box that the lines come from.
    pub from: usize,
    /// The box that they go to.
    pub to: usize,
    /// Its middle.
    pub at: Point,
}

/// A picture: positions for everything of a sheet, by the sheet's own indices.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    /// How wide it is, in px, with its margins.
    pub width: f64,
    /// How high it is.
    pub height: f64,
    /// One per box.
    pub cards: Vec<Frame>,
    /// One per line.
    pub routes: Vec<Route>,
    /// From top to bottom, gap by gap.
    pub chips: Vec<Chip>,
    /// From left to right.
    pub layers: Vec<Layer>,
}

/// Lays a sheet out. A wire whose box is not there is drawn as nothing, at the corner.
#[must_use]
pub fn lay_out(sheet: &Sheet) -> Picture {
    let bundles = sheet.bundles();
    let layers = layers::find(sheet, &bundles);
    let mut grid = order::Grid::new(sheet, &bundles, &layers);
    grid.untangle();
    let tops = place::tops(&grid);
    route::draw(sheet, &bundles, &layers, &grid, &tops)
}
