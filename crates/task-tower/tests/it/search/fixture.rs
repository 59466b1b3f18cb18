//! Three hundred jobs, written straight into the tables.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use task_tower::{Console, JobFilter, JobId, JobState, TaskTower};
use uuid::Uuid;

use crate::support::TestBed;

pub const JOBS: usize = 300;

/// One of the jobs, as its number makes it.
#[derive(Clone, Debug)]
pub struct Made {
    pub number: usize,
    pub id: JobId,
    pub state: JobState,
    pub queue: &'static str,
    pub kind: &'static str,
    pub tags: Vec<&'static str>,
    pub payload: Value,
    pub attempt: i32,
    pub priority: i16,
    /// One minute more than that of the job before.
    pub created_at: DateTime<Utc>,
    pub worker: usize,
    pub error_group: Option<&'static str>,
}

pub struct Archive {
    bed: TestBed,
    pub tower: TaskTower,
    pub made: Vec<Made>,
}

const STATES: [JobState; 7] = [
    JobState::Scheduled,
    JobState::Enqueued,
    JobState::Processing,
    JobState::Completed,
    JobState::Failed,
    JobState::Dead,
    JobState::Cancelled,
];
/// That of each sixth job.
const BATCH: &str = "01987a6e-0000-7000-8000-00000000000a";
const QUEUES: [&str; 4] = ["default", "mail", "critical", "mail-out"];
const KINDS: [&str; 4] = ["send_welcome", "send_invoice", "Resize Image", "cleanup"];
/// Of jobs that never failed, none.
pub const ERROR_GROUPS: [Option<&str>; 4] = [Some("3f9a1c0b7e21"), None, Some("aaaaaaaaaaaa"), None];
/// The hosts of the workers 1, 2 and 3.
pub const HOSTS: [&str; 3] = ["web-1", "web-2", "db 1"];

impl Made {
    fn new(number: usize, now: DateTime<Utc>) -> Self {
        let created_at = now - TimeDelta::minutes(number as i64);
        let state = match (STATES[number % 7], number % 5) {
            (JobState::Scheduled, 2) => JobState::Awaiting,
            (state, _) => state,
        };
        let tags = [vec!["beta", "vip"], vec!["two words"], vec!["beta"], vec![], vec!["best"]];
        Self {
            number,
            id: id(created_at, number),
            state,
            queue: QUEUES[number % 4],
            kind: KINDS[number / 7 % 4],
            tags: tags[number % 5].clone(),
            payload: payload(number),
            attempt: if [JobState::Scheduled, JobState::Awaiting].contains(&state) {
                0
            } else {
                (number % 6) as i32 + 1
            },
            priority: (number % 11) as i16 - 5,
            created_at,
            worker: number % 3,
            error_group: ERROR_GROUPS[number % 4],
        }
    }

    fn is_live(&self) -> bool {
        !self.state.is_final()
    }

    pub fn is_member(&self) -> bool {
        self.number % 6 == 1
    }

    fn finished_code(&self) -> i16 {
        match self.state {
            JobState::Completed => 3,
            JobState::Dead => 4,
            _ => 5,
        }
    }

    /// Runs take as many seconds as the number says, and begin ten seconds late.
    pub fn run(&self) -> TimeDelta {
        TimeDelta::seconds(self.number as i64)
    }

    fn row(&self, now: DateTime<Utc>) -> Value {
        let waits = [JobState::Scheduled, JobState::Failed].contains(&self.state);
        let run_at = if waits { now + TimeDelta::hours(1) } else { self.created_at };
        let run_at = if self.state == JobState::Awaiting { json!("infinity") } else { json!(run_at) };
        let attempted_at = self.created_at + TimeDelta::seconds(10);
        let (live, processing) = (self.is_live(), self.state == JobState::Processing);
        json!({
            "id": self.id, "run_at": run_at, "created_at": self.created_at, "attempted_at": attempted_at,
            "finished_at": attempted_at + self.run(), "worker_id": if self.attempt > 0 { self.worker + 1 } else { 0 },
            "attempt": self.attempt, "priority": self.priority, "retrying": self.state == JobState::Failed,
            "state": if live { i16::from(processing) } else { self.finished_code() },
            "kind": self.kind, "queue": self.queue, "tags": self.tags, "payload": self.payload,
            "error_group": self.error_group, "batch_id": self.is_member().then_some(BATCH),
        })
    }
}

