//! The steps of a batch, as a graph and as a list.

use askama::Template;
use askama::filters::HtmlSafe;
use task_tower::{BatchId, BatchStep, BatchSteps, JobFilter, JobState, StepOf};

use crate::fault::Fault;
use crate::links;
use crate::look::{Bar, GRAPH_EDGES_MAX, GRAPH_STEPS_MAX, Graph, Icon, Look, Node};
use crate::messages::{Markup, Messages};
use crate::say;

/// In this order they stand in a bar.
const IN_BAR: [JobState; 5] =
    [JobState::Completed, JobState::Dead, JobState::Cancelled, JobState::Failed, JobState::Processing];

/// Of these a list tells how many there are.
const WORTH_TELLING: [JobState; 4] = [JobState::Processing, JobState::Failed, JobState::Dead, JobState::Cancelled];

/// What the page shows of them; nothing where there is but one.
pub(super) struct Steps {
    pub(super) list: Vec<Step>,
    /// `None` where a list is asked for, and where there are more steps than a graph can show.
    pub(super) graph: Option<Graph>,
    /// Whether there is one to choose.
    pub(super) can_be_drawn: bool,
    pub(super) notes: Vec<String>,
}

/// A step, as it stands in the graph.
#[derive(Clone, Debug, Template)]
#[template(path = "batch/step.html")]
pub(super) struct Step {
    /// The color: a state.
    pub(super) class: &'static str,
    pub(super) icon: Icon,
    pub(super) word: String,
    pub(super) name: String,
    /// From the page that is shown.
    pub(super) link: Option<String>,
    /// How far it is.
    pub(super) note: Markup,
    /// How many of its jobs are in states that want a look.
    pub(super) counts: Vec<String>,
    /// The names of what it awaits.
    pub(super) awaits: String,
    pub(super) bar: Option<Bar>,
    pub(super) has_begun: bool,
    pub(super) m: Messages,
}

impl HtmlSafe for Step {}

impl Steps {
    /// `root` leads from the page to the root of the dashboard.
    pub(super) fn new(
        id: BatchId,
        steps: &BatchSteps,
        as_list: bool,
        look: &Look,
        root: &str,
    ) -> Result<Option<Self>, Fault> {
        if steps.steps.len() < 2 {
            return Ok(None);
        }
        let m = look.m;
        let made = (0..steps.steps.len()).map(|place| Step::new(id, steps, place, look, root));
        let list = made.collect::<Result<Vec<_>, _>>()?;
        let can_be_drawn = list.len() <= GRAPH_STEPS_MAX && steps.edges.len() <= GRAPH_EDGES_MAX;
        let counted = (!steps.is_counted_whole).then(|| m.steps_counted(say::with_commas(steps.looked_at)));
        let more = steps.are_more.then(|| m.steps_more(list.len()));
        let crowded = (!can_be_drawn).then(|| m.steps_crowded());
        Ok(Some(Self {
            graph: (can_be_drawn && !as_list).then(|| graph(steps, &list, m)),
            list,
            can_be_drawn,
            notes: [counted, more, crowded].into_iter().flatten().collect(),
        }))
    }
}

fn graph(steps: &BatchSteps, list: &[Step], m: Messages) -> Graph {
    let node = |(of, step): (&BatchStep, &Step)| Node {
        card: Markup::shown(step),
        has_begun: step.has_begun,
        is_last: matches!(of.of, StepOf::Callback { .. }),
    };
    Graph {
        name: m.steps_name(list.len()),
        nodes: steps.steps.iter().zip(list).map(node).collect(),
        edges: steps.edges.iter().map(|edge| (edge.from, edge.to)).collect(),
    }
}

impl Step {
    fn new(id: BatchId, steps: &BatchSteps, place: usize, look: &Look, root: &str) -> Result<Self, Fault> {
        let (step, m) = (&steps.steps[place], look.m);
        let awaited: Vec<String> = steps
            .edges
            .iter()
            .filter(|edge| edge.to == place)
            .map(|edge| name(&steps.steps[edge.from].of, m))
            .collect();
        let waits_for =
            steps.edges.iter().filter(|edge| edge.to == place && is_pending(&steps.steps[edge.from])).count();
        let state = step.state();
        let told = WORTH_TELLING.into_iter().map(|state| (state, step.count(state))).filter(|(_, number)| *number > 0);
        Ok(Self {
            class: state.as_str(),
            icon: look.icon(state.as_str()),
            word: m.state(state),
            name: name(&step.of, m),
            link: link(id, &step.of)?.map(|link| format!("{root}{link}")),
            note: note(step, waits_for, look),
            counts: told.map(|(state, number)| m.steps_count(m.state(state), say::with_commas(number))).collect(),
            awaits: awaited.join(", "),
            bar: (step.total() > 1 && step.has_begun()).then(|| bar(step, m)),
            has_begun: step.has_begun(),
            m,
        })
    }
}

fn is_pending(step: &BatchStep) -> bool {
    step.ended() < step.total()
}

fn name(of: &StepOf, m: Messages) -> String {
    match of {
        StepOf::Jobs { kind, display_name } | StepOf::Outside { kind, display_name } => {
            display_name.clone().unwrap_or_else(|| kind.clone())
        }
        StepOf::Batch { id, name } if name.is_empty() => m.batch_unnamed(id.short()),
        StepOf::Batch { name, .. } => name.clone(),
        StepOf::Callback { kind, .. } => kind.clone(),
        _ => say::NOTHING.to_owned(),
    }
}

/// What is behind it, from the root.
fn link(id: BatchId, of: &StepOf) -> Result<Option<String>, Fault> {
    Ok(match of {
        StepOf::Jobs { kind, .. } => Some(links::jobs(&super::show::of(id, &[])?.kind(kind))),
        StepOf::Outside { kind, .. } => Some(links::jobs(&JobFilter::new().kind(kind))),
        StepOf::Batch { id, .. } => Some(format!("batches/{id}")),
        StepOf::Callback { job: Some(job), .. } => Some(format!("jobs/{job}")),
        _ => None,
    })
}

fn note(step: &BatchStep, waits_for: usize, look: &Look) -> Markup {
    let m = look.m;
    let part = || m.steps_part(say::with_commas(step.ended()), say::with_commas(step.total()));
    match &step.of {
        StepOf::Callback { event, .. } if !step.has_begun() && waits_for == 0 => Markup::text(&m.batch_event(*event)),
        StepOf::Outside { .. } => Markup::text(&m.steps_outside()),
        StepOf::Batch { .. } => Markup::text(&m.steps_batch(part())),
        _ if step.state() == JobState::Awaiting => Markup::text(&m.steps_waits(waits_for.max(1))),
        _ if step.total() > 1 => Markup::text(&part()),
        _ => alone(step, look),
    }
}

/// How long a single job runs or ran, or where it is.
fn alone(step: &BatchStep, look: &Look) -> Markup {
    match (step.state(), step.began_at, step.ended_at) {
        (_, Some(began), Some(ended)) => Markup::text(&look.duration(ended - began)),
        (JobState::Processing, Some(began), None) => Markup::shown(&look.ticking(began)),
        (state, ..) => Markup::text(&look.m.state(state)),
    }
}

fn bar(step: &BatchStep, m: Messages) -> Bar {
    let parts = IN_BAR.into_iter().map(|state| (state.as_str(), step.count(state))).collect();
    Bar { name: m.batch_bar(name(&step.of, m)), parts, total: step.total(), width: 146, height: 5 }
}
