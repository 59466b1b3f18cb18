//! Writes down what handlers logged, many lines at a time, and how far they say they are, on a connection of its own: no claim and no outcome waits behind
//! it, and it is opened only where something is logged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::engine::Engine;
use crate::job::Told;
use crate::record::JobId;
use crate::store::{self, NewProgress, Remedy};

/// A worker that is killed loses what was logged for at most this long.
const INTERVAL: Duration = Duration::from_secs(1);
/// Lines of one statement.
const BATCH_MAX: usize = 1_000;
/// Without anything to write for so long, the connection is closed.
const IDLE_MAX: Duration = Duration::from_secs(60);

pub(super) struct Recorder {
    engine: Arc<Engine>,
    wrote: Option<Instant>,
}

impl Recorder {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine, wrote: None }
    }

    /// Goes on for as long as handlers may run; whoever stops the worker ends it.
    pub(super) async fn run(mut self) {
        loop {
            self.once().await;
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// One round.
    pub(super) async fn once(&mut self) {
        if record_all(&self.engine).await {
            self.wrote = Some(Instant::now());
        }
        if self.wrote.is_some_and(|wrote| wrote.elapsed() > IDLE_MAX) {
            self.engine.notes.close().await;
            self.wrote = None;
        }
    }
}

/// Writes down everything that was logged and told. Returns whether there was anything.
pub(super) async fn record_all(engine: &Engine) -> bool {
    let logged = record_log(engine).await;
    record_progress(engine).await || logged
}

/// What could not be written is kept, and comes again.
async fn record_log(engine: &Engine) -> bool {
    let mut any = false;
    while let Some(batch) = engine.logbook.batch(BATCH_MAX) {
        any = true;
        match store::write_log(&engine.notes, &batch).await {
            Ok(_) => {}
            Err((error, Remedy::GiveUp)) => {
                tracing::warn!(%error, count = batch.len(), "could not write what handlers logged; it is dropped");
            }
            Err((error, _)) => {
                tracing::debug!(%error, "could not write what handlers logged, trying again");
                return any;
            }
        }
        engine.logbook.written(&batch);
    }
    any
}

async fn record_progress(engine: &Engine) -> bool {
    let told = engine.board.take();
    if told.is_empty() {
        return false;
    }
    let new: Vec<NewProgress> = told.iter().map(|(run, told)| new_progress(*run, told)).collect();
    match store::write_progress(&engine.notes, &new).await {
        Ok(()) => {}
        Err((error, Remedy::GiveUp)) => tracing::warn!(%error, "could not write how far jobs are; it is dropped"),
        Err((error, _)) => {
            tracing::debug!(%error, "could not write how far jobs are, trying again");
            engine.board.put_back(told);
        }
    }
    true
}

fn new_progress((job, lease): (JobId, i64), told: &Told) -> NewProgress {
    let Told { worker, attempt, done, total, text } = told.clone();
    NewProgress { job, lease, attempt, worker, done, total, text }
}
