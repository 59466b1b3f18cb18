//! What the database knows of the whole tower. The questions are those of the pages, and so is what they cost.

use chrono::{DateTime, Utc};
use task_tower::telemetry::METRIC_QUEUES_MAX;
use task_tower::{Census, Console, QueueRecord, Result, WorkerCommand, WorkerRecord};

use super::text::Text;

/// What is known when the database answers; otherwise, that it does not.
pub(super) async fn write(console: &Console, text: &mut Text) {
    match Figures::ask(console).await {
        Ok(figures) => figures.write(text, Utc::now()),
        Err(error) => {
            tracing::warn!(%error, "could not tell metrics of the tower");
            text.number("task_tower_database_up", 0);
        }
    }
}

struct Figures {
    queues: Vec<QueueRecord>,
    workers: Vec<WorkerRecord>,
    census: Census,
}

impl Figures {
    async fn ask(console: &Console) -> Result<Self> {
        let (queues, workers, census) = tokio::join!(console.queues(), console.workers(), console.census());
        Ok(Self { queues: queues?, workers: workers?, census: census? })
    }

    fn write(&self, text: &mut Text, now: DateTime<Utc>) {
        text.number("task_tower_database_up", 1);
        self.write_queues(text, now);
        self.write_workers(text);
        text.number("task_tower_error_groups", self.census.errors);
    }

    fn write_queues(&self, text: &mut Text, now: DateTime<Utc>) {
        let told = || self.queues.iter().take(METRIC_QUEUES_MAX);
        let jobs = told().flat_map(|queue| {
            let states = [("enqueued", queue.enqueued), ("scheduled", queue.scheduled), ("failed", queue.failed)];
            states.map(|(state, number)| (vec![queue.name.as_str(), state], number as f64))
        });
        text.family("task_tower_queue_jobs", jobs);
        let age = |queue: &QueueRecord| queue.oldest_since.map_or(0.0, |since| (now - since).as_seconds_f64().max(0.0));
        text.family("task_tower_queue_oldest_age_seconds", told().map(|queue| (vec![queue.name.as_str()], age(queue))));
        let paused = |queue: &QueueRecord| f64::from(u8::from(queue.paused_at.is_some()));
        text.family("task_tower_queue_paused", told().map(|queue| (vec![queue.name.as_str()], paused(queue))));
        text.number("task_tower_queues_left_out", self.queues.len().saturating_sub(METRIC_QUEUES_MAX) as u64);
    }

    fn write_workers(&self, text: &mut Text) {
        let count = |state| self.workers.iter().filter(|worker| state_of(worker) == Some(state)).count() as f64;
        let states = ["working", "quiet", "stopping", "silent"];
        text.family("task_tower_workers", states.map(|state| (vec![state], count(state))));
        let living = || self.workers.iter().filter(|worker| worker.ended_at.is_none());
        let by_redis = living().filter(|worker| worker.by_redis == Some(true)).count();
        let listeners = [("notify", living().count() - by_redis), ("redis", by_redis)];
        text.family("task_tower_listeners", listeners.map(|(transport, number)| (vec![transport], number as f64)));
        text.number("task_tower_slots", living().map(|worker| u64::from(worker.slots.unsigned_abs())).sum());
        text.number("task_tower_slots_busy", living().map(|worker| u64::from(worker.busy.unsigned_abs())).sum());
    }
}

/// One that has stopped as it should is in none.
fn state_of(worker: &WorkerRecord) -> Option<&'static str> {
    if worker.ended_at.is_some() {
        return (worker.ended_how.as_deref() == Some("silent")).then_some("silent");
    }
    Some(match worker.command {
        Some(WorkerCommand::Quiet) => "quiet",
        Some(WorkerCommand::Stop) => "stopping",
        _ => "working",
    })
}
