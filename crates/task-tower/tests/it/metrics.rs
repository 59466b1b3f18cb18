//! What the feature `metrics` gives to the program's recorder: everything that happens, by kind, queue and state.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use serde::{Deserialize, Serialize};
use task_tower::telemetry::METRICS;
use task_tower::{
    EnqueueContext, EnqueueInterceptor, Job, JobContext, JobError, JobState, RetryPolicy, RunningTower, TaskTower,
};

use crate::support::stage::{Stage, stubborn};
use crate::support::{TestBed, in_state, until};

/// The recorder of this process. Other tests count there as well, in queues of other names.
fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().set_buckets(&[0.1, 60.0]).unwrap().install_recorder().unwrap())
}

/// The number behind this series, such as `name{label="value"}`.
fn number(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(line.parse().unwrap())
}

/// A worker that tells what happens in it to a recorder of its own.
fn start(tower: &TaskTower) -> (RunningTower, PrometheusHandle) {
    let recorder: PrometheusRecorder = PrometheusBuilder::new().set_buckets(&[1.0]).unwrap().build_recorder();
    let running = metrics::with_local_recorder(&recorder, || tower.start()).unwrap();
    (running, recorder.handle())
}

#[derive(Serialize, Deserialize)]
struct Measured {
    how: String,
}

impl Job for Measured {
    const KIND: &'static str = "measured";
}

fn measured(how: &str) -> Measured {
    Measured { how: how.to_owned() }
}

