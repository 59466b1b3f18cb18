//! What workers count is what happened: never more, and all of it when they end well.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, Outcome, RetryPolicy, RunningTower, TowerBuilder};
use tokio_postgres::NoTls;

use crate::support::{TestBed, until};

const FLUSH_TALLY: &str = include_str!("../../src/store/sql/flush_tally.sql");
const SAMPLE: &str = include_str!("../../src/store/sql/sample.sql");
const FORGET_TALLIES: &str = include_str!("../../src/store/sql/forget_tallies.sql");

/// Ends as its number says.
#[derive(Serialize, Deserialize)]
struct Coin {
    number: u32,
}

impl Job for Coin {
    const KIND: &'static str = "coin";
}

/// The same, of another kind and in another queue.
#[derive(Serialize, Deserialize)]
struct Medal {
    number: u32,
}

impl Job for Medal {
    const KIND: &'static str = "medal";
    const QUEUE: &'static str = "medals";
}

async fn coin(job: Coin, run: JobContext) -> Result<Outcome, JobError> {
    fall(job.number, &run)
}

async fn medal(job: Medal, run: JobContext) -> Result<Outcome, JobError> {
    fall(job.number, &run)
}

fn fall(number: u32, run: &JobContext) -> Result<Outcome, JobError> {
    match number % 10 {
        0 => Err(JobError::discard("it broke")),
        1 => Ok(Outcome::Cancel("not wanted".to_owned())),
        2 if run.attempt() < 3 => Err(JobError::new("it stood on its edge")),
        3 if run.attempt() == 1 => Ok(Outcome::Snooze(Duration::from_millis(1))),
        4 => Outcome::done_with("heads"),
        _ => Ok(Outcome::Done),
    }
}

fn cast(builder: TowerBuilder) -> TowerBuilder {
    let soon = || RetryPolicy::custom(|_| Duration::from_millis(20));
    builder.job_with(coin, |config| config.retry_policy(soon())).job_with(medal, |config| config.retry_policy(soon()))
}

async fn start(bed: &TestBed) -> RunningTower {
    // One that a busy machine makes look dead would spoil the count.
    start_with(bed, |builder| builder.dead_after(Duration::from_secs(15))).await
}

async fn start_with(bed: &TestBed, options: impl FnOnce(TowerBuilder) -> TowerBuilder) -> RunningTower {
    options(cast(bed.builder())).build().await.unwrap().start().unwrap()
}

async fn enqueue(bed: &TestBed, count: u32) {
    let client = cast(bed.builder()).build().await.unwrap().client();
    client.enqueue_all((0..count).map(|number| Coin { number })).await.unwrap();
    client.enqueue_all((0..count / 2).map(|number| Medal { number })).await.unwrap();
}

async fn drained(bed: &TestBed) {
    until("all jobs are done", async || bed.number("SELECT count(*) FROM tower.job").await == 0).await;
}

type Sums = Vec<(String, [i64; 4])>;

/// Completed, failed, dead and cancelled by axis and name.
async fn counted(bed: &TestBed, step: i16) -> Sums {
    let sql = "SELECT axis || ' ' || name, sum(completed)::bigint, sum(failed)::bigint, sum(dead)::bigint, sum(cancelled)::bigint
               FROM tower.tally WHERE step = $1 GROUP BY 1 ORDER BY 1";
    sums(bed, sql, &[&step]).await
}

/// The same, of the jobs themselves. The last failure of a dead job is its death.
async fn recounted(bed: &TestBed) -> Sums {
    let sql = "WITH job AS (
                   SELECT kind, queue, failures, state FROM tower.history
                   UNION ALL
                   SELECT kind, queue, failures, 0 FROM tower.job
               ),
               axis AS (
                   SELECT 'all ' AS name, failures, state FROM job
                   UNION ALL
                   SELECT 'kind ' || kind, failures, state FROM job
                   UNION ALL
                   SELECT 'queue ' || queue, failures, state FROM job
               )
               SELECT name, count(*) FILTER (WHERE state = 3),
                      (sum(failures) - count(*) FILTER (WHERE state = 4))::bigint,
                      count(*) FILTER (WHERE state = 4), count(*) FILTER (WHERE state = 5)
               FROM axis GROUP BY name ORDER BY name";
    sums(bed, sql, &[]).await
}