fn payload(number: usize) -> Value {
    let answer = if number.is_multiple_of(3) { json!("42") } else { json!(42) };
    let flag = [json!(true), json!(false), json!(null), json!("true")][number % 4].clone();
    let plan = if number.is_multiple_of(2) { "pro plus" } else { "free" };
    json!({
        "user": { "id": number % 50, "name": format!("user {number}") }, "plan": plan, "answer": answer, "flag": flag,
        "amount": number as f64 * 1.5, "odd key": { "a.b": number % 10 },
    })
}

/// A UUID v7 of that time.
fn id(time: DateTime<Utc>, number: usize) -> JobId {
    let milliseconds = time.timestamp_millis().unsigned_abs();
    Uuid::from_u128(u128::from(milliseconds) << 80 | 7 << 76 | 2 << 62 | number as u128).into()
}

impl Archive {
    pub async fn new() -> Self {
        let bed = TestBed::new().await;
        let tower = bed.builder().build().await.unwrap();
        let now = Utc::now();
        let made: Vec<Made> = (0..JOBS).map(|number| Made::new(number, now)).collect();
        let (live, ended): (Vec<&Made>, Vec<&Made>) = made.iter().partition(|made| made.is_live());
        let rows = |made: Vec<&Made>| Value::Array(made.into_iter().map(|made| made.row(now)).collect());
        bed.query(LIVE, &[&rows(live)]).await;
        bed.query(ENDED, &[&rows(ended)]).await;
        bed.query(WORKERS, &[&HOSTS.map(str::to_owned).to_vec()]).await;
        Self { bed, tower, made }
    }

    pub fn console(&self) -> Console {
        self.tower.console()
    }

    /// As workers do that know them.
    pub async fn register_kinds(&self) {
        self.bed.query("INSERT INTO tower.kind (name) SELECT unnest($1::text[])", &[&KINDS.as_slice()]).await;
    }

    /// The groups that jobs name, as workers do that see them fail.
    pub async fn register_errors(&self) {
        self.bed.query(ERRORS, &[]).await;
    }

    /// The numbers of all jobs that the filter finds, page after page.
    pub async fn find(&self, filter: &str) -> Vec<usize> {
        self.find_by(filter.parse().unwrap_or_else(|error| panic!("{filter}: {error}"))).await
    }

    pub async fn find_by(&self, filter: JobFilter) -> Vec<usize> {
        let (mut filter, mut found) = (filter.limit(200), Vec::new());
        loop {
            let page = self.console().jobs(&filter).await.unwrap_or_else(|error| panic!("{filter}: {error}"));
            found.extend(page.jobs.iter().map(|job| self.number_of(job.id)));
            assert!(page.searched.complete, "{filter}");
            match page.next {
                Some(next) => filter = filter.after(next),
                None => return found,
            }
        }
    }

    pub fn number_of(&self, id: JobId) -> usize {
        self.made.iter().position(|made| made.id == id).unwrap()
    }
}

const LIVE: &str = "
    INSERT INTO tower.job (id, run_at, created_at, attempted_at, worker_id, attempt, priority, retrying, state, kind, queue,
                           tags, payload, error_group, batch_id)
    SELECT id, run_at, created_at, attempted_at, worker_id, attempt, priority, retrying, state, kind, queue, tags, payload,
           error_group, batch_id
    FROM jsonb_populate_recordset(NULL::tower.job, $1)";

const ENDED: &str = "
    INSERT INTO tower.history (id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures,
                               crashes, max_retries, priority, state, kind, queue, tags, payload, error_group, batch_id)
    SELECT id, run_at, created_at, attempted_at, finished_at, worker_id, 1, attempt, 0, 0, 10, priority, state, kind,
           queue, tags, payload, error_group, batch_id
    FROM jsonb_populate_recordset(NULL::tower.history, $1)";

const ERRORS: &str = "
    INSERT INTO tower.error_group (fingerprint, kind, class, message, first_seen_at, last_seen_at, occurrences, sample_job, queues)
    VALUES ('3f9a1c0b7e21', 'send_welcome', 'Timeout', 'no answer within <n> s', now(), now(), 3, gen_random_uuid(), '{default}'),
           ('aaaaaaaaaaaa', 'cleanup', 'Panic', 'the Till is open', now(), now() - interval '1 day', 1, gen_random_uuid(),
            '{critical,mail}')";

const WORKERS: &str = "
    INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after)
    SELECT host, 1, '1', 1, '{}', '{}', interval '1 hour'
    FROM unnest($1::text[]) WITH ORDINALITY AS hosts (host, number)
    ORDER BY number";
