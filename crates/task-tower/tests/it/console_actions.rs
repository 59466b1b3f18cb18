//! What an operator may do: requeue, cancel, discard, delete, pause and resume; what is refused,
//! and what the history says of it.

use std::time::Duration;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use task_tower::{
    Console, Done, Error, EventKind, Job, JobError, JobId, JobRecord, JobState, RetryPolicy, RunningTower,
    SELECTION_MAX, TaskTower,
};

use crate::support::stage::{Stage, patient, step, stubborn};
use crate::support::{TestBed, in_state, until};

/// A tower with its worker, and the stage of its handlers.
struct House {
    stage: Stage,
    tower: TaskTower,
    running: RunningTower,
}

impl House {
    async fn new() -> Self {
        let (bed, stage) = (TestBed::new().await, Stage::default());
        let tower = stage.cast(bed.builder()).build().await.unwrap();
        let running = tower.start().unwrap();
        Self { stage, tower, running }
    }

    fn console(&self) -> Console {
        self.tower.console()
    }

    async fn reaches(&self, id: JobId, state: JobState) -> JobRecord {
        in_state(&self.console(), id, state).await
    }

    async fn completed(&self, name: &str) -> JobId {
        let id = self.tower.client().enqueue(step(name)).await.unwrap();
        self.reaches(id, JobState::Completed).await;
        id
    }

    async fn scheduled(&self, name: &str) -> JobId {
        self.tower.client().schedule(step(name)).in_hours(1).await.unwrap()
    }

    /// One that runs until it is asked to stop.
    async fn patient(&self, name: &str) -> JobId {
        let id = self.tower.client().enqueue(patient(name)).await.unwrap();
        self.reaches(id, JobState::Processing).await;
        until("it has begun", async || self.stage.begun().contains(&name.to_owned())).await;
        id
    }

    /// One that runs until the curtain opens, whatever it is asked.
    async fn stubborn(&self, name: &str) -> JobId {
        let id = self.tower.client().enqueue(stubborn(name)).await.unwrap();
        self.reaches(id, JobState::Processing).await;
        id
    }

    async fn end(self) {
        self.stage.open();
        self.running.stop().await;
    }
}

fn states(job: &JobRecord) -> Vec<&'static str> {
    job.history().iter().map(|step| step.state.as_str()).collect()
}

fn nobody() -> JobId {
    "01890000-0000-7000-8000-000000000000".parse().unwrap()
}

fn assert_conflict(error: &Error, words: &str) {
    assert!(error.is_conflict(), "{error:?}");
    assert!(error.to_string().contains(words), "\"{error}\" does not say \"{words}\"");
}

#[tokio::test]
async fn a_completed_job_that_is_requeued_runs_again() {
    let house = House::new().await;
    let id = house.completed("one").await;

    house.console().requeue(id).await.unwrap();

    until("it has run twice", async || house.stage.ended() == ["one", "one"]).await;
    let job = house.reaches(id, JobState::Completed).await;
    assert_eq!(states(&job), ["enqueued", "processing", "completed", "enqueued", "processing", "completed"]);
    assert_eq!(job.history()[3].reason.as_deref(), Some("requeued"));
    assert_eq!((job.attempt, job.failures), (2, 0));
    house.end().await;
}

/// Fails whenever it runs.
#[derive(Serialize, Deserialize)]
struct Failing;

impl Job for Failing {
    const KIND: &'static str = "failing";
    const MAX_RETRIES: u32 = 1;
}

async fn failing(_job: Failing) -> Result<(), JobError> {
    Err(JobError::new("as always"))
}

#[tokio::test]
async fn a_dead_job_that_is_requeued_has_all_its_retries_again() {
    let bed = TestBed::new().await;
    let soon = RetryPolicy::custom(|_| Duration::from_millis(1));
    let builder = bed.builder().job_with(failing, |kind| kind.retry_policy(soon));
    let tower = builder.build().await.unwrap();
    let (running, console) = (tower.start().unwrap(), tower.console());
    let id = tower.client().enqueue(Failing).await.unwrap();
    assert_eq!(in_state(&console, id, JobState::Dead).await.attempt, 2);

    console.requeue(id).await.unwrap();

    until("it has run twice more", async || console.job(id).await.unwrap().attempt == 4).await;
    let job = in_state(&console, id, JobState::Dead).await;
    assert_eq!((job.attempt, job.failures), (4, 2));
    let life = ["processing", "failed", "processing", "failed", "dead"];
    assert_eq!(states(&job), [&["enqueued"][..], &life, &["enqueued"], &life].concat());
    running.stop().await;
}

