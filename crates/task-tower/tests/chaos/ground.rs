//! Where one scenario happens: a fresh schema with its audit, a directory with the outside record,
//! and the producer, whose enqueues are on record before and after.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use task_tower::{Client, Console, JobId, TaskTower};
use tokio_postgres::Row;

use crate::checker::{Change, ChangeKind, Evidence, Finished, check};
use crate::fleet::Fleet;
use crate::record::{Blow, Event, How, Record, Run};
use crate::support::{TestBed, until};
use crate::timeline::Timeline;
use crate::worker::{Settings, Task, gate};

/// The slots of each worker.
pub const SLOTS: usize = 8;

/// Cheap to clone: the producer's tasks share it.
#[derive(Clone)]
pub struct Ground {
    pub bed: Arc<TestBed>,
    pub record: Record,
    directory: PathBuf,
    client: Client,
    console: Console,
    next: Arc<AtomicU64>,
}

impl Ground {
    pub async fn new(bed: TestBed) -> Self {
        let directory = std::env::temp_dir().join(format!("task_tower_chaos_{}", bed.schema));
        std::fs::create_dir_all(&directory).unwrap();
        let tower = bed.builder().build().await.unwrap();
        bed.execute(&include_str!("audit.sql").replace("tower.", &format!("{}.", bed.quoted()))).await;
        let record = Record::new(&directory);
        Self::of(bed, record, directory, &tower)
    }

    fn of(bed: TestBed, record: Record, directory: PathBuf, tower: &TaskTower) -> Self {
        let (client, console) = (tower.client(), tower.console());
        Self { bed: Arc::new(bed), record, directory, client, console, next: Arc::new(AtomicU64::new(1)) }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What a worker here is told, unless a scenario says otherwise.
    pub fn settings(&self) -> Settings {
        Settings {
            url: self.bed.url.clone(),
            schema: self.bed.schema.clone(),
            directory: self.directory.clone(),
            slots: SLOTS,
            shutdown_grace_ms: 2_000,
            // Innocent jobs that were running at many a kill are not what these scenarios are about.
            poison_after: 100,
        }
    }

    /// Enqueues and returns the job's number with its id, or nothing when it is not known whether
    /// it was enqueued.
    pub async fn offer(&self, task: Task, delay: Duration) -> Option<(u64, JobId)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.record.write(Event::Offered(number));
        let job = self.client.schedule(Task { number, ..task }).after(delay).await.ok()?;
        self.record.write(Event::Taken(number, job));
        Some((number, job))
    }

    /// The same, where the database is there.
    pub async fn enqueue(&self, task: Task) -> (u64, JobId) {
        self.offer(task, Duration::ZERO).await.unwrap()
    }

    /// Lets a run end.
    pub fn open_gate(&self, number: u64, attempt: u32) {
        std::fs::write(gate(&self.directory, number, attempt), "").unwrap();
    }

    pub fn timeline(&self) -> Timeline {
        Timeline::new(&self.record.read())
    }

    /// Waits until the job has begun so many runs, and returns the process of the latest.
    pub async fn started(&self, job: JobId, runs: usize) -> u32 {
        let begun = || self.timeline().runs.get(&job).filter(|placed| placed.len() >= runs).cloned();
        until(&format!("job {job} has begun {runs} runs"), async || begun().is_some()).await;
        begun().unwrap().last().unwrap().start.process
    }

    pub async fn finished(&self, job: JobId) -> bool {
        self.console.job(job).await.is_ok_and(|job| job.state.is_final())
    }

    pub async fn until_finished(&self, jobs: &[JobId]) {
        for job in jobs {
            until(&format!("job {job} has finished"), async || self.finished(*job).await).await;
        }
    }

    pub async fn until_all_finished(&self) {
        until("no job is left", async || self.bed.number("SELECT count(*) FROM tower.job").await == 0).await;
    }

