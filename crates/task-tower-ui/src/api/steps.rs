//! The steps of a batch: what stands together in it, and what awaits what.

use std::collections::BTreeMap;

use serde::Serialize;
use task_tower::{BatchEdge, BatchEvent, BatchStep, BatchSteps, JobState, StepOf};

use super::answer::{Json, Moment};
use super::ask::Named;
use super::call::Call;
use crate::fault::Fault;
use crate::pages::batches::find;

#[derive(Serialize)]
pub(super) struct Steps {
    steps: Vec<Step>,
    edges: Vec<BatchEdge>,
    looked_at: u64,
    is_counted_whole: bool,
    are_more: bool,
}

#[derive(Serialize)]
struct Step {
    r#type: &'static str,
    kind: Option<String>,
    name: Option<String>,
    batch: Option<String>,
    event: Option<BatchEvent>,
    job: Option<String>,
    state: JobState,
    has_begun: bool,
    total: u64,
    jobs: BTreeMap<JobState, u64>,
    began_at: Option<Moment>,
    ended_at: Option<Moment>,
}

pub(super) async fn steps(call: Call, Named(id): Named) -> Result<Json<Steps>, Fault> {
    let batch = find(&call.desk, &call.visitor, &id).await?;
    Ok(Json(call.desk.console.batch_steps(batch.id).await?.into()))
}

impl From<BatchSteps> for Steps {
    fn from(steps: BatchSteps) -> Self {
        Self {
            steps: steps.steps.into_iter().map(Step::from).collect(),
            edges: steps.edges,
            looked_at: steps.looked_at,
            is_counted_whole: steps.is_counted_whole,
            are_more: steps.are_more,
        }
    }
}

impl From<BatchStep> for Step {
    fn from(step: BatchStep) -> Self {
        let plain = Self {
            r#type: "jobs",
            kind: None,
            name: None,
            batch: None,
            event: None,
            job: None,
            state: step.state(),
            has_begun: step.has_begun(),
            total: step.total(),
            jobs: step.jobs,
            began_at: step.began_at.map(Moment),
            ended_at: step.ended_at.map(Moment),
        };
        match step.of {
            StepOf::Jobs { kind, display_name } => Self { kind: Some(kind), name: display_name, ..plain },
            StepOf::Outside { kind, display_name } => {
                Self { r#type: "outside", kind: Some(kind), name: display_name, ..plain }
            }
            StepOf::Batch { id, name } => {
                Self { r#type: "batch", batch: Some(id.to_string()), name: Some(name), ..plain }
            }
            StepOf::Callback { event, kind, job } => Self {
                r#type: "callback",
                kind: Some(kind),
                event: Some(event),
                job: job.map(|id| id.to_string()),
                ..plain
            },
            _ => plain,
        }
    }
}
