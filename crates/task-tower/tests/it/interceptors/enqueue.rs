//! Enqueue interceptors: they look at a job where it is enqueued, and change or refuse it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{
    Client, EnqueueContext, EnqueueInterceptor, Error, Job, JobError, JobRecord, JobState, TaskTower, Unique,
};

use super::{Act, Log};
use crate::support::TestBed;

#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Order {
    customer: String,
}

impl Job for Order {
    const KIND: &'static str = "order";
}

async fn order(_: Order) -> Result<(), JobError> {
    Ok(())
}

fn order_of(customer: &str) -> Order {
    Order { customer: customer.to_owned() }
}

/// Refuses one customer, and needs a moment for it.
struct Blocked(&'static str);

impl EnqueueInterceptor for Blocked {
    async fn intercept(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
        tokio::task::yield_now().await;
        match context.job::<Order>()?.customer == self.0 {
            true => Err(JobError::new(format_args!("{} is blocked", self.0))),
            false => Ok(()),
        }
    }
}

async fn tower_with(bed: &TestBed, interceptor: impl EnqueueInterceptor) -> TaskTower {
    bed.builder().job_with(order, |kind| kind.enqueue_interceptor(interceptor)).build().await.unwrap()
}

async fn jobs(bed: &TestBed) -> i64 {
    bed.number("SELECT count(*) FROM tower.job").await
}

fn assert_refused<T: std::fmt::Debug>(answer: Result<T, Error>) {
    let error = answer.unwrap_err();
    assert!(error.is_refused(), "{error}");
    assert!(error.to_string().ends_with("refused it: eve is blocked"), "{error}");
    assert!(error.to_string().contains("the enqueue interceptor it::interceptors::enqueue::Blocked"), "{error}");
}

#[tokio::test]
async fn one_refuses_a_job_by_whichever_way_it_comes_in() {
    let bed = TestBed::new().await;
    let client = tower_with(&bed, Blocked("eve")).await.client();

    assert_refused(client.enqueue(order_of("eve")).await);
    assert_refused(client.schedule(order_of("eve")).in_days(1).await);
    assert_refused(client.enqueue(order_of("eve")).unique_key("eve").await);
    assert_refused(client.enqueue_all([order_of("ada"), order_of("eve")]).await);

    assert_eq!(jobs(&bed).await, 0);
}

#[cfg(feature = "tokio-postgres-0_7")]
#[tokio::test]
async fn the_callers_transaction_goes_on_after_a_refusal() {
    let bed = TestBed::new().await;
    let client = tower_with(&bed, Blocked("eve")).await.client();
    let mut connection = bed.connect().await;
    let mut transaction = connection.transaction().await.unwrap();

    assert_refused(client.enqueue(order_of("eve")).in_transaction(&mut transaction).await);
    client.enqueue(order_of("ada")).in_transaction(&mut transaction).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!(jobs(&bed).await, 1);
}

#[tokio::test]
async fn one_changes_whatever_a_call_can_say() {
    let bed = TestBed::new().await;
    let changes = |context: &mut EnqueueContext<'_>| {
        let was = (context.queue().to_owned(), context.priority(), context.max_retries(), context.timeout());
        context.set_parameter("Was", &was)?;
        context.set_queue("slow");
        context.set_priority(-5);
        context.set_max_retries(2);
        context.set_timeout(Some(Duration::from_secs(7)));
        context.set_tags(["late", "late", "cheap"]);
        context.set_delay(Duration::from_secs(3600));
        context.set_job(&order_of("somebody else"))
    };
    let tower = tower_with(&bed, changes).await;

    let request = tower.client().enqueue(order_of("ada")).to_queue("fast").priority(9).max_retries(1).tags(["vip"]);
    let id = request.timeout(Duration::from_secs(1)).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((&*job.queue, job.priority, job.max_retries, job.state), ("slow", -5, 2, JobState::Scheduled));
    assert_eq!(
        (job.tags, job.payload),
        (vec!["late".into(), "cheap".into()], serde_json::json!({"customer": "somebody else"}))
    );
    assert_eq!(job.context, Some(serde_json::json!({"Was": ["fast", 9, 1, {"secs": 1, "nanos": 0}]})));
    assert_eq!(bed.number("SELECT timeout_ms FROM tower.job").await, 7_000);
}

#[tokio::test]
async fn what_one_makes_of_a_job_must_be_allowed() {
    type Change = fn(&mut EnqueueContext<'_>);
    let wrong: [(Change, &str); 6] = [
        (|context| context.set_queue("a,b"), "queue"),
        (|context| context.set_priority(101), "priority 101"),
        (|context| context.set_max_retries(1_001), "max_retries 1001"),
        (|context| context.set_timeout(Some(Duration::ZERO)), "timeout"),
        (|context| context.set_tags(["a,b"]), "tag"),
        (|context| context.set_delay(Duration::MAX), "a hundred years"),
    ];
    for (change, word) in wrong {
        let bed = TestBed::new().await;
        let changes = move |context: &mut EnqueueContext<'_>| -> Result<(), JobError> {
            change(context);
            Ok(())
        };
        let client = tower_with(&bed, changes).await.client();

        let error = client.enqueue(order_of("ada")).await.unwrap_err();

        assert!(error.is_invalid() && error.to_string().contains(word), "{word}: {error}");
        assert_eq!(jobs(&bed).await, 0);
    }
}

