//! Completing a job in a transaction of its handler's: what the handler writes there stands or falls with
//! the completion, so it happens once, whatever the handler says afterwards.

use std::future::Future;

use serde::{Deserialize, Serialize};
use task_tower::{Completion, Error, Job, JobContext, JobError, JobRecord, JobState, KindConfig, RetryPolicy, State};

use super::{End, url};
use crate::support::TestBed;
use crate::support::house::House;

/// One type of one driver.
pub(super) trait Completing: Send + 'static {
    /// Connects, begins, runs the statement, completes the run and ends; what fails is rolled back.
    fn complete(
        url: &str,
        statement: &str,
        completion: Completion<'_>,
        end: End,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Says how each of its runs goes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct PayOut {
    runs: Vec<Run>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Run {
    end: End,
    /// What the handler returns after the end of the transaction.
    error: Option<String>,
    /// Whether somebody takes the job away before the completion.
    rescued: bool,
}

impl Job for PayOut {
    const KIND: &'static str = "pay_out";
}

fn run(end: End) -> Run {
    Run { end, error: None, rescued: false }
}

impl Run {
    fn then_fails(self) -> Self {
        Self { error: Some("out of luck".to_owned()), ..self }
    }

    fn but_is_rescued(self) -> Self {
        Self { rescued: true, ..self }
    }
}

/// Where the handlers pay, and the test counts.
#[derive(Clone)]
struct Till {
    url: String,
    schema: String,
}

impl Till {
    async fn new(bed: &TestBed) -> Self {
        bed.execute(&format!("CREATE SCHEMA IF NOT EXISTS {0}; CREATE TABLE {0}.payment (job uuid)", bed.quoted()))
            .await;
        Self { url: url(bed), schema: bed.quoted() }
    }

    fn payment(&self, run: &JobContext) -> String {
        format!("INSERT INTO {}.payment VALUES ('{}')", self.schema, run.job_id())
    }
}

async fn pay_out<D: Completing>(job: PayOut, run: JobContext, State(till): State<Till>) -> Result<(), JobError> {
    let act = &job.runs[run.attempt() as usize - 1];
    if act.rescued {
        let taken = format!("UPDATE {}.job SET state = 0, lease = lease + 1, run_at = now()", till.schema);
        TestBed::at(&till.url, "").execute(&taken).await;
    }
    let completion = run.complete().with_result(&format!("run {}", run.attempt()))?;
    D::complete(&till.url, &till.payment(&run), completion, act.end).await.map_err(|error| {
        assert!(!act.rescued || error.is_conflict(), "{error:?}");
        error
    })?;
    act.error.clone().map_or(Ok(()), |error| Err(JobError::new(error)))
}

fn soon(config: KindConfig) -> KindConfig {
    config.retry_policy(RetryPolicy::custom(|_| std::time::Duration::from_millis(2)))
}

/// The job when its worker has written down all that it knows, with the number of its payments.
async fn completed<D: Completing>(runs: &[Run]) -> (JobRecord, i64) {
    let bed = TestBed::new().await;
    let till = Till::new(&bed).await;
    let house = House::on(bed.clone(), |builder| builder.state(till).job_with(pay_out::<D>, soon)).await;
    let id = house.until(PayOut { runs: runs.to_vec() }, JobState::Completed).await.id;
    let console = house.console.clone();
    house.stop().await;
    (console.job(id).await.unwrap(), bed.number("SELECT count(*) FROM tower.payment").await)
}

fn told(job: &JobRecord) -> (JobState, i32, i32, Option<&str>) {
    (job.state, job.attempt, job.failures, job.result.as_ref().and_then(|result| result.as_str()))
}

pub(super) async fn a_commit_completes_the_job_with_what_the_handler_wrote<D: Completing>() {
    let (job, payments) = completed::<D>(&[run(End::Commit)]).await;

    assert_eq!(told(&job), (JobState::Completed, 1, 0, Some("run 1")));
    assert_eq!((payments, job.events.len()), (1, 0));
}

pub(super) async fn a_roll_back_and_an_error_are_a_failure_that_wrote_nothing<D: Completing>() {
    let (job, payments) = completed::<D>(&[run(End::RollBack).then_fails(), run(End::Commit)]).await;

    assert_eq!(told(&job), (JobState::Completed, 2, 1, Some("run 2")));
    assert_eq!(job.last_failure().unwrap().message, "out of luck");
    assert_eq!(payments, 1);
}

pub(super) async fn a_roll_back_and_success_complete_the_job_like_any_other<D: Completing>() {
    let (job, payments) = completed::<D>(&[run(End::RollBack)]).await;

    assert_eq!(told(&job), (JobState::Completed, 1, 0, None));
    assert_eq!(payments, 0);
}

pub(super) async fn an_error_after_the_commit_changes_nothing<D: Completing>() {
    let (job, payments) = completed::<D>(&[run(End::Commit).then_fails()]).await;

    assert_eq!(told(&job), (JobState::Completed, 1, 0, Some("run 1")));
    assert_eq!((payments, job.events.len()), (1, 0));
}

pub(super) async fn a_run_that_lost_its_job_is_told_so_and_writes_nothing<D: Completing>() {
    let (job, payments) = completed::<D>(&[run(End::Commit).but_is_rescued(), run(End::Commit)]).await;

    assert_eq!(told(&job), (JobState::Completed, 2, 0, Some("run 2")));
    assert_eq!(payments, 1);
}

/// The tests above, as tests of one type of a driver.
macro_rules! test_completion {
    ($driver:ty) => {
        $crate::transactions::completion::test_completion! {
            $driver:
            a_commit_completes_the_job_with_what_the_handler_wrote
            a_roll_back_and_an_error_are_a_failure_that_wrote_nothing
            a_roll_back_and_success_complete_the_job_like_any_other
            an_error_after_the_commit_changes_nothing
            a_run_that_lost_its_job_is_told_so_and_writes_nothing
        }
    };
    ($driver:ty: $($test:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            $crate::transactions::completion::$test::<$driver>().await;
        })*
    };
}

pub(super) use test_completion;
