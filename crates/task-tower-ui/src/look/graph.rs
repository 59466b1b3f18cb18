//! Steps that await each other, drawn from left to right: each as soon as all that it awaits are to the left of it. Pure geometry; what
//! stands in a step is made elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use askama::filters::HtmlSafe;

use crate::messages::Markup;

/// The size of a step, in pixels.
const WIDTH: f64 = 166.0;
const HEIGHT: f64 = 62.0;
/// Between two columns, and between two steps of one.
const GAP: f64 = 40.0;
const SPACE: f64 = 28.0;
const RADIUS: f64 = 8.0;
/// Room for the ring around a step that has the focus.
const MARGIN: f64 = 4.0;

/// More steps than this, or more edges, are easier to read in a list.
pub(crate) const GRAPH_STEPS_MAX: usize = 20;
pub(crate) const GRAPH_EDGES_MAX: usize = 60;

/// Steps with what is awaited by what.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    /// What it shows, for who cannot see it.
    pub(crate) name: String,
    pub(crate) nodes: Vec<Node>,
    /// From the one that is awaited to the one that awaits it, by their places.
    pub(crate) edges: Vec<(usize, usize)>,
}

/// A step.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// What stands in it.
    pub(crate) card: Markup,
    /// One that has not is dashed, and so is what leads to it.
    pub(crate) has_begun: bool,
    /// It belongs to the end, also when it awaits nothing.
    pub(crate) is_last: bool,
}

/// Where everything is. Places beyond those of the nodes are bends of edges that pass a column.
struct Layout {
    /// Of each place its column, counted from the left.
    columns: Vec<usize>,
    /// The middle of each place, from the top.
    middles: Vec<f64>,
    /// Each edge as the places that it leads through.
    routes: Vec<Vec<usize>>,
    width: f64,
    height: f64,
}

impl Layout {
    fn of(graph: &Graph) -> Self {
        let edges = without_circles(graph.nodes.len(), &graph.edges);
        let mut columns = columns(&graph.nodes, &edges);
        let routes: Vec<Vec<usize>> = edges.iter().map(|edge| route(*edge, &mut columns)).collect();
        let count = columns.iter().max().map_or(0, |last| last + 1);
        let mut layout = Self { middles: vec![0.0; columns.len()], columns, routes, width: 0.0, height: 0.0 };
        for column in 0..count {
            layout.stack(column, graph.nodes.len());
        }
        let half = |place: usize| if place < graph.nodes.len() { HEIGHT / 2.0 } else { 0.0 };
        let ends = |sign: f64| layout.middles.iter().enumerate().map(move |(place, y)| y + sign * half(place));
        let top = ends(-1.0).fold(f64::INFINITY, f64::min) - MARGIN;
        let bottom = ends(1.0).fold(f64::NEG_INFINITY, f64::max) + MARGIN;
        layout.middles.iter_mut().for_each(|y| *y -= top);
        layout.height = bottom - top;
        layout.width = count as f64 * (WIDTH + GAP) - GAP + 2.0 * MARGIN;
        layout
    }

    /// Puts the places of a column below each other, each as near as it can be to the middle of what it awaits.
    fn stack(&mut self, column: usize, nodes: usize) {
        let wish = |place: usize| {
            let before: Vec<f64> = self.before(place).map(|other| self.middles[other]).collect();
            if before.is_empty() { 0.0 } else { before.iter().sum::<f64>() / before.len() as f64 }
        };
        let mut wishes: Vec<(f64, usize)> = (0..self.columns.len())
            .filter(|place| self.columns[*place] == column)
            .map(|place| (wish(place), place))
            .collect();
        wishes.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let half = |place: usize| if place < nodes { HEIGHT / 2.0 } else { 0.0 };
        let reach = |(above, below): (usize, usize)| half(above) + SPACE + half(below);
        let mut offsets = vec![0.0; wishes.len()];
        for index in 1..wishes.len() {
            offsets[index] = offsets[index - 1] + reach((wishes[index - 1].1, wishes[index].1));
        }
        let wanted: Vec<f64> = wishes.iter().zip(&offsets).map(|((wish, _), offset)| wish - offset).collect();
        for (((_, place), offset), middle) in wishes.iter().zip(&offsets).zip(rising(&wanted)) {
            self.middles[*place] = (middle + offset).round();
        }
    }

