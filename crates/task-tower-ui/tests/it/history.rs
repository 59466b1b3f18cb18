//! A tower in which some jobs completed, some failed and some died, and the worker has stopped since.

use serde::{Deserialize, Serialize};
use task_tower::{Console, Job, JobContext, JobError, JobState, TowerBuilder};
use task_tower_ui::{Access, router};

use crate::browser::{Browser, Desk};
use crate::support::{TestBed, in_state};

/// Ends as its data says.
#[derive(Serialize, Deserialize)]
pub struct ChargeCard {
    pub fate: String,
}

impl Job for ChargeCard {
    const KIND: &'static str = "charge_card";
    const QUEUE: &'static str = "critical";
}

/// Completes.
#[derive(Serialize, Deserialize)]
pub struct Resize {}

impl Job for Resize {
    const KIND: &'static str = "resize <image>";
    const QUEUE: &'static str = "images";
}

async fn charge(job: ChargeCard, _run: JobContext) -> Result<(), JobError> {
    match job.fate.as_str() {
        "fine" => Ok(()),
        message => Err(JobError::new(message)),
    }
}

async fn resize(_job: Resize) -> Result<(), JobError> {
    Ok(())
}

pub fn with_jobs(builder: TowerBuilder) -> TowerBuilder {
    builder.job(charge).job(resize)
}

pub struct History {
    pub bed: TestBed,
    pub desk: Desk,
}

impl History {
    /// Five completed, two of them resized; one waits for its retry; three died, two of the same error.
    pub async fn new() -> Self {
        let bed = TestBed::new().await;
        let tower = with_jobs(bed.builder().app_version("1.7.0")).build().await.unwrap();
        let client = tower.client();
        let charge = |fate: &str| client.enqueue(ChargeCard { fate: fate.to_owned() });
        let mut ends = Vec::new();
        for _ in 0..3 {
            ends.push((charge("fine").await.unwrap(), JobState::Completed));
        }
        for _ in 0..2 {
            ends.push((client.enqueue(Resize {}).await.unwrap(), JobState::Completed));
        }
        ends.push((charge("no answer within 30 s").await.unwrap(), JobState::Failed));
        for message in ["no answer within 31 s", "no answer within 32 s", "<script>alert(1)</script>"] {
            ends.push((charge(message).max_retries(0).await.unwrap(), JobState::Dead));
        }
        let running = tower.start().unwrap();
        for (id, state) in &ends {
            in_state(&tower.console(), *id, *state).await;
        }
        running.stop().await;
        Self { bed, desk: Desk::of(&tower) }
    }

    pub fn console(&self) -> &Console {
        &self.desk.console
    }

    /// The same tower for somebody else.
    pub fn browser(&self, access: Access) -> Browser {
        Browser::new(router(self.desk.console.clone(), access))
    }
}
