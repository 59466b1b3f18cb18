//! What the charts of the dashboard ask for.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use task_tower::{
    AuditFilter, Axis, Console, Count, Job, JobError, JobState, KindFilter, KindPage, KindSort, LATE_AFTER,
    LATE_AFTER_MAX, Outcome, TowerBuilder, Verdict, Window,
};

use crate::support::house::House;
use crate::support::{TestBed, until};

#[derive(Serialize, Deserialize)]
struct Letter {
    address: Option<String>,
}

impl Job for Letter {
    const KIND: &'static str = "letter";
}

async fn deliver(job: Letter) -> Result<Outcome, JobError> {
    match job.address.as_deref() {
        None => Err(JobError::discard("no address")),
        Some("moved") => Ok(Outcome::Cancel("moved".to_owned())),
        Some(_) => Ok(Outcome::Done),
    }
}

fn letter(address: Option<&str>) -> Letter {
    Letter { address: address.map(str::to_owned) }
}

fn post(builder: TowerBuilder) -> TowerBuilder {
    builder.job(deliver)
}

async fn console(bed: &TestBed) -> Console {
    bed.builder().build().await.unwrap().console()
}

/// Three delivered, one dead, one cancelled; everything is counted.
async fn delivered() -> TestBed {
    let house = House::new(post).await;
    for (address, state) in [
        (Some("here"), JobState::Completed),
        (Some("there"), JobState::Completed),
        (Some("yonder"), JobState::Completed),
        (None, JobState::Dead),
        (Some("moved"), JobState::Cancelled),
    ] {
        house.until(letter(address), state).await;
    }
    house.stop().await
}