#[tokio::test]
async fn a_discarded_job_that_is_requeued_comes_back_to_life() {
    let house = House::new().await;
    let id = house.scheduled("one").await;
    house.console().discard(id, Some("no more")).await.unwrap();
    let dead = house.reaches(id, JobState::Dead).await;

    house.console().requeue(id).await.unwrap();

    assert_eq!(states(&dead), ["scheduled", "dead"]);
    let job = house.reaches(id, JobState::Completed).await;
    assert_eq!(states(&job)[1..], ["dead", "enqueued", "processing", "completed"]);
    assert_eq!((job.reason, job.events.len()), (None, 2));
    house.end().await;
}

#[tokio::test]
async fn a_cancelled_job_that_is_requeued_runs() {
    let house = House::new().await;
    let id = house.scheduled("one").await;
    house.console().cancel(id, None).await.unwrap();

    house.console().requeue(id).await.unwrap();

    let job = house.reaches(id, JobState::Completed).await;
    assert_eq!(states(&job)[1..], ["cancelled", "enqueued", "processing", "completed"]);
    assert!(!job.cancel_requested);
    house.end().await;
}

#[tokio::test]
async fn a_scheduled_job_that_is_requeued_runs_at_once() {
    let house = House::new().await;
    let id = house.scheduled("one").await;

    house.console().requeue(id).await.unwrap();

    let job = house.reaches(id, JobState::Completed).await;
    assert_eq!(states(&job)[1..], ["enqueued", "processing", "completed"]);
    assert_eq!(job.events[0].event, EventKind::Requeued);
    house.end().await;
}

#[tokio::test]
async fn a_running_job_is_not_requeued() {
    let house = House::new().await;
    let id = house.stubborn("one").await;

    let error = house.console().requeue(id).await.unwrap_err();

    assert_conflict(&error, &format!("requeue job {id}: it is processing: cancel it first"));
    house.stage.open();
    assert_eq!(house.reaches(id, JobState::Completed).await.attempt, 1);
    house.end().await;
}

#[tokio::test]
async fn a_waiting_job_that_is_cancelled_ends_at_once_and_keeps_the_reason() {
    let house = House::new().await;
    let id = house.scheduled("one").await;

    let ended = house.console().cancel(id, Some("the customer left")).await.unwrap();

    assert!(ended);
    let job = house.console().job(id).await.unwrap();
    assert_eq!((job.state, job.reason.as_deref()), (JobState::Cancelled, Some("the customer left")));
    assert_eq!(states(&job), ["scheduled", "cancelled"]);
    assert_eq!(job.events[0].note.as_deref(), Some("the customer left"));
    house.end().await;
}

#[tokio::test]
async fn a_running_job_that_is_cancelled_is_asked_to_stop_and_keeps_the_reason() {
    let house = House::new().await;
    let id = house.patient("one").await;

    let ended = house.console().cancel(id, Some("the customer left")).await.unwrap();

    assert!(!ended);
    let job = house.reaches(id, JobState::Cancelled).await;
    assert_eq!(house.stage.asked(), ["one"]);
    assert_eq!(states(&job).last(), Some(&"cancelled"));
    assert_eq!(job.reason.as_deref(), Some("the customer left"));
    house.end().await;
}

#[tokio::test]
async fn a_running_job_that_does_not_listen_is_dropped_and_cancelled() {
    let house = House::new().await;
    let id = house.stubborn("one").await;

    house.console().cancel(id, None).await.unwrap();

    house.reaches(id, JobState::Cancelled).await;
    assert_eq!((house.stage.dropped(), house.stage.ended().len()), (vec!["one".to_owned()], 0));
    house.end().await;
}

#[tokio::test]
async fn a_running_job_that_is_to_be_cancelled_says_so_until_it_has_ended() {
    let house = House::new().await;
    let id = house.stubborn("one").await;

    house.console().cancel(id, None).await.unwrap();

    let job = house.console().job(id).await.unwrap();
    assert!(job.cancel_requested || job.state == JobState::Cancelled, "{job:#?}");
    house.end().await;
}

#[tokio::test]
async fn a_job_that_has_ended_is_not_cancelled() {
    let house = House::new().await;
    let id = house.completed("one").await;

    let error = house.console().cancel(id, None).await.unwrap_err();

    assert_conflict(&error, &format!("cancel job {id}: it is completed"));
    house.end().await;
}

#[tokio::test]
async fn a_discarded_job_is_dead_and_keeps_the_words() {
    let house = House::new().await;
    let id = house.scheduled("one").await;

    house.console().discard(id, Some("of no use")).await.unwrap();

    let job = house.console().job(id).await.unwrap();
    assert_eq!((job.state, job.reason.as_deref()), (JobState::Dead, Some("discarded")));
    assert_eq!(job.events[0].note.as_deref(), Some("of no use"));
    house.end().await;
}