    /// The places from which an edge comes straight to this one.
    fn before(&self, place: usize) -> impl Iterator<Item = usize> {
        let steps = self.routes.iter().flat_map(|route| route.windows(2));
        steps.filter(move |step| step[1] == place).map(|step| step[0])
    }

    fn left(&self, place: usize) -> f64 {
        MARGIN + self.columns[place] as f64 * (WIDTH + GAP)
    }

    /// Where edges turn before each place. Those that come from the same places share a lane, others of the same gap do not.
    fn lanes(&self) -> BTreeMap<usize, f64> {
        let mut gaps: BTreeMap<usize, BTreeMap<BTreeSet<usize>, Vec<usize>>> = BTreeMap::new();
        for place in 0..self.columns.len() {
            let before: BTreeSet<usize> = self.before(place).collect();
            let is_bent = before.iter().any(|other| self.middles[*other] != self.middles[place]);
            if is_bent {
                gaps.entry(self.columns[place]).or_default().entry(before).or_default().push(place);
            }
        }
        let lane = |index: usize, count: usize| GAP * (1.0 - (index + 1) as f64 / (count + 1) as f64);
        let in_gap = |lanes: BTreeMap<BTreeSet<usize>, Vec<usize>>| {
            let count = lanes.len();
            lanes
                .into_values()
                .enumerate()
                .flat_map(move |(index, places)| places.into_iter().map(move |place| (place, lane(index, count))))
        };
        gaps.into_values().flat_map(in_gap).collect()
    }

    /// An edge as a path: from the right of one step, with round corners, to the left of another.
    fn path(&self, route: &[usize], lanes: &BTreeMap<usize, f64>) -> String {
        let mut path = format!("M{} {}", self.left(route[0]) + WIDTH, self.middles[route[0]]);
        for step in route.windows(2) {
            let (from, to) = (self.middles[step[0]], self.middles[step[1]]);
            if from != to {
                let x = (self.left(step[1]) - lanes.get(&step[1]).copied().unwrap_or(GAP / 2.0)).round();
                let radius = RADIUS.min((to - from).abs() / 2.0) * (to - from).signum();
                let across = radius.abs();
                path += &format!(
                    "H{}Q{x} {from} {x} {}V{}Q{x} {to} {} {to}",
                    x - across,
                    from + radius,
                    to - radius,
                    x + across
                );
            }
            path += &format!("H{}", self.left(step[1]));
        }
        path
    }
}

/// The numbers, changed as little as it takes that none is less than the one before: those that are stand together at their mean.
fn rising(numbers: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for number in numbers {
        let mut block = (*number, 1);
        while let Some((sum, count)) = blocks.pop_if(|(sum, count)| *sum / *count as f64 > block.0 / block.1 as f64) {
            block = (sum + block.0, count + block.1);
        }
        blocks.push(block);
    }
    blocks.into_iter().flat_map(|(sum, count)| vec![sum / count as f64; count]).collect()
}

/// The edges without those that would lead back to where they come from.
fn without_circles(nodes: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut kept: Vec<(usize, usize)> = Vec::new();
    for (from, to) in edges.iter().copied().filter(|(from, to)| *from.max(to) < nodes) {
        if !leads(&kept, to, from) {
            kept.push((from, to));
        }
    }
    kept
}

fn leads(edges: &[(usize, usize)], from: usize, to: usize) -> bool {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(place) = open.pop() {
        open.extend(edges.iter().filter(|edge| edge.0 == place && seen.insert(edge.1)).map(|edge| edge.1));
    }
    seen.contains(&to)
}

/// The column of each node: one to the right of all that it awaits.
fn columns(nodes: &[Node], edges: &[(usize, usize)]) -> Vec<usize> {
    let mut columns = vec![0; nodes.len()];
    // Without circles, the longest way has fewer steps than there are nodes.
    for _ in nodes {
        for (from, to) in edges {
            columns[*to] = columns[*to].max(columns[*from] + 1);
        }
    }
    let last = columns.iter().copied().max().unwrap_or(0);
    for (place, node) in nodes.iter().enumerate() {
        if node.is_last && !edges.iter().any(|edge| edge.1 == place) {
            columns[place] = last;
        }
    }
    columns
}

