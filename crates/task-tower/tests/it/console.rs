//! What an operator may ask: lists, pages, filters, counts, queues, workers, and the history of a
//! job however it went.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use task_tower::{
    COUNT_MAX, Console, Count, Job, JobContext, JobError, JobFilter, JobId, JobRecord, JobState, Outcome, PAGE_MAX,
    RetryPolicy, RunningTower, TaskTower, TowerBuilder,
};

use crate::support::stage::{Stage, patient, step, stubborn};
use crate::support::{TestBed, in_state, until};

/// Fails until the given run, then does as it is told.
#[derive(Serialize, Deserialize)]
struct Moody {
    failures: u32,
    snoozes: u32,
}

impl Job for Moody {
    const KIND: &'static str = "moody";
    const MAX_RETRIES: u32 = 2;
}

async fn moody(job: Moody, context: JobContext) -> Result<Outcome, JobError> {
    let (run, late) = (context.attempt(), Duration::from_millis(1));
    match run {
        _ if run <= job.failures => Err(JobError::new(format!("mood {run}"))),
        _ if run <= job.failures + job.snoozes => Ok(Outcome::Snooze(late)),
        _ => Ok(Outcome::Done),
    }
}

fn cast(stage: &Stage, builder: TowerBuilder) -> TowerBuilder {
    let soon = RetryPolicy::custom(|_| Duration::from_millis(1));
    stage.cast(builder).job_with(moody, |kind| kind.retry_policy(soon))
}

/// A tower with its worker, and the stage of its handlers.
struct House {
    bed: TestBed,
    stage: Stage,
    tower: TaskTower,
    running: RunningTower,
}

impl House {
    async fn new() -> Self {
        let (bed, stage) = (TestBed::new().await, Stage::default());
        let tower = cast(&stage, bed.builder()).build().await.unwrap();
        let running = tower.start().unwrap();
        Self { bed, stage, tower, running }
    }

    fn console(&self) -> Console {
        self.tower.console()
    }

    async fn reaches(&self, id: JobId, state: JobState) -> JobRecord {
        in_state(&self.console(), id, state).await
    }

    async fn end(self) {
        self.stage.open();
        self.running.stop().await;
    }
}

/// A tower whose jobs wait, since no worker runs.
async fn idle(bed: &TestBed) -> TaskTower {
    bed.builder().build().await.unwrap()
}

fn states(job: &JobRecord) -> Vec<&'static str> {
    let history = job.history();
    let ordered = history.windows(2).all(|pair| pair[0].at <= pair[1].at);
    assert!(ordered, "the steps are not in the order of time: {history:#?}");
    history.iter().map(|step| step.state.as_str()).collect()
}

fn reasons(job: &JobRecord) -> Vec<String> {
    job.history().into_iter().filter_map(|step| step.reason).collect()
}

async fn ids(console: &Console, filter: JobFilter) -> Vec<JobId> {
    console.jobs(&filter).await.unwrap().jobs.iter().map(|job| job.id).collect()
}

#[tokio::test]
async fn jobs_are_listed_newest_first() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;
    let mut enqueued = tower.client().enqueue_all((0..10).map(|number| step(number.to_string()))).await.unwrap();

    let listed = ids(&tower.console(), JobFilter::new()).await;

    enqueued.reverse();
    assert_eq!(listed, enqueued);
}

#[tokio::test]
async fn a_page_is_as_long_as_asked_up_to_its_limit() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;
    tower.client().enqueue_all((0..250).map(|number| step(number.to_string()))).await.unwrap();
    let length = async |filter: JobFilter| tower.console().jobs(&filter).await.unwrap().jobs.len();

    assert_eq!(length(JobFilter::new()).await, 50);
    assert_eq!(length(JobFilter::new().limit(0)).await, 1);
    assert_eq!(length(JobFilter::new().limit(7)).await, 7);
    assert_eq!(length(JobFilter::new().limit(100_000)).await, PAGE_MAX);
}

#[tokio::test]
async fn the_last_page_has_no_next_one_even_when_it_is_full() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;
    tower.client().enqueue_all((0..20).map(|number| step(number.to_string()))).await.unwrap();

    let first = tower.console().jobs(&JobFilter::new().limit(10)).await.unwrap();
    let last = tower.console().jobs(&JobFilter::new().limit(10).after(first.next.unwrap())).await.unwrap();

    assert_eq!((last.jobs.len(), last.next), (10, None));
}