#[tokio::test]
async fn a_job_that_runs_or_has_ended_is_not_discarded() {
    let house = House::new().await;
    let (running, ended) = (house.stubborn("one").await, house.completed("two").await);

    let of_running = house.console().discard(running, None).await.unwrap_err();
    let of_ended = house.console().discard(ended, None).await.unwrap_err();

    assert_conflict(&of_running, &format!("discard job {running}: it is processing: cancel it first"));
    assert_conflict(&of_ended, &format!("discard job {ended}: it is completed"));
    house.end().await;
}

#[tokio::test]
async fn a_deleted_job_is_gone_whether_it_waited_or_had_ended() {
    let house = House::new().await;

    for id in [house.completed("one").await, house.scheduled("two").await] {
        house.console().delete(id).await.unwrap();
        assert!(house.console().job(id).await.unwrap_err().is_not_found());
    }
    house.end().await;
}

#[tokio::test]
async fn a_running_job_is_not_deleted() {
    let house = House::new().await;
    let id = house.stubborn("one").await;

    let error = house.console().delete(id).await.unwrap_err();

    assert_conflict(&error, &format!("delete job {id}: it is processing: cancel it first"));
    house.stage.open();
    house.reaches(id, JobState::Completed).await;
    house.end().await;
}

#[tokio::test]
async fn what_is_done_to_a_job_that_does_not_exist_is_not_found() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let id = nobody();

    let errors = [
        console.requeue(id).await.unwrap_err(),
        console.cancel(id, None).await.unwrap_err(),
        console.discard(id, None).await.unwrap_err(),
        console.delete(id).await.unwrap_err(),
    ];

    for error in errors {
        assert!(error.is_not_found(), "{error:?}");
        assert_eq!(error.to_string(), format!("job {id} does not exist"));
    }
}

fn assert_done(done: &Done, to: &[JobId], skipped: &[JobId]) {
    let sorted = |ids: &[JobId]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    assert_eq!((sorted(&done.done), sorted(&done.skipped)), (sorted(to), sorted(skipped)));
}

#[tokio::test]
async fn what_is_done_to_many_tells_which_were_skipped() {
    let house = House::new().await;
    let (running, ended) = (house.stubborn("one").await, house.completed("two").await);
    let waiting = house.scheduled("three").await;
    let all = [running, ended, waiting, nobody()];
    let console = house.console();

    let discarded = console.discard_all(&all, None).await.unwrap();
    let requeued = console.requeue_all(&all).await.unwrap();
    for id in [ended, waiting] {
        house.reaches(id, JobState::Completed).await;
    }
    let deleted = console.delete_all(&all).await.unwrap();
    let cancelled = console.cancel_all(&all, None).await.unwrap();

    assert_done(&discarded, &[waiting], &[running, ended, nobody()]);
    assert_done(&requeued, &[ended, waiting], &[running, nobody()]);
    assert_done(&deleted, &[ended, waiting], &[running, nobody()]);
    assert_done(&cancelled, &[running], &[ended, waiting, nobody()]);
    house.end().await;
}

#[tokio::test]
async fn a_job_that_is_named_twice_is_done_once() {
    let house = House::new().await;
    let id = house.scheduled("one").await;

    let done = house.console().cancel_all(&[id, id], None).await.unwrap();

    assert_done(&done, &[id], &[]);
    assert_eq!(house.console().job(id).await.unwrap().events.len(), 1);
    house.end().await;
}

#[tokio::test]
async fn too_many_at_once_are_refused() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let ids = vec![nobody(); SELECTION_MAX + 1];

    let errors = [
        console.requeue_all(&ids).await.unwrap_err(),
        console.cancel_all(&ids, None).await.unwrap_err(),
        console.discard_all(&ids, None).await.unwrap_err(),
        console.delete_all(&ids).await.unwrap_err(),
    ];

    for error in errors {
        assert!(error.is_invalid(), "{error:?}");
        assert!(error.to_string().contains("at most 1000"), "{error}");
    }
    assert_eq!(console.delete_all(&ids[1..]).await.unwrap().done.len(), 0);
}

#[tokio::test]
async fn the_same_deed_at_the_same_time_is_done_once() {
    let house = House::new().await;
    let ids = join_all((0..20).map(async |number| house.completed(&format!("{number}")).await)).await;
    let (reversed, console) = (ids.iter().rev().copied().collect::<Vec<_>>(), house.console());
    let other = house.tower.console();

    let (one, two) = tokio::join!(console.requeue_all(&ids), other.requeue_all(&reversed));

    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one.done.len() + two.done.len() >= 20, "{one:?} {two:?}");
    for id in &ids {
        house.reaches(*id, JobState::Completed).await;
    }
    house.end().await;
}