    /// In which state the job lies in the history, and for what reason.
    pub async fn ended_as(&self, job: JobId) -> (i16, Option<String>) {
        let rows = self.bed.query("SELECT state, reason FROM tower.history WHERE id = $1", &[&job.as_uuid()]).await;
        (rows[0].get(0), rows[0].get(1))
    }

    /// Waits until this process works under a name that nobody has declared dead.
    pub async fn until_registered(&self, process: u32) {
        let alive = format!("SELECT count(*) FROM tower.worker WHERE process_id = {process} AND ended_at IS NULL");
        until("the worker has registered", async || self.bed.number(&alive).await > 0).await;
    }

    /// Stops the fleet, collects the evidence and checks it. Returns it for what the scenario
    /// itself has to say.
    pub async fn verdict(&self, fleet: &mut Fleet) -> Evidence {
        fleet.stop().await;
        let evidence = self.evidence().await;
        let violations = check(&evidence);
        self.print_ledger(&evidence);
        let texts: Vec<String> = violations.iter().map(|violation| format!("\n  {violation}")).collect();
        let place = self.directory.display();
        assert!(violations.is_empty(), "{} violations (records are in {place}):{}", texts.len(), texts.concat());
        let _ = std::fs::remove_dir_all(&self.directory);
        evidence
    }

    async fn evidence(&self) -> Evidence {
        let changes = "SELECT job, change, lease, worker, attempt::bigint, refunded, state, at FROM tower.witness ORDER BY sequence";
        let finished = "SELECT id, (payload ->> 'number')::bigint, lease, attempt::bigint, state FROM tower.history";
        let workers = self.bed.query("SELECT id, process_id FROM tower.worker", &[]).await;
        Evidence {
            entries: self.record.read(),
            changes: self.bed.query(changes, &[]).await.iter().map(to_change).collect(),
            finished: self.bed.query(finished, &[]).await.iter().map(to_finished).collect(),
            processes: workers.iter().map(|row| (row.get(0), row.get::<_, i64>(1) as u32)).collect(),
            slots: SLOTS,
        }
    }

    /// What a reader of the test's output wants to know.
    fn print_ledger(&self, evidence: &Evidence) {
        let timeline = Timeline::new(&evidence.entries);
        let runs: usize = timeline.runs.values().map(Vec::len).sum();
        let count = |wanted: Blow| timeline.blows.iter().filter(|(_, blow, _)| *blow == wanted).count();
        println!(
            "{}: {} jobs acknowledged, {} finished, {runs} runs, {} cut short, {} rescues, {} kills, {} freezes, {} SIGTERMs, {} stalls",
            self.bed.schema,
            timeline.taken.len(),
            evidence.finished.len(),
            runs - timeline.ends.values().filter(|(_, how)| *how != How::Dropped).count(),
            evidence.changes.iter().filter(|change| change.kind == ChangeKind::Rescued).count(),
            count(Blow::Kill) + count(Blow::Abort),
            count(Blow::Stop),
            count(Blow::Terminate),
            timeline.stalls.len(),
        );
    }
}

fn to_change(row: &Row) -> Change {
    let kind = match row.get::<_, &str>(1) {
        "claimed" => ChangeKind::Claimed,
        "returned" => ChangeKind::Returned { refunded: row.get(5) },
        "rescued" => ChangeKind::Rescued,
        _ => ChangeKind::Ended(row.get(6)),
    };
    let run = Run { job: JobId::from(row.get::<_, uuid::Uuid>(0)), lease: row.get(2) };
    let at: DateTime<Utc> = row.get(7);
    Change { at: at.timestamp_micros() as u128 * 1_000, run, worker: row.get(3), attempt: row.get(4), kind }
}

fn to_finished(row: &Row) -> Finished {
    Finished {
        job: JobId::from(row.get::<_, uuid::Uuid>(0)),
        number: row.get::<_, i64>(1) as u64,
        lease: row.get(2),
        attempt: row.get(3),
        state: row.get(4),
    }
}
