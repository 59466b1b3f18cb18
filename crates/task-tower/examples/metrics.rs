//! What happens to jobs is measured for the recorder of the program, here one for Prometheus, and printed.
//!
//! Run it with `cargo run -p task-tower --example metrics --features metrics`. `DATABASE_URL`, or libpq's `PGHOST` and
//! its sisters, says where PostgreSQL is. The dashboard serves such a text at `/metrics`: see
//! `task_tower_ui::Metrics::recorded_by`.

use std::error::Error;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::{Deserialize, Serialize};
use task_tower::telemetry::{JOBS_BUCKETS, SECONDS_BUCKETS};
use task_tower::{Job, JobError, JobState, TaskTower};

#[derive(Serialize, Deserialize)]
struct ResizePicture {
    picture: u64,
}

impl Job for ResizePicture {
    const KIND: &'static str = "resize_picture";
    const QUEUE: &'static str = "images";
}

async fn resize_picture(job: ResizePicture) -> Result<(), JobError> {
    tokio::time::sleep(Duration::from_millis(job.picture)).await;
    if job.picture == 3 { Err(JobError::discard("it is no picture")) } else { Ok(()) }
}

/// Before the tower is built: what was looked up before there was a recorder stays unmeasured.
fn record() -> Result<PrometheusHandle, Box<dyn Error>> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_jobs".to_owned()), &JOBS_BUCKETS)?
        .install_recorder()?;
    // Histograms gather in memory until somebody does this, or asks for them.
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let recorder = record()?;
    let tower = TaskTower::builder().job(resize_picture).build().await?;
    let (client, console) = (tower.client(), tower.console());
    let ids = client.enqueue_all((1..=3).map(|picture| ResizePicture { picture })).await?;

    let running = tower.start()?;
    for id in ids {
        while !matches!(console.job(id).await?.state, JobState::Completed | JobState::Dead) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    running.stop().await;

    let text = recorder.render();
    let is_number = |line: &&str| line.contains("_total{") || line.contains("_count");
    text.lines().filter(is_number).for_each(|line| println!("{line}"));
    Ok(())
}
