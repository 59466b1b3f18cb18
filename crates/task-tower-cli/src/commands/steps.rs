//! The steps of a batch, as a table.

use task_tower::{BatchStep, BatchSteps, JobState, StepOf};

use crate::output::line;
use crate::table::Table;

/// Prints them, where there is more than one.
pub(super) fn print(steps: &BatchSteps) {
    if steps.steps.len() < 2 {
        return;
    }
    line("");
    let mut table = Table::new(&["STEP", "STATE", ">ENDED", ">JOBS", ">DEAD", ">FAILED", "AFTER"]);
    (0..steps.steps.len()).for_each(|place| table.row(row(steps, place)));
    table.lines().iter().for_each(line);
    if !steps.is_counted_whole {
        line(format_args!("counted among {} jobs: the oldest and the newest", steps.looked_at));
    }
    if steps.are_more {
        line("there are more steps than these");
    }
}

fn row(steps: &BatchSteps, place: usize) -> [String; 7] {
    let step = &steps.steps[place];
    let awaited = steps.edges.iter().filter(|edge| edge.to == place).map(|edge| name(&steps.steps[edge.from]));
    let numbers = [step.ended(), step.total(), step.count(JobState::Dead), step.count(JobState::Failed)];
    let [ended, total, dead, failed] = numbers.map(|number| number.to_string());
    [name(step), step.state().to_string(), ended, total, dead, failed, awaited.collect::<Vec<_>>().join(", ")]
}

fn name(step: &BatchStep) -> String {
    match &step.of {
        StepOf::Jobs { kind, .. } => kind.clone(),
        StepOf::Outside { kind, .. } => format!("{kind} (not in this batch)"),
        StepOf::Batch { id, name } if name.is_empty() => format!("batch {id}"),
        StepOf::Batch { name, .. } => format!("batch {name}"),
        StepOf::Callback { event, kind, .. } => format!("{kind} (on {})", event.as_str()),
        _ => "-".to_owned(),
    }
}