/// The places that an edge leads through: a bend in each column that it passes, which is added to the columns.
fn route((from, to): (usize, usize), columns: &mut Vec<usize>) -> Vec<usize> {
    let passed = columns[from] + 1..columns[to];
    let first = columns.len();
    columns.extend(passed);
    [from].into_iter().chain(first..columns.len()).chain([to]).collect()
}

impl fmt::Display for Graph {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layout = Layout::of(self);
        let (width, height, lanes) = (layout.width, layout.height, layout.lanes());
        let name = Markup::text(&self.name);
        write!(
            out,
            "<svg class=\"graph\" width=\"{width}\" height=\"{height}\" role=\"group\" aria-label=\"{name}\">"
        )?;
        for route in &layout.routes {
            let waits = route.last().is_some_and(|to| !self.nodes[*to].has_begun);
            let class = if waits { "edge waits" } else { "edge" };
            write!(out, "<path class=\"{class}\" d=\"{}\"/>", layout.path(route, &lanes))?;
        }
        for (place, node) in self.nodes.iter().enumerate() {
            let (x, y) = (layout.left(place), layout.middles[place] - HEIGHT / 2.0);
            write!(
                out,
                "<foreignObject x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\">{}</foreignObject>",
                node.card
            )?;
        }
        out.write_str("</svg>")
    }
}

impl HtmlSafe for Graph {}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
        let node = || Node { card: Markup::text("a step"), has_begun: false, is_last: false };
        Graph { name: "steps".to_owned(), nodes: (0..nodes).map(|_| node()).collect(), edges: edges.to_vec() }
    }

    #[test]
    fn a_step_stands_to_the_right_of_all_that_it_awaits() {
        let layout = Layout::of(&graph(4, &[(0, 1), (1, 2), (0, 3), (2, 3)]));

        assert_eq!(layout.columns[..4], [0, 1, 2, 3]);
        assert_eq!(layout.width, 4.0 * 206.0 - 40.0 + 8.0);
    }

    #[test]
    fn steps_of_one_column_stand_around_what_they_await() {
        let layout = Layout::of(&graph(4, &[(0, 1), (0, 2), (0, 3)]));

        let from_first = [1, 2, 3].map(|place| layout.middles[place] - layout.middles[0]);
        assert_eq!(from_first, [-90.0, 0.0, 90.0]);
        assert_eq!(layout.height, 3.0 * 62.0 + 2.0 * 28.0 + 8.0);
    }

    #[test]
    fn an_edge_that_passes_a_column_leaves_the_steps_in_it_alone() {
        let layout = Layout::of(&graph(3, &[(0, 1), (1, 2), (0, 2)]));

        let route = layout.routes.iter().find(|route| route.len() == 3).unwrap();
        let distance = (layout.middles[route[1]] - layout.middles[1]).abs();
        assert!(distance >= HEIGHT / 2.0 + SPACE, "{distance}");
    }

    #[test]
    fn what_has_room_stands_where_it_wants_to() {
        assert_eq!(rising(&[1.0, 5.0, 3.0, 9.0]), [1.0, 4.0, 4.0, 9.0]);
    }

    #[test]
    fn steps_that_await_each_other_are_drawn_without_going_in_circles() {
        let graph = graph(2, &[(0, 1), (1, 0), (0, 9)]);

        let drawn = graph.to_string();

        assert_eq!((drawn.matches("<path").count(), drawn.matches("<foreignObject").count()), (1, 2), "{drawn}");
        assert!(drawn.contains("class=\"edge waits\" d=\"M170 35H210\""), "{drawn}");
    }

    #[test]
    fn edges_between_different_steps_turn_in_lanes_of_their_own() {
        let layout = Layout::of(&graph(4, &[(0, 2), (1, 2), (1, 3)]));

        let lanes: BTreeSet<i64> = layout.lanes().values().map(|lane| lane.round() as i64).collect();

        assert_eq!(lanes.len(), 2);
    }

    #[test]
    fn what_belongs_to_the_end_stands_there_though_it_awaits_nothing() {
        let mut graph = graph(3, &[(0, 1)]);
        graph.nodes[2].is_last = true;

        assert_eq!(Layout::of(&graph).columns, [0, 1, 1]);
    }
}