async fn measure(job: Measured, run: JobContext) -> Result<(), JobError> {
    match job.how.as_str() {
        "fails once" if run.attempt() == 1 => Err(JobError::new("not yet")),
        "dies" => Err(JobError::discard("never")),
        "is cancelled" => Err(JobError::cancel("no longer wanted")),
        _ => Ok(()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_jobs_is_counted_by_kind_queue_and_state() {
    let recorder = recorder();
    let bed = TestBed::new().await;
    let soon = RetryPolicy::custom(|_| Duration::from_millis(10));
    let tower = bed.builder().job_with(measure, |kind| kind.retry_policy(soon)).build().await.unwrap();
    let client = tower.client();

    for how in ["completes", "fails once", "dies", "is cancelled"] {
        client.enqueue(measured(how)).to_queue("counted").await.unwrap();
    }
    client.enqueue_all([measured("completes"), measured("completes")]).to_queue("counted").await.unwrap();
    client.enqueue(measured("completes")).to_queue("counted").unique_key("one").in_hours(1).await.unwrap();
    client.enqueue(measured("completes")).to_queue("counted").unique_key("one").in_hours(1).await.unwrap();
    let running = tower.start().unwrap();

    let runs = |state| format!("task_tower_runs_total{{kind=\"measured\",queue=\"counted\",state=\"{state}\"}}");
    let told = |state| number(&recorder.render(), &runs(state));
    until("all runs are counted", async || told("completed") == Some(4.0) && told("dead") == Some(1.0)).await;
    until("the others, too", async || told("cancelled") == Some(1.0)).await;
    let text = recorder.render();
    let of = |name| number(&text, &format!("{name}{{kind=\"measured\",queue=\"counted\"}}"));
    assert_eq!(of("task_tower_jobs_enqueued_total"), Some(7.0), "one has the key of another");
    assert_eq!(told("failed"), Some(1.0));
    assert_eq!(of("task_tower_job_wait_seconds_count"), Some(7.0));
    assert_eq!(of("task_tower_run_duration_seconds_count"), Some(7.0));
    running.stop().await;
}

struct Diversion;

impl EnqueueInterceptor for Diversion {
    async fn intercept(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
        if context.job::<Measured>()?.how == "is diverted" {
            context.set_queue("detour");
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_job_that_an_interceptor_sends_elsewhere_is_counted_there() {
    let recorder = recorder();
    let bed = TestBed::new().await;
    let tower = bed.builder().job_with(measure, |kind| kind.enqueue_interceptor(Diversion)).build().await.unwrap();
    let client = tower.client();

    client.enqueue_all([measured("stays"), measured("is diverted")]).to_queue("straight").await.unwrap();
    client.enqueue(measured("is diverted")).to_queue("straight").await.unwrap();

    let text = recorder.render();
    let told = |queue| number(&text, &format!("task_tower_jobs_enqueued_total{{kind=\"measured\",queue=\"{queue}\"}}"));
    assert_eq!((told("straight"), told("detour")), (Some(1.0), Some(2.0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_tells_its_slots_its_listener_and_the_size_of_its_batches() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = stage.cast(bed.builder()).backend_concurrency(3).build().await.unwrap();
    let id = tower.client().enqueue(stubborn("job")).await.unwrap();

    let (running, recorder) = start(&tower);
    let told = |name| number(&recorder.render(), &format!("task_tower_{name}"));
    until("it runs", async || stage.present() == 1 && told("process_listeners") == Some(1.0)).await;

    let gauges = ["process_workers", "process_slots", "process_slots_busy", "claim_jobs_sum", "claim_jobs_count"];
    assert_eq!(gauges.map(|name| told(name).unwrap()), [1.0, 3.0, 1.0, 1.0, 1.0]);
    stage.open();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;
    assert_eq!(gauges.map(|name| told(name).unwrap()), [0.0, 0.0, 0.0, 1.0, 1.0]);
    assert_eq!((told("process_listeners"), told("completion_jobs_sum")), (Some(0.0), Some(1.0)));
}

#[cfg(feature = "redis")]
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_redis_wakes_is_counted() {
    let (bed, redis) = (TestBed::new().await, crate::redis::server::Redis::start().await);
    let tower = bed.builder().redis_url(redis.url()).job(measure).build().await.unwrap();

    let (running, recorder) = start(&tower);
    let told = || number(&recorder.render(), "task_tower_process_redis_listeners");

    until("Redis wakes it", async || told() == Some(1.0)).await;
    running.stop().await;
    assert_eq!(told(), Some(0.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_is_refused_is_counted() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    // Heartbeats are so rare that the run does not learn that its job is gone.
    let rare = Duration::from_secs(60);
    let builder = bed.builder().heartbeat_interval(rare).dead_after(rare * 3);
    let tower = stage.cast(builder).build().await.unwrap();
    tower.client().enqueue(stubborn("job")).await.unwrap();
    let (running, recorder) = start(&tower);
    until("it runs", async || stage.present() == 1).await;

    bed.query("UPDATE tower.job SET lease = lease + 1", &[]).await;
    stage.open();

    until("it is refused", async || number(&recorder.render(), "task_tower_stale_results_total") == Some(1.0)).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_worker_is_counted_with_the_jobs_that_are_taken_from_it() {
    let global = recorder();
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    tower.client().enqueue(stubborn("job")).to_queue("rescued").await.unwrap();
    bed.query(
        "WITH lost AS (
             INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, heartbeat_at)
             VALUES ('elsewhere', 1, '1', 1, '{stubborn}', '{}', interval '1 s', '2000-01-01')
             RETURNING id)
         UPDATE tower.job SET state = 1, lease = 1, attempt = 1, worker_id = lost.id FROM lost",
        &[],
    )
    .await;

    let (running, recorder) = start(&tower);

    let taken = "task_tower_rescues_total{kind=\"stubborn\",queue=\"rescued\",state=\"enqueued\"}";
    until("its job is taken", async || number(&global.render(), taken) == Some(1.0)).await;
    assert_eq!(number(&recorder.render(), "task_tower_workers_lost_total"), Some(1.0));
    stage.open();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_tells_what_waits_in_the_queues() {
    let recorder = recorder();
    let bed = TestBed::new().await;
    let tower = bed.builder().job(measure).queues(["served"]).build().await.unwrap();
    tower.client().enqueue(measured("waits")).to_queue("waiting").await.unwrap();
    tower.console().pause_queue("waiting", None).await.unwrap();
    // What a worker counts once a minute, for all of them.
    bed.query(
        "INSERT INTO tower.depth (at, queue, enqueued, scheduled, failed)
         SELECT date_trunc('minute', now() - interval '5 s'), queue, 5, 3, 2 FROM unnest('{\"\",waiting}'::text[]) AS queue",
        &[],
    )
    .await;

    let running = tower.start().unwrap();

    let jobs =
        |state| number(&recorder.render(), &format!("task_tower_queue_jobs{{queue=\"waiting\",state=\"{state}\"}}"));
    until("the queue is told", async || jobs("enqueued").is_some()).await;
    let text = recorder.render();
    assert_eq!(["enqueued", "scheduled", "failed"].map(jobs), [5.0, 3.0, 2.0].map(Some));
    assert_eq!(number(&text, "task_tower_queue_paused{queue=\"waiting\"}"), Some(1.0));
    let age = number(&text, "task_tower_queue_oldest_age_seconds{queue=\"waiting\"}").unwrap();
    assert!(age > 0.0 && age < 60.0, "{age}");
    running.stop().await;
}

/// The rows of the table in the guide: name, kind, labels, from where.
fn rows() -> Vec<[String; 4]> {
    let text = include_str!("../../docs/telemetry.md");
    let rows = text.lines().filter(|line| line.starts_with("| `task_tower_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        [1, 2, 3, 4].map(|cell| cells[cell].replace('`', ""))
    })
    .collect()
}

#[test]
fn the_guide_has_a_row_for_each_metric_and_for_no_other() {
    let expected = METRICS.iter().map(|metric| {
        let place = match (metric.is_recorded, metric.is_served) {
            (true, true) => "both",
            (true, false) => "process",
            _ => "database",
        };
        [metric.name, metric.kind.as_str(), &metric.labels.join(", "), place].map(str::to_owned)
    });

    assert_eq!(BTreeSet::from_iter(rows()), expected.collect::<BTreeSet<_>>());
    assert_eq!(rows().len(), METRICS.len());
}
