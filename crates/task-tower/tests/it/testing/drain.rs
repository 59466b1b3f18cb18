//! `TestBed::drain`: what is due runs in order, and it tells what became of each.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::testing::{Drained, TestBed};
use task_tower::{
    Client, InterceptorContext, Job, JobContext, JobError, JobState, KindConfig, Output, QueuePrioritization,
    RetryPolicy, State, TaskTower, TowerBuilder,
};

use crate::support::{PATIENCE, in_state};

/// Notes its name, and enqueues what follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Domino {
    name: String,
    follows: Vec<Domino>,
}

impl Job for Domino {
    const KIND: &'static str = "domino";
}

/// Ends in the way it is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum End {
    Error,
    Panic,
    Discard,
    Cancel,
    Snooze,
    Result,
}

impl Job for End {
    const KIND: &'static str = "end";
    const MAX_RETRIES: u32 = 1;
}

fn domino(name: &str) -> Domino {
    Domino { name: name.to_owned(), follows: Vec::new() }
}

/// What the handlers share.
#[derive(Clone, Default)]
struct Table {
    fallen: Arc<Mutex<Vec<String>>>,
    client: Arc<OnceLock<Client>>,
}

impl Table {
    async fn tower(&self, builder: TowerBuilder) -> TaskTower {
        let tower = builder.state(self.clone()).job(fall).job_with(end, soon).build().await.unwrap();
        let _ = self.client.set(tower.client());
        tower
    }

    fn fallen(&self) -> Vec<String> {
        std::mem::take(&mut self.fallen.lock().unwrap())
    }
}

fn soon(config: KindConfig) -> KindConfig {
    config.retry_policy(RetryPolicy::custom(|_| Duration::from_secs(60)))
}

async fn fall(job: Domino, State(table): State<Table>) -> Result<(), JobError> {
    table.fallen.lock().unwrap().push(job.name);
    for next in job.follows {
        table.client.get().unwrap().enqueue(next).await?;
    }
    Ok(())
}

async fn end(job: End) -> Result<Output<u32>, JobError> {
    match job {
        End::Error => Err(JobError::new("no luck")),
        End::Panic => panic!("a panic that the test wants"),
        End::Discard => Err(JobError::discard("gone")),
        End::Cancel => Err(JobError::cancel("not wanted")),
        End::Snooze => Err(JobError::snooze(Duration::from_secs(60))),
        End::Result => Ok(Output(42)),
    }
}

#[tokio::test]
async fn jobs_run_in_order_with_what_they_enqueue() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let tower = table.tower(bed.builder()).await;
    let chain = Domino { follows: vec![domino("c"), domino("d")], ..domino("a") };
    tower.client().enqueue(chain).await.unwrap();
    tower.client().enqueue(domino("b")).await.unwrap();

    let drained = bed.drain(&tower).await;

    assert_eq!(table.fallen(), ["a", "b", "c", "d"]);
    assert_eq!(drained.assert_all_completed(), 4);
    assert_eq!(drained.completed.len(), 4);
    assert!(bed.drain(&tower).await.is_empty());
}

#[tokio::test]
async fn a_hundred_jobs_run_one_after_the_other() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let tower = table.tower(bed.builder().backend_concurrency(16)).await;
    let name = |number: u32| number.to_string();
    tower.client().enqueue_all((0..100).map(move |number| domino(&name(number)))).await.unwrap();

    bed.drain(&tower).await.assert_all_completed();

    assert_eq!(table.fallen(), (0..100).map(name).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_order_of_the_queues_is_that_of_the_tower() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let builder = bed.builder().queue_priorities([("low", 1), ("high", 9)]);
    let tower = table.tower(builder.queue_prioritization(QueuePrioritization::Strict)).await;
    let client = tower.client();
    client.enqueue(domino("low")).to_queue("low").await.unwrap();
    client.enqueue(domino("high")).to_queue("high").await.unwrap();
    client.enqueue(domino("highest")).to_queue("high").priority(5).await.unwrap();
    client.enqueue(domino("unserved")).to_queue("other").await.unwrap();

    bed.drain(&tower).await;

    assert_eq!(table.fallen(), ["highest", "high", "low"]);
}

#[tokio::test]
async fn one_queue_is_drained_alone() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let tower = table.tower(bed.builder().queues(["default"])).await;
    let mail = Domino { follows: vec![domino("default")], ..domino("mail") };
    tower.client().enqueue(mail).to_queue("mail").await.unwrap();

    let drained = bed.drain(&tower).queue("mail").await;

    assert_eq!((drained.total(), table.fallen()), (1, vec!["mail".to_owned()]));
    bed.drain(&tower).await;
    assert_eq!(table.fallen(), ["default"]);
}

#[tokio::test]
async fn a_paused_queue_stays() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let tower = table.tower(bed.builder()).await;
    tower.client().enqueue(domino("a")).await.unwrap();
    tower.console().pause_queue("default", None).await.unwrap();

    let paused = bed.drain(&tower).await;

    assert!(paused.is_empty());
    tower.console().resume_queue("default").await.unwrap();
    assert_eq!(bed.drain(&tower).await.total(), 1);
}