async fn sums(bed: &TestBed, sql: &str, parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)]) -> Sums {
    let rows = bed.query(sql, parameters).await;
    rows.iter().map(|row| (row.get(0), [row.get(1), row.get(2), row.get(3), row.get(4)])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_workers_count_by_kind_and_queue_is_what_became_of_the_jobs() {
    let bed = TestBed::new().await;
    enqueue(&bed, 400).await;

    let workers = [start(&bed).await, start(&bed).await];
    drained(&bed).await;
    for worker in workers {
        worker.stop().await;
    }

    let expected = recounted(&bed).await;
    assert_eq!(expected[0], ("all ".to_owned(), [480, 120, 60, 60]));
    assert_eq!(counted(&bed, 1).await, expected);
    assert_eq!(counted(&bed, 60).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_counted_run_has_its_wait_and_its_time() {
    let bed = TestBed::new().await;
    enqueue(&bed, 100).await;

    let worker = start(&bed).await;
    drained(&bed).await;
    worker.stop().await;

    let sql = "SELECT sum(completed + failed + dead + cancelled)::bigint,
                      sum((SELECT sum(count) FROM unnest(waits) AS wait (count)))::bigint,
                      sum((SELECT sum(count) FROM unnest(runs) AS run (count)))::bigint
               FROM tower.tally WHERE axis = 'all' AND step = 60";
    let row = &bed.query(sql, &[]).await[0];
    let (runs, waits, times): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    assert_eq!((runs, waits, times), (180, 180, 180));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_killed_loses_what_it_has_not_written_and_nothing_is_counted_twice() {
    let bed = TestBed::new().await;
    enqueue(&bed, 2_000).await;

    let killed = start_with(&bed, |builder| builder).await;
    until("it has ended some", async || bed.number("SELECT count(*) FROM tower.history").await > 100).await;
    drop(killed);
    let heir = start_with(&bed, |builder| builder).await;
    drained(&bed).await;
    heir.stop().await;

    for ((counted_name, counted), (name, recounted)) in counted(&bed, 60).await.iter().zip(&recounted(&bed).await) {
        assert_eq!(counted_name, name);
        let is_less = counted.iter().zip(recounted).all(|(counted, recounted)| counted <= recounted);
        assert!(is_less, "{name}: counted {counted:?}, there are {recounted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_written_is_written_later() {
    let bed = TestBed::new().await;
    cast(bed.builder()).build().await.unwrap();
    let schema = bed.quoted();
    bed.execute(&format!(
        "CREATE SEQUENCE {schema}.tries;
         CREATE FUNCTION {schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             PERFORM nextval('{schema}.tries');
             RAISE EXCEPTION 'the disk is full';
         END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON {schema}.tally FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse()"
    ))
    .await;

    enqueue(&bed, 100).await;
    let worker = start(&bed).await;
    drained(&bed).await;
    until("a flush has failed twice", async || bed.number("SELECT last_value FROM tower.tries").await >= 2).await;
    bed.execute(&format!("DROP TRIGGER refuse ON {schema}.tally")).await;
    worker.stop().await;

    assert_eq!(counted(&bed, 1).await, recounted(&bed).await);
}

#[tokio::test]
async fn a_flush_that_comes_again_since_its_answer_was_lost_adds_nothing() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let client = bed.connect().await;
    let sql = FLUSH_TALLY.replace("task_tower.", &format!("{}.", bed.quoted()));

    for number in [1_i64, 1, 2, 2, 1] {
        let (axes, names, counts, lists) = (["all"], [""], [3_i64], ["{0,3}"]);
        let parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)] = &[
            &7_i64,
            &number,
            &&axes[..],
            &&names[..],
            &&counts[..],
            &&counts[..],
            &&counts[..],
            &&counts[..],
            &&lists[..],
            &&lists[..],
        ];
        client.query(&sql, parameters).await.unwrap();
    }

    let rows = bed.query("SELECT step, completed, waits FROM tower.tally ORDER BY step", &[]).await;
    let found: Vec<(i16, i64, Vec<i32>)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(found, [(1, 6, vec![0, 6]), (60, 6, vec![0, 6])]);
}

#[tokio::test]
async fn lists_of_different_length_add_up() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();

    let sum: Vec<i32> = bed.query("SELECT tower.add_up('{1,2}', '{0,5,0,7}')", &[]).await[0].get(0);

    assert_eq!(sum, [1, 7, 0, 7]);
}

/// Jobs that were created half a minute before the minute that is sampled now; returns that minute.
async fn arrive(bed: &TestBed, kind: &str, queue: &str, count: i32) {
    let sql = "INSERT INTO tower.job (id, kind, queue)
               SELECT overlay(tower.new_id()::text
                              PLACING left(tower.first_id(date_trunc('minute', clock_timestamp() - interval '5 s', 'UTC') - interval '30 s')::text, 13)
                              FROM 1 FOR 13)::uuid, $1, $2
               FROM generate_series(1, $3)";
    bed.query(sql, &[&kind, &queue, &count]).await;
}

async fn sampled_minute(bed: &TestBed) -> String {
    bed.query("SELECT date_trunc('minute', clock_timestamp() - interval '5 s', 'UTC')::text", &[]).await[0].get(0)
}

async fn sample(bed: &TestBed) {
    let (client, connection) = tokio_postgres::connect(&bed.url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let sql = SAMPLE.replace("task_tower.", &format!("{}.", bed.quoted()));
    client.query(&sql, &[]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_workers_that_sample_a_minute_at_once_one_does() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    loop {
        bed.execute(&format!("TRUNCATE {0}.job, {0}.tally, {0}.depth", bed.quoted())).await;
        let minute = sampled_minute(&bed).await;
        arrive(&bed, "coin", "mail", 5).await;
        arrive(&bed, "coin", "default", 2).await;
        arrive(&bed, "medal", "default", 4).await;

        tokio::join!(sample(&bed), sample(&bed), sample(&bed));

        // A minute that ended in between was sampled in part.
        if sampled_minute(&bed).await == minute {
            break;
        }
    }

    for step in [1_i16, 60] {
        let rows = bed
            .query("SELECT axis || ' ' || name, enqueued FROM tower.tally WHERE step = $1 ORDER BY 1", &[&step])
            .await;
        let found: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let expected = [("all ", 11), ("kind coin", 7), ("kind medal", 4), ("queue default", 6), ("queue mail", 5)];
        assert_eq!(found, expected.map(|(name, count)| (name.to_owned(), count)));
    }
    let rows = bed.query("SELECT queue, enqueued FROM tower.depth ORDER BY queue", &[]).await;
    let depths: Vec<(String, i32)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(depths, [("", 0), ("default", 6), ("mail", 5)].map(|(name, count)| (name.to_owned(), count)));
}

#[tokio::test]
async fn a_sample_tells_jobs_in_each_state_apart() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    let sql = "INSERT INTO tower.job (id, kind, state, run_at, retrying, error_group)
               SELECT tower.new_id(), 'coin', state, clock_timestamp() + delay, retrying, CASE WHEN retrying THEN 'f' END
               FROM (VALUES (0::smallint, '-1 s'::interval, false, 4), (1, '-1 s', false, 3), (0, '1 h', false, 2), (0, '1 h', true, 5))
                   AS part (state, delay, retrying, number)
               CROSS JOIN LATERAL generate_series(1, number)";
    bed.query(sql, &[]).await;
    bed.query(
        "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, running)
         SELECT 'here', 1, '0', 9, '{}', '{}', '1 h', array_agg(id) FROM tower.job WHERE state = 1",
        &[],
    )
    .await;

    sample(&bed).await;

    let row =
        &bed.query("SELECT scheduled, enqueued, processing, failed FROM tower.depth WHERE queue <> ''", &[]).await[0];
    let found: [i32; 4] = [row.get(0), row.get(1), row.get(2), row.get(3)];
    assert_eq!(found, [2, 4, 3, 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_samples_by_itself() {
    let bed = TestBed::new().await;
    let worker = start(&bed).await;

    until("a minute is sampled", async || bed.number("SELECT count(*) FROM tower.depth WHERE queue = ''").await > 0)
        .await;

    worker.stop().await;
}

#[tokio::test]
async fn minutes_are_kept_for_a_day_and_hours_for_a_month() {
    let bed = TestBed::new().await;
    bed.builder().build().await.unwrap();
    for (step, age) in [(1_i16, "25 hours"), (1, "27 hours"), (60, "30 days"), (60, "32 days")] {
        let row = "INSERT INTO tower.tally (axis, name, step, at) VALUES ('all', '', $1, now() - $2::text::interval)";
        bed.query(row, &[&step, &age]).await;
        let row = "INSERT INTO tower.error_tally (fingerprint, step, at, count) VALUES ('f', $1, now() - $2::text::interval, 1)";
        bed.query(row, &[&step, &age]).await;
    }
    for age in ["25 hours", "27 hours"] {
        bed.query("INSERT INTO tower.depth (at, queue) VALUES (now() - $1::text::interval, '')", &[&age]).await;
    }

    bed.query(&FORGET_TALLIES.replace("task_tower.", "tower."), &[&1_000_i64]).await;

    let ages = "SELECT step, round(extract(epoch FROM now() - at) / 3600)::bigint FROM tower.tally ORDER BY 1";
    let found: Vec<(i16, i64)> = bed.query(ages, &[]).await.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(found, [(1, 25), (60, 720)]);
    assert_eq!(bed.number("SELECT count(*) FROM tower.error_tally").await, 2);
    assert_eq!(bed.number("SELECT count(*) FROM tower.depth").await, 1);
}