#[tokio::test]
async fn data_of_another_kind_is_refused() {
    let bed = TestBed::new().await;
    let client = tower_with(&bed, |context: &mut EnqueueContext<'_>| context.set_job(&Act::Succeed)).await.client();

    let error = client.enqueue(order_of("ada")).await.unwrap_err();

    assert!(error.is_refused(), "{error}");
    assert!(error.to_string().contains(r#"the job is of kind "order", not "act""#), "{error}");
}

#[tokio::test]
async fn a_panic_refuses_the_job() {
    let bed = TestBed::new().await;
    let panics = |_: &mut EnqueueContext<'_>| -> Result<(), JobError> { panic!("no nerves") };
    let client = tower_with(&bed, panics).await.client();

    let error = client.enqueue(order_of("ada")).await.unwrap_err();

    assert!(error.is_refused() && error.to_string().contains("panicked: no nerves"), "{error}");
    assert_eq!(jobs(&bed).await, 0);
}

/// An enqueue interceptor that notes its name and what it finds.
fn notes(log: &Log, name: &'static str) -> impl EnqueueInterceptor + use<> {
    let log = log.clone();
    move |context: &mut EnqueueContext<'_>| -> Result<(), JobError> {
        log.note(format!("{name} at {} finds {:?}", context.kind(), context.parameter("By")));
        context.set_parameter("By", name)
    }
}

#[tokio::test]
async fn contextualizers_come_first_then_those_of_all_kinds_then_those_of_the_kind() {
    let (bed, log) = (TestBed::new().await, Log::default());
    let own = |kind: task_tower::KindConfig| {
        kind.enqueue_interceptor(notes(&log, "first")).enqueue_interceptor(notes(&log, "second"))
    };
    let builder = bed.builder().job_with(order, own).enqueue_interceptor(notes(&log, "everywhere"));
    let client = builder.enqueue_interceptor(notes(&log, "too")).build().await.unwrap().client();
    let client = client.with_context(|context: &mut EnqueueContext<'_>| context.set_parameter("By", "client"));

    client.enqueue(order_of("ada")).await.unwrap();

    let found = |name: &str, by: &str| format!(r#"{name} at order finds Some(String("{by}"))"#);
    let expected =
        [found("everywhere", "client"), found("too", "everywhere"), found("first", "too"), found("second", "first")];
    assert_eq!(log.notes(), expected);
}

#[tokio::test]
async fn those_of_all_kinds_see_kinds_that_have_no_handler_here() {
    let (bed, log) = (TestBed::new().await, Log::default());
    let client = bed.builder().enqueue_interceptor(notes(&log, "everywhere")).build().await.unwrap().client();

    client.enqueue(order_of("ada")).await.unwrap();
    client.enqueue(Act::Succeed).await.unwrap();

    assert_eq!(log.notes(), ["everywhere at order finds None", "everywhere at act finds None"]);
}

#[tokio::test]
async fn what_is_enqueued_by_sql_or_by_hand_passes_none() {
    let bed = TestBed::new().await;
    let tower = tower_with(&bed, Blocked("eve")).await;

    bed.query(r#"SELECT tower.enqueue('order', '{"customer": "eve"}')"#, &[]).await;
    let draft = serde_json::from_str(r#"{"kind": "order", "payload": {"customer": "eve"}}"#).unwrap();
    tower.console().enqueue(&draft).await.unwrap();

    assert_eq!(jobs(&bed).await, 2);
}

async fn job_of(tower: &TaskTower, client: &Client, customer: &str) -> JobRecord {
    let id = client.enqueue(order_of(customer)).unique(Unique::by_payload()).await.unwrap();
    tower.console().job(id).await.unwrap()
}

#[tokio::test]
async fn a_unique_key_is_made_of_the_data_that_they_leave() {
    let bed = TestBed::new().await;
    let lower = |context: &mut EnqueueContext<'_>| {
        let customer = context.job::<Order>()?.customer.to_lowercase();
        context.set_job(&Order { customer })
    };
    let tower = tower_with(&bed, lower).await;
    let client = tower.client();

    let (first, second) = (job_of(&tower, &client, "Ada").await, job_of(&tower, &client, "ADA").await);

    assert_eq!(first.id, second.id);
    assert_eq!(second.payload, serde_json::json!({"customer": "ada"}));
}