#[tokio::test]
async fn what_became_of_each_is_told() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let tower = table.tower(bed.builder()).await;
    let mut ids = Vec::new();
    for end in [End::Error, End::Panic, End::Discard, End::Cancel, End::Snooze, End::Result] {
        ids.push(tower.client().enqueue(end).await.unwrap());
    }

    let first = bed.drain(&tower).await;

    assert_eq!(first.failed, ids[..2]);
    assert_eq!((&first.dead, &first.cancelled, &first.snoozed), (&vec![ids[2]], &vec![ids[3]], &vec![ids[4]]));
    assert_eq!((&first.completed, first.total()), (&vec![ids[5]], 6));
    assert_eq!(tower.console().job(ids[5]).await.unwrap().result, Some(42.into()));
    bed.advance(Duration::from_secs(60)).await;
    let second = bed.drain(&tower).await;
    assert_eq!((&second.dead, &second.snoozed, second.total()), (&ids[..2].to_vec(), &vec![ids[4]], 3));
    assert_eq!(tower.console().job(ids[0]).await.unwrap().reason.as_deref(), Some("retries"));
}

#[tokio::test]
async fn a_retry_without_delay_is_due_at_once() {
    let bed = TestBed::new().await;
    let at_once = |config: KindConfig| config.retry_policy(RetryPolicy::custom(|_| Duration::ZERO));
    let tower = bed.builder().job_with(end, at_once).build().await.unwrap();
    let id = tower.client().enqueue(End::Error).await.unwrap();

    let drained = bed.drain(&tower).await;

    assert_eq!((drained.failed, drained.dead), (vec![id], vec![id]));
}

#[tokio::test]
async fn an_assertion_that_all_completed_names_the_errors() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let tower = table.tower(bed.builder()).await;
    let id = tower.client().enqueue(End::Error).await.unwrap();
    let discarded = tower.client().enqueue(End::Discard).await.unwrap();
    let snoozed = tower.client().enqueue(End::Snooze).await.unwrap();
    tower.client().enqueue(domino("a")).await.unwrap();

    let drained = bed.drain(&tower).await;

    assert_eq!(
        message(&drained),
        format!(
            "3 of 4 runs did not complete their job:\n  \
             \"end\" failed, to be retried: no luck (job {id})\n  \
             \"end\" is dead: discarded, gone (job {discarded})\n  \
             \"end\" was snoozed (job {snoozed})"
        )
    );
}

fn message(drained: &Drained) -> String {
    let panic = std::panic::catch_unwind(|| drained.assert_all_completed()).unwrap_err();
    *panic.downcast::<String>().unwrap()
}

#[tokio::test]
async fn death_interceptors_are_told_and_what_they_enqueue_runs() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let told = table.clone();
    let mourns = move |context: InterceptorContext| {
        let told = told.clone();
        async move {
            told.client.get().unwrap().enqueue(domino(&context.error().unwrap().message)).await?;
            Ok::<(), JobError>(())
        }
    };
    let builder = bed.builder().state(table.clone()).job(fall).job_with(end, |kind| kind.death_interceptor(mourns));
    let tower = builder.build().await.unwrap();
    let _ = table.client.set(tower.client());
    tower.client().enqueue(End::Discard).await.unwrap();

    let drained = bed.drain(&tower).await;

    assert_eq!((drained.dead.len(), drained.completed.len(), table.fallen()), (1, 1, vec!["gone".to_owned()]));
}

#[tokio::test]
async fn a_run_in_a_drain_can_be_cancelled() {
    async fn wait(_: Domino, run: JobContext) -> Result<(), JobError> {
        run.cancelled().await;
        Ok(())
    }
    let bed = TestBed::new().await;
    let tower = bed.builder().job(wait).build().await.unwrap();
    let id = tower.client().enqueue(domino("a")).timeout(PATIENCE).await.unwrap();
    let console = tower.console();
    let cancel = async {
        in_state(&console, id, JobState::Processing).await;
        console.cancel(id, Some("enough")).await.unwrap();
    };

    let (drained, ()) = tokio::join!(bed.drain(&tower).into_future(), cancel);

    assert_eq!(drained.completed, [id]);
}

#[tokio::test]
async fn a_drain_leaves_no_worker() {
    let (bed, table) = (TestBed::new().await, Table::default());
    let tower = table.tower(bed.builder()).await;

    bed.drain(&tower).await;

    let workers = tower.console().workers().await.unwrap();
    assert_eq!(workers.len(), 1);
    assert_eq!(workers[0].ended_how.as_deref(), Some("stopped"));
}

#[tokio::test]
#[should_panic(expected = "the tower that is drained is in another schema than the test bed")]
async fn a_tower_of_another_bed_is_refused() {
    let (bed, other) = (TestBed::new().await, TestBed::new().await);
    let tower = Table::default().tower(other.builder()).await;

    bed.drain(&tower).await;
}