/// A row of the tally as of so many minutes ago.
async fn tally(bed: &TestBed, name: &str, minutes: i32, completed: i64, runs: &str) {
    let sql = "INSERT INTO tower.tally (axis, name, step, at, completed, waits, runs)
               SELECT 'kind', $1, step, date_trunc(unit, now() - make_interval(mins => $2), 'UTC'), $3, $4::text::integer[], $4::text::integer[]
               FROM (VALUES (1::smallint, 'minute')) AS span (step, unit)";
    bed.query(sql, &[&name, &minutes, &completed, &runs]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_tells_what_happened_by_kind_and_by_queue() {
    let bed = delivered().await;
    let console = console(&bed).await;

    for window in [Window::Hour, Window::SixHours, Window::Day, Window::Week, Window::Month] {
        for axis in [Axis::All, Axis::Kind("letter".to_owned()), Axis::Queue("default".to_owned())] {
            let series = console.series(&axis, window).await.unwrap();
            let counts = series.counts;
            assert_eq!((counts.completed, counts.failed, counts.dead, counts.cancelled), (3, 0, 1, 1), "{axis:?}");
            assert_eq!(series.points.len(), window.steps());
            assert!(series.run.is_some() && series.wait.unwrap().p50 > Duration::ZERO, "{series:?}");
        }
        let other = console.series(&Axis::Queue("other".to_owned()), window).await.unwrap();
        assert!(other.counts == Default::default() && other.run.is_none() && other.points.len() == window.steps());
    }
}

#[tokio::test]
async fn steps_are_aligned_and_the_last_one_is_now() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    let before: chrono::DateTime<chrono::Utc> = bed.query("SELECT now()", &[]).await[0].get(0);

    let series = console.series(&Axis::All, Window::Day).await.unwrap();

    let last = series.points.last().unwrap().at;
    assert!(last <= before + Duration::from_secs(60) && last + Duration::from_secs(900) > before);
    let aligned = series.points.iter().all(|point| point.at.timestamp() % 900 == 0);
    let even = series.points.windows(2).all(|pair| pair[1].at - pair[0].at == chrono::TimeDelta::seconds(900));
    assert!(aligned && even, "{series:?}");
}

#[tokio::test]
async fn a_kind_has_its_percentiles_its_success_and_a_heat_map() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    bed.query("INSERT INTO tower.kind (name, display_name) VALUES ('letter', 'A letter'), ('idle', NULL)", &[]).await;
    // Below 0.1 ms, and between 3.8 and 5.8 ms.
    tally(&bed, "letter", 0, 10, "{10}").await;
    tally(&bed, "letter", 3, 90, "{0,0,0,0,0,0,0,0,0,0,90}").await;

    let kinds = console.kinds(Window::Hour).await.unwrap();
    let details = console.kind("letter", Window::Hour).await.unwrap();

    let names: Vec<(&str, Option<&str>, u64)> =
        kinds.iter().map(|kind| (kind.name.as_str(), kind.display_name.as_deref(), kind.counts.completed)).collect();
    assert_eq!(names, [("idle", None, 0), ("letter", Some("A letter"), 100)]);
    assert_eq!((kinds[0].success_rate, kinds[1].success_rate), (None, Some(1.0)));
    let run = details.kind.run.unwrap();
    let (least, most) = (Duration::from_micros(3_840), Duration::from_micros(5_770));
    assert!(least < run.p50 && run.p50 < run.p95 && run.p99 < most, "{run:?}");
    let heat = details.series.heat;
    assert_eq!((heat.classes.len(), heat.columns.len()), (11, 60));
    let filled: Vec<Vec<u64>> =
        heat.columns.into_iter().filter(|column| column.iter().any(|count| *count > 0)).collect();
    assert_eq!((filled[0][10], filled[1][0]), (90, 10));
    assert!(console.kind("nobody", Window::Hour).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_page_of_kinds_begins_and_ends_where_it_is_asked_to() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    bed.query("INSERT INTO tower.kind (name) SELECT 'kind_' || number FROM generate_series(1, 5) AS number", &[]).await;
    tally(&bed, "kind_4", 0, 10, "{10}").await;
    tally(&bed, "kind_2", 0, 3, "{3}").await;
    tally(&bed, "kind_2", 3, 4, "{4}").await;
    let by_runs = || KindFilter::new(Window::Hour).sort(KindSort::Runs).limit(2);
    let page = async |filter: KindFilter| console.page_of_kinds(&filter).await.unwrap();
    let names = |page: &KindPage| page.kinds.iter().map(|kind| kind.name.clone()).collect::<Vec<_>>();

    let first = page(by_runs()).await;
    let second = page(by_runs().after("kind_2")).await;
    let last = page(by_runs().after(second.next.as_deref().unwrap())).await;
    let back = page(by_runs().before("kind_5")).await;
    let gone = page(KindFilter::new(Window::Hour).limit(2).after("kind_3x")).await;
    let part = page(KindFilter::new(Window::Hour).scoped(Some(vec!["kind_5*".to_owned(), "kind_1".to_owned()]))).await;

    assert_eq!(
        (names(&first), first.prev.as_deref(), first.next.as_deref()),
        (vec!["kind_4".into(), "kind_2".into()], None, Some("kind_2"))
    );
    assert_eq!((first.total, first.most_runs, first.kinds[1].counts.completed), (5, 10, 7));
    assert_eq!((names(&second), names(&last)), (vec!["kind_1".into(), "kind_3".into()], vec!["kind_5".to_owned()]));
    assert_eq!((last.next, last.prev.as_deref()), (None, Some("kind_5")));
    assert_eq!((names(&back), back.prev.as_deref()), (vec!["kind_1".into(), "kind_3".into()], Some("kind_1")));
    assert_eq!(
        (names(&gone), names(&part)),
        (vec!["kind_4".into(), "kind_5".into()], vec!["kind_1".into(), "kind_5".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_have_a_count_and_a_spark_for_every_state() {
    let bed = delivered().await;
    let console = console(&bed).await;
    bed.query(
        "INSERT INTO tower.depth (at, queue, scheduled, enqueued, failed)
         SELECT date_trunc('minute', now(), 'UTC') - minute * interval '1 minute', queue, number, 0, 2 * number
         FROM (VALUES (2, '', 0), (2, 'a', 3), (2, 'b', 4), (4, '', 0)) AS sample (minute, queue, number)",
        &[],
    )
    .await;

    let tiles = console.tiles().await.unwrap();

    let tile = |state| tiles.iter().find(|tile| tile.state == state).unwrap();
    let known = |state| tile(state).spark.iter().copied().flatten().collect::<Vec<u64>>();
    assert_eq!(tiles.len(), JobState::ALL.len());
    assert!(tiles.iter().all(|tile| tile.spark.len() == 60));
    assert_eq!(tile(JobState::Completed).count, Count::Exact(3));
    assert_eq!(known(JobState::Completed).iter().sum::<u64>(), 3);
    assert_eq!(known(JobState::Dead).iter().sum::<u64>(), 1);
    // What was sampled while nothing was there is zero, and what was not is unknown.
    assert_eq!((known(JobState::Scheduled), known(JobState::Failed)), (vec![0, 7], vec![0, 14]));
}

async fn wait_for(bed: &TestBed, queue: &str, age: &str) {
    let sql = "INSERT INTO tower.job (id, kind, queue, run_at)
               VALUES (tower.new_id(), 'letter', $1, clock_timestamp() - $2::text::interval)";
    bed.query(sql, &[&queue, &age]).await;
}

async fn worker(bed: &TestBed, queues: &[&str], ended_how: Option<&str>) {
    let sql = "INSERT INTO tower.worker (host, process_id, version, slots, busy, kinds, queues, dead_after, ended_at, ended_how)
               VALUES ('here', 1, '0', 8, 3, '{}', $1, '1 h', CASE WHEN $2::text IS NOT NULL THEN now() END, $2)";
    bed.query(sql, &[&queues, &ended_how]).await;
}

#[tokio::test]
async fn jobs_that_wait_for_nobody_stand_still() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    assert_eq!(console.health().await.unwrap().verdict, Verdict::Healthy);

    wait_for(&bed, "mail", "1 s").await;
    worker(&bed, &[], Some("silent")).await;

    let health = console.health().await.unwrap();
    assert_eq!((health.verdict, health.waiting, health.workers, health.slots), (Verdict::Stopped, 1, 0, 0));
    assert_eq!(health.late.unwrap().name, "mail");
    assert_eq!(health.dead_worker.unwrap().host, "here");
}

/// Nobody is left who could find it dead and write that down.
#[tokio::test]
async fn a_worker_that_is_not_heard_of_any_more_is_dead_for_everybody_who_asks() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    wait_for(&bed, "mail", "1 s").await;
    worker(&bed, &[], None).await;
    let before = console.health().await.unwrap();

    bed.query("UPDATE tower.worker SET dead_after = interval '0'", &[]).await;

    let (health, census) = (console.health().await.unwrap(), console.census().await.unwrap());
    let listed = console.workers().await.unwrap().remove(0);
    assert_eq!((before.verdict, before.workers), (Verdict::Healthy, 1));
    assert_eq!((health.verdict, health.workers, health.slots), (Verdict::Stopped, 0, 0));
    assert_eq!(health.dead_worker.unwrap().id, listed.id);
    assert_eq!((census.workers, census.silent_workers), (0, 1));
    assert_eq!((listed.ended_at, listed.ended_how.as_deref()), (Some(listed.heartbeat_at), Some("silent")));
    assert!(!listed.serves("mail"));
}

#[tokio::test]
async fn a_queue_whose_oldest_job_waits_for_more_than_a_minute_is_late_unless_it_is_paused() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    worker(&bed, &["images", "mail"], None).await;
    worker(&bed, &["mail"], None).await;
    wait_for(&bed, "mail", "50 s").await;
    assert_eq!(console.health().await.unwrap().verdict, Verdict::Healthy);

    wait_for(&bed, "images", "372 s").await;
    wait_for(&bed, "images", "10 s").await;

    let health = console.health().await.unwrap();
    let late = health.late.unwrap();
    assert_eq!((health.verdict, health.late_queues, health.slots, health.busy), (Verdict::Late, 1, 16, 6));
    assert_eq!((late.name.as_str(), late.waiting, late.slots), ("images", 2, 8));
    assert!((372..400).contains(&late.age.as_secs()), "{late:?}");
    console.pause_queue("images", None).await.unwrap();
    assert_eq!(console.health().await.unwrap().verdict, Verdict::Healthy);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_of_a_version_is_a_deploy_and_the_next_ones_are_not() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    let long_ago = chrono::Utc::now() - Duration::from_secs(3_600);
    for version in ["1", "2", "1"] {
        let running = post(bed.builder()).app_version(version).build().await.unwrap().start().unwrap();
        until("it is known", async || console.workers().await.unwrap().iter().any(|worker| worker.ended_at.is_none()))
            .await;
        running.stop().await;
    }

    let deploys = console.deploys(long_ago).await.unwrap();

    let versions: Vec<&str> = deploys.iter().map(|deploy| deploy.app_version.as_str()).collect();
    assert_eq!(versions, ["1", "2"]);
    assert!(deploys[0].at < deploys[1].at);
    assert_eq!(console.deploys(deploys[1].at).await.unwrap(), deploys[1..]);
}

#[tokio::test]
async fn a_version_is_forgotten_when_nobody_has_begun_with_it_for_a_month() {
    const FORGET: &str = include_str!("../../src/store/sql/forget_deploys.sql");
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    worker(&bed, &[], None).await;
    bed.query("UPDATE tower.worker SET app_version = 'in use'", &[]).await;
    let sql = "INSERT INTO tower.deploy (app_version, first_at, last_at)
               SELECT version, now() - interval '60 days', now() - age::interval
               FROM (VALUES ('in use', '32 days'), ('gone', '32 days'), ('lately', '30 days')) AS known (version, age)";
    bed.query(sql, &[]).await;

    bed.query(&FORGET.replace("task_tower.", "tower."), &[]).await;

    let left = console.deploys(chrono::Utc::now() - Duration::from_secs(90 * 86_400)).await.unwrap();
    let mut left: Vec<String> = left.into_iter().map(|deploy| deploy.app_version).collect();
    left.sort_unstable();
    assert_eq!(left, ["in use", "lately"]);
}

#[tokio::test]
async fn a_queue_is_late_by_its_own_limit_if_it_has_one() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    worker(&bed, &["images", "mail"], None).await;
    wait_for(&bed, "mail", "20 s").await;
    wait_for(&bed, "images", "372 s").await;

    console.limit_queue("images", Some(Duration::from_secs(600))).await.unwrap();
    let patient = console.health().await.unwrap();
    console.limit_queue("mail", Some(Duration::from_secs(5))).await.unwrap();
    let strict = console.health().await.unwrap();
    console.limit_queue("mail", None).await.unwrap();
    let usual = console.health().await.unwrap();

    assert_eq!((patient.verdict, patient.late_queues), (Verdict::Healthy, 0));
    // The other one has waited longer, and may.
    let late = strict.late.unwrap();
    assert_eq!((strict.verdict, strict.late_queues, late.name.as_str()), (Verdict::Late, 1, "mail"));
    assert_eq!(late.late_after, Duration::from_secs(5));
    assert_eq!(usual.verdict, Verdict::Healthy);
    let limits = console.queue_limits().await.unwrap();
    assert_eq!(limits, [("images".to_owned(), Duration::from_secs(600))].into());
    let audit = console.audit(&AuditFilter::new().action("limit_queue")).await.unwrap();
    assert_eq!((audit.len(), &audit[0].target), (3, &"mail".to_owned()));
    assert_eq!(audit[0].details, json!({ "before_seconds": 5.0, "after_seconds": null }));
}

#[tokio::test]
async fn a_limit_that_is_none_is_refused() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;

    for (queue, limit) in
        [("mail", Duration::ZERO), ("mail", LATE_AFTER_MAX + Duration::from_secs(1)), ("", LATE_AFTER)]
    {
        let error = console.limit_queue(queue, Some(limit)).await.unwrap_err();

        assert!(error.is_invalid(), "{queue} {limit:?}: {error}");
    }
}

