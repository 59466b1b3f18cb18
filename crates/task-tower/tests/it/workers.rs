//! Workers as the database sees them: who they are, how they are found dead, what becomes of their
//! jobs, and how much they take.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use task_tower::{
    Client, Console, ErrorFilter, EventKind, Job, JobError, JobId, JobState, Outcome, RunningTower, State, TaskTower,
    TowerBuilder, WorkerId, WorkerRecord,
};

use crate::support::stage::{Stage, patient, step, stubborn};
use crate::support::{TestBed, in_state, until};

/// One of several workers of a schema, with a stage of its own.
struct Worker {
    tower: TaskTower,
    stage: Stage,
    running: RunningTower,
}

impl Worker {
    async fn start(bed: &TestBed) -> Self {
        Self::start_with(bed, |builder| builder).await
    }

    async fn start_with(bed: &TestBed, options: impl FnOnce(TowerBuilder) -> TowerBuilder) -> Self {
        let stage = Stage::default();
        let tower = options(stage.cast(bed.builder())).build().await.unwrap();
        let running = tower.start().unwrap();
        Self { tower, stage, running }
    }

    /// Enqueues a job that waits for its cue, and waits until it runs here.
    async fn hold<J: Job>(&self, job: J) -> JobId {
        let begun = self.stage.begun().len();
        let id = self.tower.client().enqueue(job).await.unwrap();
        until("the job runs", async || self.stage.begun().len() > begun).await;
        id
    }

    async fn begins(&self, name: &str) {
        until("the job begins", async || self.stage.begun().iter().any(|begun| begun == name)).await;
    }
}

/// Under a new id, a worker that was declared dead may take its own job again, unless its slots are in use.
fn one_slot(builder: TowerBuilder) -> TowerBuilder {
    builder.backend_concurrency(1)
}

/// The only worker that lives.
async fn the_worker(console: &Console) -> WorkerRecord {
    let workers = console.workers().await.unwrap();
    let mut alive = workers.into_iter().filter(|worker| worker.ended_at.is_none());
    let worker = alive.next().expect("a worker lives");
    assert!(alive.next().is_none(), "only one lives");
    worker
}

async fn registered(console: &Console) -> WorkerRecord {
    until("a worker is registered", async || !console.workers().await.unwrap().is_empty()).await;
    the_worker(console).await
}

