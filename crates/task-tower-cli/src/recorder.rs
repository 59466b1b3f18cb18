//! What this process measures, for `/metrics` of its dashboard.

use std::time::Duration;

use anyhow::{Context, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use task_tower::telemetry::{JOBS_BUCKETS, SECONDS_BUCKETS};
use task_tower_ui::Metrics;

/// How often what was measured is taken together, so that it does not grow while nobody asks.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// Measures from now on. Before a tower is built.
pub(crate) fn start() -> Result<Metrics> {
    let handle = install().context("could not start to measure")?;
    tokio::spawn(keep_up(handle.clone()));
    Ok(Metrics::default().recorded_by(move || handle.render()))
}

fn install() -> Result<PrometheusHandle> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_jobs".to_owned()), &JOBS_BUCKETS)?;
    Ok(builder.install_recorder()?)
}

async fn keep_up(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_INTERVAL).await;
        handle.run_upkeep();
    }
}
