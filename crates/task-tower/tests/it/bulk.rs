//! Many jobs at once: all or none, in order, and never all of them in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use task_tower::{Job, JobError, State};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::address::Address;
use crate::support::{TestBed, until};

#[derive(Serialize, Deserialize)]
struct Row {
    number: i64,
    text: String,
}

impl Job for Row {
    const KIND: &'static str = "row";
}

type Numbers = UnboundedSender<i64>;

async fn row(job: Row, State(numbers): State<Numbers>) -> Result<(), JobError> {
    numbers.send(job.number).map_err(JobError::new)
}

fn small(number: i64) -> Row {
    Row { number, text: String::new() }
}

const COUNT: &str = "SELECT count(*) FROM tower.job";

#[tokio::test]
async fn no_jobs_at_all_are_enqueued_too() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let ids = client.enqueue_all(Vec::<Row>::new()).await.unwrap();

    assert!(ids.is_empty());
    assert_eq!(bed.number(COUNT).await, 0);
}

#[tokio::test]
async fn a_single_job_is_a_bulk_too() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let ids = client.enqueue_all([small(7)]).await.unwrap();

    assert_eq!(ids.len(), 1);
    assert_eq!(bed.number("SELECT (payload->>'number')::bigint FROM tower.job").await, 7);
}

#[tokio::test]
async fn every_job_of_a_bulk_is_there_under_the_id_at_its_place() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let ids = client.enqueue_all((0..12_345).map(small)).await.unwrap();

    let rows = bed.query("SELECT id FROM tower.job ORDER BY (payload->>'number')::bigint", &[]).await;
    let stored: Vec<uuid::Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let given: Vec<uuid::Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
    assert_eq!(given.len(), 12_345);
    assert!(stored == given, "ids and jobs are not in the same order");
    assert_eq!(bed.number("SELECT count(DISTINCT xmin::text) FROM tower.job").await, 1);
}

#[tokio::test]
async fn jobs_of_a_bulk_run_in_the_order_in_which_they_were_given() {
    let bed = TestBed::new().await;
    let (numbers, mut seen) = unbounded_channel();
    let builder = bed.builder().backend_concurrency(1).state::<Numbers>(numbers);
    let tower = builder.job(row).build().await.unwrap();
    tower.client().enqueue_all((0..500).map(small)).await.unwrap();

    let running = tower.start().unwrap();

    for number in 0..500 {
        assert_eq!(seen.recv().await.unwrap(), number);
    }
    running.stop().await;
}

#[tokio::test]
async fn a_job_that_we_refuse_leaves_nothing_of_its_bulk() {
    let bed = TestBed::new().await;
    let client = bed.builder().payload_bytes_max(1_000).build().await.unwrap().client();
    let jobs = (0..12_345).map(|number| Row { number, text: "x".repeat(if number == 7_000 { 1_001 } else { 1 }) });

    let error = client.enqueue_all(jobs).await.unwrap_err();

    assert!(error.is_invalid(), "{error:?}");
    assert!(error.to_string().contains("payload of \"row\""), "{error}");
    assert_eq!(bed.number(COUNT).await, 0);
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Raw(Box<RawValue>);

impl Job for Raw {
    const KIND: &'static str = "raw";
}

#[tokio::test]
async fn a_job_that_postgresql_refuses_leaves_nothing_of_its_bulk() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let payload = |number: i64| if number == 7_000 { "1e999999".to_owned() } else { number.to_string() };
    let jobs = (0..12_345).map(move |number| Raw(RawValue::from_string(payload(number)).unwrap()));

    let error = client.enqueue_all(jobs).await.unwrap_err();

    assert!(error.is_invalid(), "{error:?}");
    assert_eq!(bed.number(COUNT).await, 0);
}

#[tokio::test]
async fn what_is_said_of_a_bulk_holds_for_each_of_its_jobs() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let bulk = client.enqueue_all((0..6_000).map(small)).to_queue("night").tags(["a", "b"]).max_retries(2);
    bulk.priority(-7).timeout(Duration::from_secs(3)).in_months(2).await.unwrap();

    let alike = "SELECT count(*) FROM tower.job
                 WHERE queue = 'night' AND tags = '{a,b}' AND max_retries = 2 AND priority = -7 AND timeout_ms = 3000
                   AND abs(extract(epoch FROM run_at - ((created_at AT TIME ZONE 'UTC' + interval '2 months')
                                                        AT TIME ZONE 'UTC'))) < 0.1";
    assert_eq!(bed.number(alike).await, 6_000);
}

/// How many [`Counted`] jobs there are, and were at the most.
static ALIVE: AtomicUsize = AtomicUsize::new(0);
static ALIVE_MAX: AtomicUsize = AtomicUsize::new(0);

/// A job that counts itself.
#[derive(Serialize, Deserialize)]
struct Counted {
    number: i64,
    text: String,
}

impl Job for Counted {
    const KIND: &'static str = "counted";
}

impl Counted {
    fn new(number: i64) -> Self {
        ALIVE_MAX.fetch_max(ALIVE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Self { number, text: "x".repeat(700) }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The memory of this process, in bytes; nothing where that cannot be asked.
fn memory_bytes() -> usize {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return 0 };
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[tokio::test]
async fn a_bulk_of_any_size_is_never_in_memory_at_once() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let before = memory_bytes();
    let most = Arc::new(AtomicUsize::new(before));
    let watch = most.clone();
    let jobs = (0..300_000).map(move |number| {
        if number % 10_000 == 0 {
            watch.fetch_max(memory_bytes(), Ordering::SeqCst);
        }
        Counted::new(number)
    });

    let ids = client.enqueue_all(jobs).await.unwrap();

    assert_eq!(ids.len(), 300_000);
    let alive = ALIVE_MAX.load(Ordering::SeqCst);
    assert!(alive <= 10_000, "{alive} jobs were in memory at once");
    // All the payloads together have more than 210 MB.
    let grown = most.load(Ordering::SeqCst) - before;
    assert!(grown < 120_000_000, "the process grew by {grown} bytes");
    bed.execute(&format!("DROP SCHEMA {} CASCADE", bed.quoted())).await;
}

#[tokio::test]
async fn a_bulk_that_is_dropped_half_way_leaves_nothing() {
    let bed = TestBed::new().await;
    let name = format!("half of {}", bed.schema);
    let builder = bed.builder().connection_string(Address::of(&bed.url).named(&name).text());
    let client = builder.build().await.unwrap().client();
    let half_way = Arc::new(AtomicBool::new(false));
    let reached = half_way.clone();
    let jobs = (0..).map(move |number| {
        reached.fetch_or(number > 20_000, Ordering::SeqCst);
        small(number)
    });

    let bulk = tokio::spawn(client.enqueue_all(jobs).into_future());
    until("it is half way", async || half_way.load(Ordering::SeqCst)).await;
    bulk.abort();

    assert!(bulk.await.unwrap_err().is_cancelled());
    drop(client);
    let open = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}'");
    until("its connection is closed", async || bed.number(&open).await == 0).await;
    assert_eq!(bed.number(COUNT).await, 0);
}
