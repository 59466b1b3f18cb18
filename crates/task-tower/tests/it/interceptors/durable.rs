//! No death is lost, and none is told twice at once, whatever fails or dies meanwhile.

use std::process::Command;
use std::time::{Duration, Instant};

use task_tower::{InterceptorContext, JobError, JobId, JobState, KindConfig};

use super::{Act, House, Log, complaints, life, mourned};
use crate::support::{PATIENCE, TestBed, until};

/// Where the child process finds what the parent made.
const CHILD: &str = "TASK_TOWER_DEATH_CHILD";

/// Takes its process down while it is told, the first time.
async fn aborts(_: InterceptorContext) -> Result<(), JobError> {
    std::process::abort()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a process of its own, by a_death_whose_worker_dies_while_it_tells_is_told_by_another"]
async fn dying_child() {
    let Ok(schema) = std::env::var(CHILD) else { return };
    let bed = TestBed::at(crate::support::server(), &schema);
    let log = Log::default();
    let builder = bed.builder().state(log.clone());
    let tower = builder.job_with(super::act, |config| config.death_interceptor(aborts)).build().await.unwrap();
    let _running = tower.start().unwrap();
    tower.client().enqueue(Act::Discard).await.unwrap();
    tokio::time::sleep(PATIENCE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_death_whose_worker_dies_while_it_tells_is_told_by_another() {
    let house = House::idle(mourned).await;
    let this = format!("{}::dying_child", module_path!().split_once("::").unwrap().1);
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([&this, "--exact", "--ignored"]).env(CHILD, &house.bed.schema);
    child.env("TASK_TOWER_TEST_URL", crate::support::server());

    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    assert!(!output.status.success(), "it has died");
    assert_eq!(house.untold().await, 1);
    let house = house.start();

    until("it is told", async || house.told() == ["no use"]).await;
    house.until_all_are_told().await;
    house.stop().await;
}

fn by_attempt(config: KindConfig, log: &Log) -> KindConfig {
    let notes = log.clone();
    config.death_interceptor(log.tells(move |context| {
        notes.note(format!("told of attempt {}", context.run().attempt()));
        Ok(())
    }))
}

async fn hangs(_: InterceptorContext) -> Result<(), JobError> {
    std::future::pending().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_died_twice_and_waits_again_before_anybody_is_told_is_told_twice() {
    let house = House::idle(by_attempt).await;
    let mut dying = house.beside(|config, _| config.death_interceptor(hangs)).await;
    let id = dying.run(Act::Discard).await.id;
    house.console.requeue(id).await.unwrap();
    until("it died twice", async || house.untold().await == 2).await;
    dying.worker().stop_or(std::future::ready(())).await;
    house.console.requeue(id).await.unwrap();
    house.bed.query("UPDATE tower.job SET run_at = now() + interval '1 hour'", &[]).await;

    let house = house.start();

    house.until_all_are_told().await;
    let mut told = house.told();
    told.sort();
    assert_eq!(told, ["attempt 1", "attempt 2"]);
    let job = house.console.job(id).await.unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Scheduled, 2), "telling it changes nothing");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_deleted_meanwhile_is_told_to_nobody() {
    let house = House::new(mourned).await;
    let job = house.run(Act::Discard).await;
    house.until_all_are_told().await;

    note_death_again(&house, job.id).await;
    house.console.delete(job.id).await.unwrap();
    house.bed.query("UPDATE tower.untold SET due_at = now()", &[]).await;

    house.until_all_are_told().await;
    assert_eq!(house.told().len(), 1);
    house.stop().await;
}

/// As if nobody had been told; not due yet.
async fn note_death_again(house: &House, id: JobId) {
    let note = "INSERT INTO tower.untold (job_id, job_lease, stage, kind, due_at)
                SELECT id, lease, 'death', kind, 'infinity' FROM tower.history WHERE id = $1";
    house.bed.query(note, &[&id.as_uuid()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_is_told_again_and_silences_none_of_the_others() {
    let house = House::new(|config, log| {
        let config = config.death_interceptor(log.notes_that("first"));
        let grows = log.clone();
        let second = move || match grows.notes().iter().filter(|note| *note == "second").count() {
            1 => Err(JobError::new("the line is busy")),
            2 => panic!("the line is dead"),
            _ => Ok(()),
        };
        config.death_interceptor(log.then("second", second)).death_interceptor(log.notes_that("third"))
    })
    .await;
    let job = house.run(Act::Discard).await;

    for tries in [1, 2] {
        let waits =
            format!("SELECT count(*) FROM tower.untold WHERE attempt = {tries} AND worker_id = 0 AND due_at > now()");
        until("it waits for its next try", async || house.bed.number(&waits).await == 1).await;
        house.bed.query("UPDATE tower.untold SET due_at = now()", &[]).await;
    }
    house.until_all_are_told().await;

    let job = house.console.job(job.id).await.unwrap();
    let told = complaints(&job);
    let shown: Vec<_> = told.iter().map(|(_, kind, message)| (kind.as_str(), message.as_str())).collect();
    assert_eq!(shown, [("error", "the line is busy"), ("panic", "the line is dead")]);
    assert!(told[0].0.starts_with("death interceptor "), "{told:?}");
    assert_eq!(job.last_failure().unwrap().message, "no use", "the job's own failure is another matter");
    assert_eq!(life(&job), [JobState::Enqueued, JobState::Processing, JobState::Failed, JobState::Dead]);
    assert_eq!(house.stop().await, ["handler", "first", "second", "third", "second", "second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenth_failure_is_the_last() {
    let house =
        House::new(|config, log| config.death_interceptor(log.then("told", || Err(JobError::new("busy"))))).await;
    let job = house.run(Act::Discard).await;
    let waits = "SELECT count(*) FROM tower.untold WHERE worker_id = 0 AND attempt = 1";
    until("it waits for its next try", async || house.bed.number(waits).await == 1).await;

    house.bed.query("UPDATE tower.untold SET attempt = 9, due_at = now()", &[]).await;
    house.until_all_are_told().await;

    let told = complaints(&house.console.job(job.id).await.unwrap());
    assert_eq!(told.len(), 2);
    assert!(!told[0].0.contains("given up") && told[1].0.ends_with(", given up after 10 tries"), "{told:?}");
    assert_eq!(house.stop().await, ["handler", "told", "told"]);
}

/// Such as one that takes its worker down each time.
#[tokio::test(flavor = "multi_thread")]
async fn the_tenth_telling_that_did_not_end_is_the_last() {
    let house = House::new(mourned).await;
    let job = house.run(Act::Discard).await;
    house.until_all_are_told().await;

    note_death_again(&house, job.id).await;
    house.bed.query("UPDATE tower.untold SET attempt = 10, worker_id = 4711, due_at = now()", &[]).await;
    house.until_all_are_told().await;

    let job = house.console.job(job.id).await.unwrap();
    let note = job.events.last().unwrap().note.clone();
    assert_eq!(note.as_deref(), Some("death interceptors, given up after 10 tries that did not end"));
    assert_eq!(house.told().len(), 1, "it was not told again");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_tell_each_death_once() {
    let house = House::new(mourned).await;
    let other = house.beside(mourned).await;

    house.client.enqueue_all((0..200).map(|_| Act::Discard)).await.unwrap();
    let dead = "SELECT count(*) FROM tower.history WHERE state = 4";
    until("all are dead", async || house.bed.number(dead).await == 200).await;
    house.until_all_are_told().await;

    let (here, there) = (house.told().len(), other.told().len());
    assert_eq!(here + there, 200, "{here} and {there}");
    assert_eq!(house.untold().await, 0);
    house.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_taken_without_a_word_is_told_by_whoever_took_it() {
    let house = House::new(mourned).await;
    let job = house.run(Act::Discard).await;
    house.until_all_are_told().await;
    let mine = house.bed.number("SELECT id FROM tower.worker").await;

    // The claim was committed, and its answer lost.
    note_death_again(&house, job.id).await;
    let taken = "UPDATE tower.untold SET attempt = 1, lease = 1, worker_id = $1, due_at = now()";
    house.bed.query(taken, &[&mine]).await;

    house.until_all_are_told().await;
    assert_eq!(house.told().len(), 2);
    house.stop().await;
}

/// A database that refuses what every telling has to write must not be asked without a pause.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_database_does_not_make_it_spin() {
    let house = House::new(mourned).await;
    let schema = house.bed.quoted();
    let refuse = format!(
        "CREATE FUNCTION {schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
         CREATE TRIGGER refuse BEFORE UPDATE OF told ON {schema}.untold FOR EACH ROW EXECUTE FUNCTION {schema}.refuse()"
    );
    house.bed.execute(&refuse).await;
    let began = Instant::now();

    house.client.enqueue_all((0..20).map(|_| Act::Discard)).await.unwrap();
    until("one is tried again", async || {
        house.bed.number("SELECT coalesce(max(attempt), 0)::bigint FROM tower.untold").await == 2
    })
    .await;

    assert!(began.elapsed() > Duration::from_millis(900), "after {:?}", began.elapsed());
    assert!(house.told().len() <= 16, "{} were told", house.told().len());
    house.bed.execute(&format!("DROP TRIGGER refuse ON {schema}.untold")).await;
    house.until_all_are_told().await;
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deaths_that_nobody_tells_are_forgotten_with_their_jobs() {
    let house = House::idle(|config, _| config).await;
    let note = "INSERT INTO tower.untold (job_id, job_lease, stage, kind, happened_at)
                SELECT gen_random_uuid(), 1, 'death', 'gone', now() - make_interval(days => days) FROM unnest('{1,91}'::integer[]) AS days";
    house.bed.query(note, &[]).await;

    let house = house.start();

    until("the old one is gone", async || house.untold().await == 1).await;
    assert_eq!(house.bed.number("SELECT extract(day FROM now() - happened_at)::bigint FROM tower.untold").await, 1);
    house.stop().await;
}