/// Makes the worker's heartbeats too old, again and again, until another one declares it dead.
async fn silence(bed: &TestBed, worker: WorkerId) {
    until("the worker is declared dead", async || {
        let silent = "UPDATE tower.worker SET heartbeat_at = '2000-01-01' WHERE id = $1 AND ended_at IS NULL";
        bed.query(silent, &[&worker.as_i64()]).await;
        let ended = "SELECT ended_how FROM tower.worker WHERE id = $1";
        let how: Option<String> = bed.query(ended, &[&worker.as_i64()]).await[0].get(0);
        how.as_deref() == Some("silent")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_registers_who_it_is_and_what_it_can() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, |builder| builder.backend_concurrency(3).queues(["mail", "default"])).await;

    let record = registered(&worker.tower.console()).await;

    assert!(!record.host.is_empty());
    assert_eq!(record.process_id, i64::from(std::process::id()));
    assert_eq!(record.version, env!("CARGO_PKG_VERSION"));
    assert!(record.started_at <= record.heartbeat_at);
    assert_eq!((record.slots, record.busy), (3, 0));
    assert_eq!(record.kinds, ["patient", "step", "stubborn"]);
    assert_eq!(record.queues, ["mail", "default"]);
    worker.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_are_renewed_and_tell_how_many_slots_are_busy() {
    let bed = TestBed::new().await;
    let worker = Worker::start(&bed).await;
    let console = worker.tower.console();
    let first = registered(&console).await;

    worker.hold(stubborn("a")).await;
    worker.hold(stubborn("b")).await;

    until("a heartbeat tells two busy slots", async || the_worker(&console).await.busy == 2).await;
    let later = the_worker(&console).await;
    assert!(later.heartbeat_at > first.heartbeat_at && later.id == first.id);
    worker.stage.open();
    until("a heartbeat tells idle slots", async || the_worker(&console).await.busy == 0).await;
    worker.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_tell_what_runs_those_first_that_began_first() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, |builder| builder.backend_concurrency(8)).await;
    let mut jobs = Vec::new();

    for name in ["a", "b", "c", "d", "e", "f"] {
        jobs.push(worker.hold(stubborn(name)).await);
    }

    let console = worker.tower.console();
    let told = async || console.workers().await.unwrap()[0].running.clone();
    until("a heartbeat tells all of them", async || told().await.len() == jobs.len()).await;
    assert_eq!(told().await, jobs);
    let id = the_worker(&console).await.id;
    let running = console.running_jobs(&[id], 4).await.unwrap();
    assert_eq!(Vec::from_iter(running.iter().map(|job| job.id)), jobs[..4]);
    assert!(running.is_sorted_by_key(|job| job.started_at));
    assert!(running.iter().all(|job| (job.worker, job.name(), job.queue.as_str()) == (id, "stubborn", "default")));
    worker.stage.open();
    worker.running.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn heartbeats_tell_how_much_memory_the_process_takes() {
    let bed = TestBed::new().await;

    let worker = Worker::start(&bed).await;

    let console = worker.tower.console();
    registered(&console).await;
    until("a heartbeat tells it", async || the_worker(&console).await.memory_bytes > Some(1_000_000)).await;
    worker.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_silent_worker_run_elsewhere_within_seconds() {
    let bed = TestBed::new().await;
    let first = Worker::start_with(&bed, one_slot).await;
    let id = first.hold(stubborn("job")).await;
    let silent = registered(&first.tower.console()).await;
    let second = Worker::start(&bed).await;

    let began = Instant::now();
    silence(&bed, silent.id).await;
    second.begins("job").await;

    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
    second.stage.open();
    let job = in_state(&second.tower.console(), id, JobState::Completed).await;
    assert_eq!((job.attempt, job.crashes, job.failures), (2, 1, 0));
    assert_eq!(job.events.len(), 1);
    assert_eq!(job.events[0].event, EventKind::Rescued);
    assert_eq!(job.events[0].error.as_ref().unwrap().kind, "crash");
    first.running.stop().await;
    second.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_put_down_to_the_version_that_crashed_not_to_the_one_that_found_it() {
    let bed = TestBed::new().await;
    let first = Worker::start_with(&bed, |builder| builder.app_version("1.7")).await;
    first.hold(stubborn("job")).await;
    let silent = registered(&first.tower.console()).await;
    let second = Worker::start_with(&bed, |builder| builder.app_version("1.8")).await;

    silence(&bed, silent.id).await;
    second.begins("job").await;
    second.stage.open();
    let console = second.tower.console();
    let groups = async || console.error_groups(&ErrorFilter::new()).await.unwrap().groups;
    until("the crash is counted", async || !groups().await.is_empty()).await;

    let group = groups().await.remove(0);
    assert_eq!(group.class, "WorkerLost");
    assert_eq!((group.first_version.as_deref(), group.last_version.as_deref()), (Some("1.7"), Some("1.7")));
    first.running.stop().await;
    second.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_declared_dead_drops_its_runs_and_registers_anew() {
    let bed = TestBed::new().await;
    let first = Worker::start(&bed).await;
    first.hold(patient("job")).await;
    let console = first.tower.console();
    let silent = registered(&console).await;
    let second = Worker::start_with(&bed, |builder| builder.queues(["default"])).await;

    silence(&bed, silent.id).await;
    until("its run is asked to stop", async || first.stage.asked() == ["job"]).await;
    // Whoever is first takes the rescued job: the other worker, or the same one under its new id.
    until("the job begins again", async || second.stage.begun().len() + first.stage.begun().len() >= 2).await;
    second.running.stop_or(async {}).await;

    until("it runs the job again", async || first.stage.begun().len() == 2).await;
    assert!(the_worker(&console).await.id.as_i64() > silent.id.as_i64());
    first.stage.open();
    until("it is idle", async || first.stage.present() == 0).await;
    first.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_of_a_worker_that_was_declared_dead_is_refused() {
    let bed = TestBed::new().await;
    let first = Worker::start_with(&bed, one_slot).await;
    let id = first.hold(stubborn("job")).await;
    let silent = registered(&first.tower.console()).await;
    let second = Worker::start(&bed).await;
    silence(&bed, silent.id).await;
    second.begins("job").await;

    first.stage.open();
    // Everything it has to say is said when this returns.
    first.running.stop().await;

    let job = second.tower.console().job(id).await.unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Processing, 2));
    second.stage.open();
    let job = in_state(&second.tower.console(), id, JobState::Completed).await;
    assert_ne!(job.worker_id, Some(silent.id));
    second.running.stop().await;
}

/// Ends as it is told, once the stage opens.
#[derive(Debug, Serialize, Deserialize)]
struct Ending {
    how: String,
}

impl Job for Ending {
    const KIND: &'static str = "ending";
}

async fn end(job: Ending, State(stage): State<Stage>) -> Result<Outcome, JobError> {
    let presence = stage.enter(&job.how);
    stage.opened().await;
    presence.end();
    match job.how.as_str() {
        "done" => Ok(Outcome::Done),
        "snooze" => Ok(Outcome::Snooze(Duration::from_secs(60))),
        "failure" => Err(JobError::new("failed")),
        "discard" => Err(JobError::discard("discarded")),
        "cancel" => Err(JobError::cancel("cancelled")),
        _ => panic!("panicked"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_outcome_is_written_by_a_stale_lease() {
    let endings = ["done", "snooze", "failure", "discard", "cancel", "panic"];
    let bed = TestBed::new().await;
    // Heartbeats are so rare that only the lease itself can refuse.
    let rare = |builder: TowerBuilder| {
        builder.heartbeat_interval(Duration::from_secs(20)).dead_after(Duration::from_secs(60)).job(end)
    };
    let worker = Worker::start_with(&bed, rare).await;
    for how in endings {
        worker.hold(Ending { how: how.to_owned() }).await;
    }

    bed.query("UPDATE tower.job SET lease = lease + 1", &[]).await;
    worker.stage.open();
    until("all have ended", async || worker.stage.ended().len() == endings.len()).await;
    worker.running.stop().await;

    let untouched = "SELECT count(*) FROM tower.job WHERE state = 1 AND lease = 2 AND failures = 0 AND events IS NULL";
    assert_eq!(bed.number(untouched).await, endings.len() as i64);
    assert_eq!(bed.number("SELECT count(*) FROM tower.history").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_job_changed_hands_is_asked_to_stop() {
    let bed = TestBed::new().await;
    let worker = Worker::start(&bed).await;
    worker.hold(patient("job")).await;

    bed.query("UPDATE tower.job SET lease = lease + 1", &[]).await;

    until("it is asked to stop", async || worker.stage.asked() == ["job"]).await;
    worker.running.stop().await;
    assert_eq!(bed.number("SELECT lease FROM tower.job WHERE state = 1 AND attempt = 1").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_asked_to_cancel_is_not_run_again_when_its_worker_dies() {
    let bed = TestBed::new().await;
    let first = Worker::start(&bed).await;
    let id = first.hold(stubborn("job")).await;
    bed.query("UPDATE tower.job SET cancel_requested = true", &[]).await;

    drop(first.running);
    let second = Worker::start(&bed).await;

    let job = in_state(&second.tower.console(), id, JobState::Cancelled).await;
    assert_eq!(job.attempt, 1);
    assert!(second.stage.begun().is_empty());
    second.running.stop().await;
}

/// So many jobs of a worker that nobody knows are rescued. Returns how many bytes the table of live jobs has.
async fn rescued_from_nobody(bed: &TestBed, count: usize) -> i64 {
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    let names = (0..count).map(|name| step(name.to_string()));
    tower.client().enqueue_all(names).await.unwrap();
    bed.query("UPDATE tower.job SET state = 1, worker_id = 4711, lease = 1, attempt = 1", &[]).await;
    let bytes = bed.number("SELECT pg_relation_size(tableoid) FROM tower.job LIMIT 1").await;

    let running = tower.start().unwrap();

    until("all have run", async || stage.ended().len() == count).await;
    running.stop().await;
    let completed = "SELECT count(*) FROM tower.history WHERE state = 3 AND attempt = 2 AND crashes = 1";
    assert_eq!(bed.number(completed).await, count as i64);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_worker_that_nobody_knows_are_rescued() {
    let bytes = rescued_from_nobody(&TestBed::new().await, 5_000).await;

    assert!(bytes > 1024 * 1024, "the search of {bytes} bytes has no connection of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn few_jobs_of_a_worker_that_nobody_knows_are_rescued_too() {
    let bytes = rescued_from_nobody(&TestBed::new().await, 20).await;

    assert!(bytes <= 1024 * 1024, "the search of {bytes} bytes has a connection of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_rescued_in_a_schema_with_a_quote_in_its_name() {
    let bed = TestBed::with_schema("the worker's").await;

    rescued_from_nobody(&bed, 20).await;

    bed.execute(&format!("DROP SCHEMA {} CASCADE", bed.quoted())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_takes_three_workers_down_is_dead_as_poison() {
    let bed = TestBed::new().await;
    let id = {
        let victim = Worker::start(&bed).await;
        victim.hold(stubborn("poison")).await
    };
    for _ in 0..2 {
        let victim = Worker::start(&bed).await;
        victim.begins("poison").await;
    }

    let survivor = Worker::start(&bed).await;

    let job = in_state(&survivor.tower.console(), id, JobState::Dead).await;
    assert_eq!((job.reason.as_deref(), job.attempt, job.crashes), (Some("poison"), 3, 3));
    assert_eq!(job.last_failure().unwrap().kind, "crash");
    assert!(survivor.stage.begun().is_empty());
    survivor.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_one_crash_away_from_poison_runs_alone_among_its_like() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    let names = (0..3).map(|name| stubborn(name.to_string()));
    tower.client().enqueue_all(names).await.unwrap();
    bed.query("UPDATE tower.job SET crashes = 2, crashed_at = now(), attempt = 2", &[]).await;

    let running = tower.start().unwrap();
    let deferred = "SELECT count(*) FROM tower.job WHERE state = 0 AND run_at > clock_timestamp()";
    until("one runs and the others wait", async || stage.present() == 1 && bed.number(deferred).await == 2).await;
    stage.open();

    until("all have run", async || stage.ended().len() == 3).await;
    running.stop().await;
    assert_eq!(bed.number("SELECT count(*) FROM tower.history WHERE state = 3 AND attempt = 3").await, 3);
}

/// A kind that not every worker knows.
#[derive(Debug, Serialize, Deserialize)]
struct Foreign {}

impl Job for Foreign {
    const KIND: &'static str = "foreign";
}

async fn insert_foreign(bed: &TestBed, count: i64) {
    let insert = "INSERT INTO tower.job (id, kind, run_at)
                  SELECT gen_random_uuid(), 'foreign', now() - interval '1 minute' FROM generate_series(1, $1::bigint)";
    bed.query(insert, &[&count]).await;
}

/// How long a worker takes for known jobs behind so many unknown ones.
async fn time_behind(foreign: i64) -> (TestBed, Duration) {
    const KNOWN: usize = 3_000;
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    insert_foreign(&bed, foreign).await;
    tower.client().enqueue_all(vec![step("known"); KNOWN]).await.unwrap();
    let began = Instant::now();
    let running = tower.start().unwrap();
    until("the known jobs have run", async || stage.ended().len() == KNOWN).await;
    let took = began.elapsed();
    running.stop().await;
    (bed, took)
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_an_unknown_kind_wait_without_cost_until_somebody_knows_them() {
    let (_, alone) = time_behind(0).await;
    let (bed, behind) = time_behind(10_000).await;

    assert!(behind < alone * 3 + Duration::from_secs(1), "{behind:?} behind unknown jobs, {alone:?} alone");
    let untouched = "SELECT count(*) FROM tower.job WHERE kind = 'foreign' AND attempt = 0 AND lease = 0";
    assert_eq!(bed.number(untouched).await, 10_000);

    let tower = bed.builder().job(|_: Foreign| async { Ok::<(), JobError>(()) }).build().await.unwrap();
    let running = tower.start().unwrap();

    let completed = "SELECT count(*) FROM tower.history WHERE kind = 'foreign' AND state = 3 AND attempt = 1";
    until("somebody who knows them has run them", async || bed.number(completed).await == 10_000).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_slots_are_all_used_and_never_exceeded() {
    let bed = TestBed::new().await;
    let worker = Worker::start_with(&bed, |builder| builder.backend_concurrency(5)).await;
    let client = worker.tower.client();
    client.enqueue_all((0..50).map(|name| stubborn(name.to_string()))).await.unwrap();
    until("all slots are used", async || worker.stage.present() == 5).await;

    client.enqueue_all((0..2_000).map(|name| step(name.to_string()))).await.unwrap();
    worker.stage.open();
    until("all have run", async || worker.stage.ended().len() == 2_050).await;

    assert_eq!(worker.stage.peak(), 5);
    worker.running.stop().await;
}

/// Blocks the thread it runs on, as it should not.
#[derive(Debug, Serialize, Deserialize)]
struct Blocking {}

impl Job for Blocking {
    const KIND: &'static str = "blocking";
}

async fn block(_: Blocking, State(stage): State<Stage>) -> Result<(), JobError> {
    let presence = stage.enter("blocking");
    // Three times as long as this worker may be silent.
    std::thread::sleep(Duration::from_secs(3));
    presence.end();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_that_block_the_whole_runtime_do_not_make_their_worker_look_dead() {
    let bed = TestBed::new().await;
    let witness = Worker::start_with(&bed, |builder| builder.queues(["nothing"])).await;
    let stage = Stage::default();
    let client = witness.tower.client();
    client.enqueue_all([Blocking {}, Blocking {}, Blocking {}, Blocking {}]).await.unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let blocked = stage.cast(bed.builder()).job(block);

    let running = runtime.spawn(async move { blocked.build().await.unwrap().start().unwrap() }).await.unwrap();
    until("all have run", async || stage.ended().len() == 4).await;

    let workers = witness.tower.console().workers().await.unwrap();
    assert_eq!(workers.len(), 2, "nobody registered anew");
    assert!(workers.iter().all(|worker| worker.ended_at.is_none()), "{workers:#?}");
    runtime.spawn(running.stop()).await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM tower.history WHERE attempt = 1 AND state = 3").await, 4);
    runtime.shutdown_background();
    witness.running.stop().await;
}

/// Connections that tell this name.
async fn connections(bed: &TestBed, application: &str) -> i64 {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
    bed.query(count, &[&application]).await[0].get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_running_jobs_take_three_connections_and_two_more_to_enqueue() {
    let bed = TestBed::new().await;
    let setup = Stage::default().cast(bed.builder()).build().await.unwrap();
    setup.client().enqueue_all((0..200).map(|name| stubborn(name.to_string()))).await.unwrap();
    let separator = if bed.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}application_name={}", bed.url, bed.schema);

    let worker =
        Worker::start_with(&bed, |builder| builder.connection_string(url).backend_concurrency(200).migrate(false))
            .await;
    until("all of them run", async || worker.stage.present() == 200).await;

    // A fourth one is open for moments.
    until("three are open", async || connections(&bed, &bed.schema).await <= 3).await;
    let client = worker.tower.client();
    let singles: Vec<_> =
        (0..500).map(|name| tokio::spawn(client.enqueue(step(name.to_string())).into_future())).collect();
    for single in singles {
        single.await.unwrap().unwrap();
    }
    let used = connections(&bed, &bed.schema).await;
    assert!(used <= 6, "{used} connections of a worker and its client");
    until("two more are open", async || connections(&bed, &bed.schema).await <= 5).await;
    worker.stage.open();
    worker.running.stop().await;
}

/// Enqueues a step while it runs.
#[derive(Debug, Serialize, Deserialize)]
struct Parent {
    name: String,
}

impl Job for Parent {
    const KIND: &'static str = "parent";
}

async fn spawn_step(
    job: Parent,
    State(stage): State<Stage>,
    State(client): State<Arc<OnceLock<Client>>>,
) -> Result<(), JobError> {
    let presence = stage.enter(&job.name);
    let client = client.get().expect("given before the worker starts");
    client.enqueue(step(format!("child of {}", job.name))).await?;
    presence.end();
    stage.opened().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn handlers_can_enqueue_while_all_slots_are_busy() {
    let bed = TestBed::new().await;
    let (stage, door) = (Stage::default(), Arc::new(OnceLock::new()));
    let builder = stage.cast(bed.builder()).state(door.clone()).job(spawn_step).backend_concurrency(20);
    let tower = builder.build().await.unwrap();
    door.set(tower.client()).unwrap();
    let running = tower.start().unwrap();

    tower.client().enqueue_all((0..20).map(|name| Parent { name: name.to_string() })).await.unwrap();

    until("every parent has enqueued", async || stage.ended().len() == 20).await;
    assert_eq!(bed.number("SELECT count(*) FROM tower.job WHERE kind = 'step' AND state = 0").await, 20);
    stage.open();
    until("the children have run", async || stage.ended().len() == 40).await;
    running.stop().await;
}
