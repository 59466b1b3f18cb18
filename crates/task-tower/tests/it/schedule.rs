//! Scheduled jobs: when they run, by whose calendar, and how far ahead.

use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use task_tower::{Client, Job, JobError, JobId, JobState, Request, State, TaskTower};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::address::Address;
use crate::support::{TestBed, in_state, until};

#[derive(Serialize, Deserialize)]
struct Reminder;

impl Job for Reminder {
    const KIND: &'static str = "reminder";
}

type Clock = UnboundedSender<DateTime<Utc>>;

async fn reminder(_job: Reminder, State(clock): State<Clock>) -> Result<(), JobError> {
    clock.send(Utc::now()).map_err(JobError::new)
}

/// By how many milliseconds the job is due later than `interval` after its creation, by the
/// database's own arithmetic in UTC.
async fn deviation_ms(bed: &TestBed, id: JobId, interval: &str) -> i64 {
    let sql = format!(
        "SELECT round(extract(epoch FROM
             run_at - ((created_at AT TIME ZONE 'UTC' + interval '{interval}') AT TIME ZONE 'UTC')) * 1000)::bigint
         FROM tower.job WHERE id = $1"
    );
    bed.query(&sql, &[&id.as_uuid()]).await[0].get(0)
}

type Fluent = fn(Request<Reminder>) -> Request<Reminder>;

/// Every way to say a delay, with the same in PostgreSQL's words.
const DELAYS: [(&str, Fluent); 16] = [
    ("90500 milliseconds", |request| request.in_milliseconds(90_500)),
    ("90 seconds", |request| request.in_seconds(90)),
    ("45 minutes", |request| request.in_minutes(45)),
    ("36 hours", |request| request.in_hours(36)),
    ("200 days", |request| request.in_days(200)),
    ("30 weeks", |request| request.in_weeks(30)),
    ("1 month", |request| request.in_months(1)),
    ("6 months", |request| request.in_months(6)),
    ("13 months", |request| request.in_months(13)),
    ("1 year", |request| request.in_years(1)),
    ("4 years", |request| request.in_years(4)),
    ("100 years", |request| request.in_years(100)),
    ("90 seconds", |request| request.after(Duration::from_secs(90))),
    ("0", |request| request.immediately()),
    ("0", |request| request.in_hours(1).immediately()),
    ("5 minutes", |request| request.in_years(1).in_minutes(5)),
];

async fn assert_delays(bed: &TestBed, client: &Client) {
    for (interval, fluent) in DELAYS {
        let id = fluent(client.schedule(Reminder)).await.unwrap();
        let deviation = deviation_ms(bed, id, interval).await;
        assert!(deviation.abs() <= 100, "{interval}: {deviation} ms off");
    }
}

#[tokio::test]
async fn every_delay_is_what_postgresql_reckons_in_utc() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();

    assert_delays(&bed, &tower.client()).await;
}

#[tokio::test]
async fn the_time_zone_of_a_connection_does_not_move_a_job() {
    let bed = TestBed::new().await;
    let mut address = Address::of(&bed.url);
    // Its clocks change between now and half a year from now.
    address.more.push(("options", "-c TimeZone=America/New_York".to_owned()));
    let tower = bed.builder().connection_string(address.text()).build().await.unwrap();

    assert_delays(&bed, &tower.client()).await;
}

#[tokio::test]
async fn the_sql_function_reckons_months_as_the_client_does() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();

    for months in 1..=24 {
        let interval = format!("{months} months");
        let sql = format!("SELECT tower.enqueue('reminder', delay => interval '{interval}')");
        let by_function = JobId::from(bed.query(&sql, &[]).await[0].get::<_, uuid::Uuid>(0));
        let by_client = tower.client().schedule(Reminder).in_months(months).await.unwrap();
        for id in [by_function, by_client] {
            let deviation = deviation_ms(&bed, id, &interval).await;
            assert!(deviation.abs() <= 100, "{interval}: {deviation} ms off");
        }
    }
}

#[tokio::test]
async fn a_month_that_is_too_short_ends_on_its_last_day() {
    let bed = TestBed::new().await;
    // The calendar of the statements is that of PostgreSQL: this is what it says.
    let sql = "SELECT (date '2023-01-31' + make_interval(months => 1))::date::text,
                      (date '2024-01-31' + make_interval(months => 1))::date::text,
                      (date '2024-02-29' + make_interval(months => 12))::date::text";

    let row = bed.query(sql, &[]).await.remove(0);

    let days: [String; 3] = [row.get(0), row.get(1), row.get(2)];
    assert_eq!(days, ["2023-02-28", "2024-02-29", "2025-02-28"]);
}