#[tokio::test]
async fn pages_show_every_job_once_while_new_ones_arrive_and_old_ones_end() {
    let house = House::new().await;
    let client = house.tower.client();
    let old = client.enqueue_all((0..95).map(|number| step(number.to_string()))).await.unwrap();
    let mut walked: Vec<JobId> = Vec::new();
    let mut filter = JobFilter::new().limit(10);

    loop {
        client.enqueue(step("new")).await.unwrap();
        let page = house.console().jobs(&filter).await.unwrap();
        walked.extend(page.jobs.iter().map(|job| job.id));
        match page.next {
            Some(next) => filter = filter.after(next),
            None => break,
        }
    }

    let once: BTreeSet<JobId> = walked.iter().copied().collect();
    assert_eq!(once.len(), walked.len(), "a job was shown twice");
    assert!(old.iter().all(|id| once.contains(id)), "a job was not shown");
    house.end().await;
}

/// One job in each state, in the order of [`JobState::ALL`].
async fn one_of_each(house: &House) -> Vec<JobId> {
    let (client, console) = (house.tower.client(), house.console());
    let nobody = "SELECT tower.enqueue('of another program')";
    let scheduled = client.schedule(step("scheduled")).in_hours(1).await.unwrap();
    let awaiting = client.enqueue(step("awaiting")).following([scheduled]).await.unwrap();
    let enqueued = JobId::from(house.bed.query(nobody, &[]).await[0].get::<_, uuid::Uuid>(0));
    let processing = client.enqueue(stubborn("processing")).await.unwrap();
    let completed = client.enqueue(step("completed")).await.unwrap();
    let failed = client.enqueue(Late).await.unwrap();
    let dead = client.enqueue(Moody { failures: 9, snoozes: 0 }).max_retries(0).await.unwrap();
    let cancelled = client.schedule(step("cancelled")).in_hours(1).await.unwrap();
    console.cancel(cancelled, None).await.unwrap();
    let all = vec![scheduled, awaiting, enqueued, processing, completed, failed, dead, cancelled];
    for (id, state) in all.iter().zip(JobState::ALL) {
        house.reaches(*id, state).await;
    }
    all
}

/// Fails, and waits long for its retry.
#[derive(Serialize, Deserialize)]
struct Late;

impl Job for Late {
    const KIND: &'static str = "late";
}

async fn late(_job: Late) -> Result<(), JobError> {
    Err(JobError::new("not now"))
}

impl House {
    /// One that knows every kind of these tests.
    async fn full() -> Self {
        let (bed, stage) = (TestBed::new().await, Stage::default());
        let tower = cast(&stage, bed.builder()).job(late).build().await.unwrap();
        let running = tower.start().unwrap();
        Self { bed, stage, tower, running }
    }
}

#[tokio::test]
async fn a_filter_by_state_shows_the_jobs_of_that_state_alone() {
    let house = House::full().await;
    let all = one_of_each(&house).await;

    for (id, state) in all.iter().zip(JobState::ALL) {
        assert_eq!(ids(&house.console(), JobFilter::new().states([state])).await, [*id], "{state}");
    }

    let two = ids(&house.console(), JobFilter::new().states([JobState::Dead, JobState::Scheduled])).await;
    assert_eq!(two, [all[6], all[0]]);
    house.end().await;
}

#[tokio::test]
async fn counts_tell_each_state() {
    let house = House::full().await;
    one_of_each(&house).await;
    let counts = async || house.console().counts(&JobFilter::new()).await.unwrap();

    // The running ones are told by the next heartbeat.
    until("the heartbeat tells", async || counts().await[&JobState::Processing].number() == 1).await;

    let numbers: Vec<u64> = counts().await.values().map(Count::number).collect();
    assert_eq!(numbers, [1; 8]);
    house.end().await;
}

#[tokio::test]
async fn counts_end_at_their_limit() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;
    tower.client().enqueue_all((0..10_500).map(|number| step(number.to_string()))).await.unwrap();

    let counts = tower.console().counts(&JobFilter::new()).await.unwrap();

    assert_eq!(counts[&JobState::Enqueued], Count::AtLeast(COUNT_MAX - 1));
    assert_eq!(tower.console().queues().await.unwrap()[0].enqueued, COUNT_MAX);
}