#[tokio::test]
async fn more_than_a_tenth_of_failures_is_failing_if_there_are_ten() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    let runs = "INSERT INTO tower.tally (axis, name, step, at, completed, failed, dead)
                VALUES ('all', '', 1, date_trunc('minute', now(), 'UTC'), $1, $2, $3)
                ON CONFLICT (axis, name, step, at)
                DO UPDATE SET completed = excluded.completed, failed = excluded.failed, dead = excluded.dead";

    for (completed, failed, dead, expected) in [
        (0_i64, 5_i64, 4_i64, Verdict::Healthy),
        (90, 6, 4, Verdict::Healthy),
        (89, 6, 4, Verdict::Failing),
        (0, 10, 0, Verdict::Failing),
    ] {
        bed.query("DELETE FROM tower.tally", &[]).await;
        bed.query(runs, &[&completed, &failed, &dead]).await;

        let health = console.health().await.unwrap();

        assert_eq!(health.verdict, expected, "{completed} {failed} {dead}");
        assert_eq!((health.runs, health.failed_runs), ((completed + failed + dead) as u64, (failed + dead) as u64));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_counts_shows_while_it_goes_on() {
    let house = House::new(post).await;
    house.until(letter(Some("here")), JobState::Completed).await;

    until("it shows", async || house.console.series(&Axis::All, Window::Hour).await.unwrap().counts.completed == 1)
        .await;

    house.stop().await;
}