#[tokio::test]
async fn a_job_is_due_at_the_very_time_it_was_given() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let time: DateTime<Utc> = format!("{}-03-29T01:30:00.123456Z", Utc::now().year() + 1).parse().unwrap();

    let id = tower.client().schedule(Reminder).at(time).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.run_at, job.state), (time, JobState::Scheduled));
}

#[tokio::test]
async fn a_time_that_has_passed_means_now() {
    let bed = TestBed::new().await;
    let (clock, mut runs) = unbounded_channel();
    let tower = bed.builder().state::<Clock>(clock).job(reminder).build().await.unwrap();

    for past in [Utc::now() - TimeDelta::hours(1), DateTime::UNIX_EPOCH, DateTime::<Utc>::MIN_UTC] {
        let id = tower.client().schedule(Reminder).at(past).await.unwrap();
        let job = tower.console().job(id).await.unwrap();
        assert_eq!(job.state, JobState::Enqueued, "{past}");
        // It does not overtake those that wait since before it came.
        assert!((job.run_at - job.created_at).abs() < TimeDelta::seconds(1), "{past}: {job:?}");
    }

    let running = tower.start().unwrap();
    for _ in 0..3 {
        runs.recv().await.unwrap();
    }
    running.stop().await;
}

#[tokio::test]
async fn more_than_a_hundred_years_ahead_is_refused() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let requests: [Fluent; 11] = [
        |request| request.in_years(101),
        |request| request.in_years(u64::MAX),
        |request| request.in_months(1_201),
        |request| request.in_weeks(5_300),
        |request| request.in_days(37_000),
        |request| request.in_hours(u64::MAX),
        |request| request.in_minutes(u64::MAX),
        |request| request.in_seconds(u64::MAX),
        |request| request.after(Duration::MAX),
        |request| request.at(Utc::now() + TimeDelta::days(36_900)),
        |request| request.at(DateTime::<Utc>::MAX_UTC),
    ];

    for (number, request) in requests.into_iter().enumerate() {
        let error = request(client.schedule(Reminder)).await.unwrap_err();
        assert!(error.is_invalid(), "{number}: {error:?}");
        assert!(error.to_string().contains("more than a hundred years ahead"), "{number}: {error}");
    }
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 0);
}

/// A worker that sleeps, and looks by itself only once a minute. It has run a job before: the first
/// job of a queue wakes every worker.
async fn sleeper(bed: &TestBed) -> (TaskTower, task_tower::RunningTower, UnboundedReceiver<DateTime<Utc>>) {
    let minute = Duration::from_secs(60);
    let (clock, mut runs) = unbounded_channel();
    let builder = bed.builder().queue_announcement_interval(minute).job_check_interval(minute);
    let tower = builder.state::<Clock>(clock).job(reminder).build().await.unwrap();
    let running = tower.start().unwrap();
    tower.client().enqueue(Reminder).await.unwrap();
    runs.recv().await.unwrap();
    until("the worker wants to be woken", async || bed.number("SELECT count(*) FROM tower.armed").await == 1).await;
    // Its last looks before it sleeps cannot be seen from here.
    tokio::time::sleep(Duration::from_millis(600)).await;
    (tower, running, runs)
}

async fn assert_punctual(delay: Duration) {
    let bed = TestBed::new().await;
    let (tower, running, mut runs) = sleeper(&bed).await;

    let id = tower.client().schedule(Reminder).after(delay).await.unwrap();

    let due = tower.console().job(id).await.unwrap().run_at;
    let ran = tokio::time::timeout(delay + Duration::from_secs(10), runs.recv()).await;
    let late = ran.expect("it runs long before the next poll").unwrap() - due;
    assert!(late >= TimeDelta::zero(), "it ran {late} after its time");
    assert!(late < TimeDelta::seconds(2), "it ran {late} after its time");
    running.stop().await;
}

#[tokio::test]
async fn a_job_that_is_due_soon_runs_at_its_time_and_not_before() {
    assert_punctual(Duration::from_millis(1_500)).await;
}

#[tokio::test]
async fn a_job_that_is_due_later_wakes_a_worker_that_sleeps_long() {
    assert_punctual(Duration::from_millis(7_000)).await;
}

#[tokio::test]
async fn an_earlier_job_overtakes_the_one_that_was_waited_for() {
    let bed = TestBed::new().await;
    let (tower, running, mut runs) = sleeper(&bed).await;
    tower.client().schedule(Reminder).in_hours(1).await.unwrap();

    let id = tower.client().schedule(Reminder).in_milliseconds(200).await.unwrap();

    runs.recv().await.unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;
}