#[tokio::test]
async fn filters_by_queue_kind_and_tag_hold_together_for_live_and_finished_jobs() {
    let house = House::new().await;
    let (client, console) = (house.tower.client(), house.console());
    let by = |queue, tag| client.enqueue(step(queue)).to_queue(queue).tags([tag, "all"]).into_future();
    let (mail_vip, mail, night_vip) = (by("mail", "vip"), by("mail", "plain"), by("night", "vip"));
    let done = [mail_vip.await.unwrap(), mail.await.unwrap(), night_vip.await.unwrap()];
    for id in done {
        house.reaches(id, JobState::Completed).await;
    }
    let waiting = client.schedule(patient("later")).to_queue("mail").tags(["vip"]).in_hours(1).await.unwrap();

    assert_eq!(ids(&console, JobFilter::new().queue("mail")).await, [waiting, done[1], done[0]]);
    assert_eq!(ids(&console, JobFilter::new().tag("vip")).await, [waiting, done[2], done[0]]);
    assert_eq!(ids(&console, JobFilter::new().kind("step")).await, [done[2], done[1], done[0]]);
    assert_eq!(ids(&console, JobFilter::new().queue("mail").tag("vip").kind("step")).await, [done[0]]);
    assert_eq!(ids(&console, JobFilter::new().queue("mail").states([JobState::Scheduled])).await, [waiting]);
    assert_eq!(ids(&console, JobFilter::new().queue("nowhere")).await, []);
    house.end().await;
}

#[tokio::test]
async fn a_list_carries_the_beginning_of_a_long_payload_and_the_job_the_whole() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;
    let id = tower.client().enqueue(step("x".repeat(100_000))).await.unwrap();

    let page = tower.console().jobs(&JobFilter::new()).await.unwrap();
    let job = tower.console().job(id).await.unwrap();

    assert!(page.jobs[0].payload.as_str().unwrap().len() <= 1_000);
    assert_eq!(job.payload["name"].as_str().unwrap().len(), 100_000);
}

#[tokio::test]
async fn a_job_that_nobody_knows_is_not_found() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;
    let id: JobId = "01890000-0000-7000-8000-000000000000".parse().unwrap();

    let error = tower.console().job(id).await.unwrap_err();

    assert!(error.is_not_found());
    assert_eq!(error.to_string(), format!("job {id} does not exist"));
}

#[tokio::test]
async fn the_history_of_a_waiting_job_begins_as_it_came() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;

    for _ in 0..50 {
        let id = tower.client().enqueue(step("now")).await.unwrap();
        assert_eq!(states(&tower.console().job(id).await.unwrap()), ["enqueued"]);
    }
    let id = tower.client().schedule(step("later")).in_hours(1).await.unwrap();

    assert_eq!(states(&tower.console().job(id).await.unwrap()), ["scheduled"]);
}

#[tokio::test]
async fn the_history_of_a_completed_job_tells_each_step() {
    let house = House::new().await;

    let id = house.tower.client().enqueue(step("one")).await.unwrap();

    let job = house.reaches(id, JobState::Completed).await;
    assert_eq!(states(&job), ["enqueued", "processing", "completed"]);
    assert_eq!((job.attempt, job.failures, job.last_failure()), (1, 0, None));
    assert_eq!(job.finished_at, job.history().last().map(|step| step.at));
    house.end().await;
}

#[tokio::test]
async fn the_history_of_a_scheduled_job_begins_with_its_schedule() {
    let house = House::new().await;

    let id = house.tower.client().schedule(step("one")).in_milliseconds(100).await.unwrap();

    let job = house.reaches(id, JobState::Completed).await;
    assert_eq!(states(&job), ["scheduled", "processing", "completed"]);
    house.end().await;
}

#[tokio::test]
async fn the_history_of_a_job_that_failed_and_was_retried_has_its_errors() {
    let house = House::new().await;

    let id = house.tower.client().enqueue(Moody { failures: 1, snoozes: 0 }).await.unwrap();

    let job = house.reaches(id, JobState::Completed).await;
    assert_eq!(states(&job), ["enqueued", "processing", "failed", "processing", "completed"]);
    assert_eq!(job.history()[2].error.as_ref().unwrap().message, "mood 1");
    assert_eq!((job.attempt, job.failures), (2, 1));
    house.end().await;
}

#[tokio::test]
async fn the_history_of_a_dead_job_has_every_failure_and_the_reason() {
    let house = House::new().await;

    let id = house.tower.client().enqueue(Moody { failures: 9, snoozes: 0 }).await.unwrap();

    let job = house.reaches(id, JobState::Dead).await;
    let run = ["processing", "failed"];
    assert_eq!(states(&job), [&["enqueued"][..], &run, &run, &run, &["dead"]].concat());
    assert_eq!(job.reason.as_deref(), Some("retries"));
    assert_eq!(job.last_failure().unwrap().message, "mood 3");
    house.end().await;
}

