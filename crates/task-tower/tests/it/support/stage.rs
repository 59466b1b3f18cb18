//! Jobs that a test watches and steers from outside: who began, in which order, how many at once,
//! and a curtain that keeps them waiting until the test opens it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, State, TowerBuilder};
use tokio::sync::watch;

/// Does nothing but to be seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
}

/// Waits until the curtain opens, whatever it is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stubborn {
    pub name: String,
}

/// Waits until the curtain opens, or until it is asked to stop.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Patient {
    pub name: String,
}

impl Job for Step {
    const KIND: &'static str = "step";
}

impl Job for Stubborn {
    const KIND: &'static str = "stubborn";
}

impl Job for Patient {
    const KIND: &'static str = "patient";
}

pub fn step(name: impl Into<String>) -> Step {
    Step { name: name.into() }
}

pub fn stubborn(name: impl Into<String>) -> Stubborn {
    Stubborn { name: name.into() }
}

pub fn patient(name: impl Into<String>) -> Patient {
    Patient { name: name.into() }
}

/// What the handlers tell the test, and the test tells them.
#[derive(Clone, Debug, Default)]
pub struct Stage(Arc<Scene>);

#[derive(Debug, Default)]
struct Scene {
    begun: Mutex<Vec<String>>,
    ended: Mutex<Vec<String>>,
    asked: Mutex<Vec<String>>,
    dropped: Mutex<Vec<String>>,
    present: AtomicUsize,
    peak: AtomicUsize,
    curtain: watch::Sender<bool>,
}

impl Stage {
    /// The handlers of the three kinds, with this stage as their state.
    pub fn cast(&self, builder: TowerBuilder) -> TowerBuilder {
        builder.state(self.clone()).job(run_step).job(run_stubborn).job(run_patient)
    }

    /// Notes that a run begins; it ends, or is dropped, with what this returns.
    pub fn enter(&self, name: &str) -> Presence {
        let present = self.0.present.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.peak.fetch_max(present, Ordering::SeqCst);
        note(&self.0.begun, name);
        Presence { stage: self.clone(), name: name.to_owned(), ended: false }
    }

    /// Lets everybody end who waits, now and later.
    pub fn open(&self) {
        self.0.curtain.send_replace(true);
    }

    pub async fn opened(&self) {
        let _ = self.0.curtain.subscribe().wait_for(|open| *open).await;
    }

    /// Who began, in order.
    pub fn begun(&self) -> Vec<String> {
        copy(&self.0.begun)
    }

    /// Who ran to the end, in order.
    pub fn ended(&self) -> Vec<String> {
        copy(&self.0.ended)
    }

    /// Who heard that it should stop.
    pub fn asked(&self) -> Vec<String> {
        copy(&self.0.asked)
    }

    /// Whose future was dropped before its end.
    pub fn dropped(&self) -> Vec<String> {
        copy(&self.0.dropped)
    }

    /// How many run at this moment.
    pub fn present(&self) -> usize {
        self.0.present.load(Ordering::SeqCst)
    }

    /// The most that ever ran at one moment.
    pub fn peak(&self) -> usize {
        self.0.peak.load(Ordering::SeqCst)
    }
}

/// One run on the stage.
pub struct Presence {
    stage: Stage,
    name: String,
    ended: bool,
}

impl Presence {
    pub fn ask(&self) {
        note(&self.stage.0.asked, &self.name);
    }

    pub fn end(mut self) {
        self.ended = true;
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.stage.0.present.fetch_sub(1, Ordering::SeqCst);
        note(if self.ended { &self.stage.0.ended } else { &self.stage.0.dropped }, &self.name);
    }
}

fn note(list: &Mutex<Vec<String>>, name: &str) {
    list.lock().unwrap().push(name.to_owned());
}

fn copy(list: &Mutex<Vec<String>>) -> Vec<String> {
    list.lock().unwrap().clone()
}

async fn run_step(job: Step, State(stage): State<Stage>) -> Result<(), JobError> {
    stage.enter(&job.name).end();
    Ok(())
}

async fn run_stubborn(job: Stubborn, State(stage): State<Stage>) -> Result<(), JobError> {
    let presence = stage.enter(&job.name);
    stage.opened().await;
    presence.end();
    Ok(())
}

async fn run_patient(job: Patient, context: JobContext, State(stage): State<Stage>) -> Result<(), JobError> {
    let presence = stage.enter(&job.name);
    tokio::select! {
        () = stage.opened() => {
            presence.end();
            Ok(())
        }
        () = context.cancelled() => {
            presence.ask();
            Err(JobError::new("stopped when asked"))
        }
    }
}
