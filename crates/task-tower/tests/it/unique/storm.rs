//! Many who want the same few keys at once, some of whom change their minds, while workers run what gets in.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use task_tower::{Enqueued, JobContext, JobError, JobId, RunningTower, State, TaskTower, Unique};

use super::{Sync, enqueue_by_sql, enqueue_sync, sync};
use crate::support::{TestBed, until};

const TASKS: usize = 16;
const KEYS: i64 = 50;
const ROUNDS: usize = 60;

/// Who runs at this moment, and who ever ran.
#[derive(Clone, Default)]
struct Ring(Arc<Mutex<Fights>>);

#[derive(Default)]
struct Fights {
    present: HashSet<i64>,
    runs: HashMap<JobId, usize>,
    two_at_once: usize,
}

async fn fight(job: Sync, context: JobContext, State(ring): State<Ring>) -> Result<(), JobError> {
    {
        let mut fights = ring.0.lock().unwrap();
        fights.two_at_once += usize::from(!fights.present.insert(job.user));
        *fights.runs.entry(context.job_id()).or_default() += 1;
    }
    tokio::task::yield_now().await;
    ring.0.lock().unwrap().present.remove(&job.user);
    // A retry keeps the key; whoever comes meanwhile finds this job.
    match context.attempt() {
        1 if job.reason == "twice" => Err(JobError::new("once more")),
        _ => Ok(()),
    }
}

async fn worker(bed: &TestBed, ring: &Ring) -> (TaskTower, RunningTower) {
    let at_once = task_tower::RetryPolicy::custom(|_| std::time::Duration::from_millis(1));
    let builder = bed.builder().state(ring.clone()).job_with(fight, |kind| kind.retry_policy(at_once));
    let tower = builder.build().await.unwrap();
    let running = tower.start().unwrap();
    (tower, running)
}

/// What the callers were told of jobs that are there for good.
#[derive(Default)]
struct Told {
    new: Vec<JobId>,
    existing: Vec<JobId>,
}

impl Told {
    fn note(&mut self, answer: Enqueued) {
        match answer {
            Enqueued::New(id) => self.new.push(id),
            Enqueued::Existing(id) => self.existing.push(id),
        }
    }

    fn add(&mut self, other: Told) {
        self.new.extend(other.new);
        self.existing.extend(other.existing);
    }
}

/// One caller: alone, in bulk, and in transactions, half of which roll back.
async fn call(bed: Arc<TestBed>, tower: Arc<TaskTower>) -> Told {
    let (client, connection, mut told) = (tower.client(), bed.connect().await, Told::default());
    for _ in 0..ROUNDS {
        let user = any_user();
        match user % 3 {
            0 => told.note(enqueue_sync(&client, user).await),
            1 => {
                let jobs = [sync(user, "twice"), sync(any_user(), "any"), sync(user, "any")];
                let request = client.enqueue_all(jobs).unique(Unique::by_fields(&["user"]));
                told.existing.extend(request.await.unwrap());
            }
            _ => {
                let (id, ended) = in_transaction(&bed, &connection, user).await;
                if let (Some(answer), "COMMIT") = (id, ended) {
                    told.note(answer);
                }
            }
        }
    }
    told
}

async fn in_transaction(
    bed: &TestBed,
    connection: &tokio_postgres::Client,
    user: i64,
) -> (Option<Enqueued>, &'static str) {
    let (own, schema) = (uuid::Uuid::now_v7(), bed.quoted());
    let payload = format!(r#"'{{"user": {user}, "reason": "any"}}'"#);
    let arguments =
        format!("'sync', {payload}, id => '{own}', unique_key => {schema}.payload_key({payload}, '{{user}}')");
    connection.batch_execute("BEGIN").await.unwrap();
    let answer = enqueue_by_sql(bed, connection, &arguments).await;
    let end = if own.as_bytes()[15].is_multiple_of(2) { "COMMIT" } else { "ROLLBACK" };
    connection.batch_execute(end).await.unwrap();
    let own = JobId::from(own);
    (Some(if answer == own { Enqueued::New(own) } else { Enqueued::Existing(answer) }), end)
}

fn any_user() -> i64 {
    i64::from(uuid::Uuid::now_v7().as_bytes()[14]) % KEYS
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_storm_no_key_has_two_jobs_and_every_job_that_was_told_of_runs_once() {
    let (bed, ring) = (Arc::new(TestBed::new().await), Ring::default());
    let workers = [worker(&bed, &ring).await, worker(&bed, &ring).await];
    let callers = (0..TASKS).map(|_| {
        let bed = bed.clone();
        tokio::spawn(async move {
            let tower = Arc::new(bed.builder().build().await.unwrap());
            call(bed, tower).await
        })
    });

    let mut told = Told::default();
    for caller in callers.collect::<Vec<_>>() {
        told.add(caller.await.unwrap());
    }
    until("all have run", async || bed.number("SELECT count(*) FROM tower.job").await == 0).await;

    for (_, running) in workers {
        running.stop().await;
    }
    let rows = bed.query("SELECT id, attempt, failures FROM tower.history", &[]).await;
    let ended: HashMap<JobId, (i32, i32)> =
        rows.iter().map(|row| (JobId::from(row.get::<_, uuid::Uuid>(0)), (row.get(1), row.get(2)))).collect();
    let fights = ring.0.lock().unwrap();
    assert_eq!(fights.two_at_once, 0, "two jobs with one key ran at once");
    assert!(told.new.iter().chain(&told.existing).all(|id| ended.contains_key(id)), "a job that never was");
    assert!(ended.iter().all(|(id, (attempt, failures))| {
        *attempt == failures + 1 && fights.runs.get(id) == Some(&usize::try_from(*attempt).unwrap())
    }));
    assert_eq!(fights.runs.len(), ended.len(), "a job that was rolled back has run");
    let (distinct, all) = (told.new.iter().collect::<HashSet<_>>().len(), told.new.len());
    assert_eq!(distinct, all, "a job was new to two callers");
}