#[tokio::test]
async fn the_history_of_a_snoozed_job_shows_that_it_waited() {
    let house = House::new().await;

    let id = house.tower.client().enqueue(Moody { failures: 0, snoozes: 1 }).await.unwrap();

    let job = house.reaches(id, JobState::Completed).await;
    assert_eq!(states(&job), ["enqueued", "processing", "scheduled", "processing", "completed"]);
    assert_eq!(reasons(&job), ["snoozed"]);
    assert_eq!(job.failures, 0);
    house.end().await;
}

#[tokio::test]
async fn queues_show_what_waits_in_them() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;
    let client = tower.client();
    let first = client.enqueue(step("1")).to_queue("b").priority(-5).await.unwrap();
    client.enqueue(step("2")).to_queue("b").priority(5).await.unwrap();
    client.schedule(step("3")).to_queue("b").in_hours(1).await.unwrap();
    client.schedule(step("4")).to_queue("a").in_hours(1).await.unwrap();
    tower.console().pause_queue("c", Some("not yet")).await.unwrap();

    let queues = tower.console().queues().await.unwrap();

    let numbers: Vec<_> = queues.iter().map(|queue| (queue.name.as_str(), queue.enqueued, queue.scheduled)).collect();
    assert_eq!(numbers, [("a", 0, 1), ("b", 2, 1), ("c", 0, 0)]);
    let oldest = tower.console().job(first).await.unwrap().run_at;
    assert_eq!((queues[0].oldest_since, queues[1].oldest_since), (None, Some(oldest)));
    assert_eq!((queues[2].paused_reason.as_deref(), queues[0].paused_at), (Some("not yet"), None));
    assert!(queues[2].paused_at.is_some() && queues[2].paused_by.as_deref() == Some("program"));
}

#[tokio::test]
async fn workers_show_who_they_are_and_what_they_do() {
    let bed = TestBed::new().await;
    let stage = Stage::default();
    let builder = stage.cast(bed.builder()).backend_concurrency(3).queues(["default", "night"]);
    let tower = builder.build().await.unwrap();
    let running = tower.start().unwrap();
    tower.client().enqueue_all((0..2).map(|number| stubborn(number.to_string()))).await.unwrap();
    let workers = async || tower.console().workers().await.unwrap();

    until("its heartbeat tells of two jobs", async || workers().await.iter().any(|worker| worker.busy == 2)).await;

    let worker = workers().await.remove(0);
    assert_eq!((worker.slots, worker.process_id), (3, i64::from(std::process::id())));
    assert_eq!(
        (worker.kinds, worker.queues),
        (strings(["patient", "step", "stubborn"]), strings(["default", "night"]))
    );
    assert_eq!((worker.version.as_str(), worker.ended_at), (env!("CARGO_PKG_VERSION"), None));
    assert!(!worker.host.is_empty());
    assert!(worker.heartbeat_at - worker.started_at >= TimeDelta::zero());

    stage.open();
    running.stop().await;
    let worker = workers().await.remove(0);
    assert_eq!((worker.ended_how.as_deref(), worker.busy), (Some("stopped"), 0));
}

fn strings<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[tokio::test]
async fn workers_that_live_stand_before_those_that_ended() {
    let house = House::new().await;
    until("the first has come", async || house.console().workers().await.unwrap().len() == 1).await;
    let second = house.tower.start().unwrap();
    until("the second has come", async || house.console().workers().await.unwrap().len() == 2).await;

    second.stop().await;

    let workers = house.console().workers().await.unwrap();
    let ended: Vec<bool> = workers.iter().map(|worker| worker.ended_at.is_some()).collect();
    assert_eq!(ended, [false, true]);
    house.end().await;
}

#[tokio::test]
async fn a_filter_that_no_job_can_fit_finds_none() {
    let bed = TestBed::new().await;
    let tower = idle(&bed).await;
    tower.client().enqueue(step("one")).await.unwrap();

    for odd in ["", "o'brien", "100%", "\\", "🗼"] {
        assert_eq!(ids(&tower.console(), JobFilter::new().queue(odd)).await, []);
        assert_eq!(ids(&tower.console(), JobFilter::new().tag(odd)).await, []);
    }
    let error = tower.console().jobs(&JobFilter::new().kind("a\0b")).await.unwrap_err();
    assert!(error.is_invalid(), "{error:?}");
}