#[tokio::test]
async fn nothing_of_a_paused_queue_starts_while_others_run() {
    let house = House::new().await;
    let client = house.tower.client();
    let other = async |name: &str| client.enqueue(step(name)).to_queue("other").await.unwrap();
    client.enqueue(step("before")).await.unwrap();
    until("it ran before", async || house.stage.ended().len() == 1).await;

    house.console().pause_queue("default", Some("repairs")).await.unwrap();
    let paused = client.enqueue_all((0..20).map(|number| step(format!("paused {number}")))).await.unwrap();
    for number in 0..50 {
        let id = other(&format!("other {number}")).await;
        house.reaches(id, JobState::Completed).await;
    }

    assert!(house.stage.begun().iter().all(|name| !name.starts_with("paused")));
    for id in paused {
        assert_eq!(house.console().job(id).await.unwrap().state, JobState::Enqueued);
    }
    let queue = house.console().queues().await.unwrap().remove(0);
    assert_eq!((queue.name.as_str(), queue.enqueued, queue.paused_reason.as_deref()), ("default", 20, Some("repairs")));
    house.end().await;
}

#[tokio::test]
async fn a_queue_that_is_resumed_starts_at_once_however_rarely_its_worker_looks() {
    let (bed, stage, minute) = (TestBed::new().await, Stage::default(), Duration::from_secs(60));
    let builder = bed.builder().queue_announcement_interval(minute).job_check_interval(minute);
    let tower = stage.cast(builder).build().await.unwrap();
    tower.console().pause_queue("default", None).await.unwrap();
    tower.client().enqueue_all((0..20).map(|number| step(number.to_string()))).await.unwrap();
    let running = tower.start().unwrap();
    until("the worker wants to be woken", async || bed.number("SELECT count(*) FROM tower.armed").await == 1).await;
    // Its last looks before it sleeps cannot be seen from here.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(stage.begun().len(), 0);

    tower.console().resume_queue("default").await.unwrap();

    let began = std::time::Instant::now();
    until("all have run", async || stage.ended().len() == 20).await;
    assert!(began.elapsed() < Duration::from_secs(2), "it took {:?}", began.elapsed());
    assert!(tower.console().queues().await.unwrap()[0].paused_at.is_none());
    running.stop().await;
}

#[tokio::test]
async fn a_worker_whose_queue_is_paused_does_not_spin() {
    let house = House::new().await;
    house.console().pause_queue("default", None).await.unwrap();
    house.tower.client().enqueue_all((0..20).map(|number| step(number.to_string()))).await.unwrap();
    let commits = async || commits(&house).await;
    tokio::time::sleep(Duration::from_secs(1)).await;

    let before = commits().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let looks = commits().await - before;

    assert!(looks < 100, "{looks} statements in two seconds for nothing");
    house.end().await;
}

/// How often the connections of this process have begun a statement is not to be had; what the
/// worker's index was asked is.
async fn commits(house: &House) -> i64 {
    let bed = TestBed::at(crate::support::server(), &house.tower.options().schema_name);
    let sql = format!(
        "SELECT pg_stat_get_numscans(indexrelid) FROM pg_index
         WHERE indexrelid = '{}.job_claim'::regclass AND pg_stat_clear_snapshot() IS NOT NULL",
        bed.schema
    );
    bed.number(&sql).await
}

#[tokio::test]
async fn a_pause_keeps_its_beginning_and_takes_the_newest_reason() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    console.pause_queue("default", Some("first")).await.unwrap();
    let first = console.queues().await.unwrap().remove(0);

    console.pause_queue("default", Some("second")).await.unwrap();

    let second = console.queues().await.unwrap().remove(0);
    assert_eq!((second.paused_at, second.paused_reason.as_deref()), (first.paused_at, Some("second")));
}

#[tokio::test]
async fn a_queue_that_is_no_name_is_neither_paused_nor_resumed() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();

    for name in ["", "a,b", "*", "a\0b"] {
        let paused = console.pause_queue(name, None).await.unwrap_err();
        let resumed = console.resume_queue(name).await.unwrap_err();
        for error in [paused, resumed] {
            assert!(error.is_invalid() && error.to_string().starts_with("queue \""), "{error:?}");
        }
    }
}

#[tokio::test]
async fn to_resume_what_was_never_paused_does_nothing() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();

    console.resume_queue("default").await.unwrap();

    assert_eq!(console.queues().await.unwrap().len(), 0);
}

#[tokio::test]
async fn words_that_postgresql_cannot_store_are_refused_and_nothing_is_done() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let (id, console) = (tower.client().enqueue(step("one")).await.unwrap(), tower.console());

    let errors = [
        console.cancel(id, Some("a\0b")).await.unwrap_err(),
        console.discard(id, Some("a\0b")).await.unwrap_err(),
        console.pause_queue("default", Some("a\0b")).await.unwrap_err(),
    ];

    assert!(errors.iter().all(Error::is_invalid), "{errors:?}");
    assert_eq!(console.job(id).await.unwrap().state, JobState::Enqueued);
}
