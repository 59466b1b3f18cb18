//! Contextualizers: what they read, what they store with a job, and how they refuse one. Those of an
//! enqueue in the caller's transaction are tested with each driver, in `transactions`.

mod limits;

use std::future::IntoFuture;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use task_tower::{
    Client, Contextualizer, EnqueueContext, Error, Job, JobContext, JobError, JobState, KindConfig, RetryPolicy, State,
    TaskTower,
};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::{PATIENCE, TestBed, in_state, until};

#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Letter {
    user: Option<String>,
}

impl Job for Letter {
    const KIND: &'static str = "letter";
}

#[derive(Debug, Serialize, Deserialize)]
struct Parcel;

impl Job for Parcel {
    const KIND: &'static str = "parcel";
}

fn letter(user: &str) -> Letter {
    Letter { user: Some(user.to_owned()) }
}

/// Finds the user in the job, or refuses it.
struct CurrentUser;

impl Contextualizer for CurrentUser {
    async fn enrich(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
        let job: Letter = context.job()?;
        let user = job.user.ok_or_else(|| JobError::new("a user could not be established"))?;
        context.set_parameter("User", &user)
    }
}

/// A contextualizer that stores this one parameter.
fn sets(name: &'static str, value: impl Serialize + Send + Sync + 'static) -> impl Contextualizer {
    move |context: &mut EnqueueContext<'_>| context.set_parameter(name, &value)
}

async fn build(bed: &TestBed) -> TaskTower {
    bed.builder().build().await.unwrap()
}

/// What is stored with a letter that this client enqueues.
async fn stored(tower: &TaskTower, client: &Client) -> Option<Value> {
    let id = client.enqueue(letter("ada")).await.unwrap();
    tower.console().job(id).await.unwrap().context
}

async fn refusal<T: std::fmt::Debug>(request: impl IntoFuture<Output = Result<T, Error>>) -> Error {
    request.await.unwrap_err()
}

async fn count(bed: &TestBed) -> i64 {
    bed.number("SELECT count(*) FROM tower.job").await
}

#[tokio::test]
async fn types_and_closures_store_parameters_in_order_and_the_later_wins() {
    let tower = build(&TestBed::new().await).await;
    let client = tower.client().with_context(CurrentUser).with_context(sets("Tenant", 7));

    let both = stored(&tower, &client).await;
    let replaced = stored(&tower, &client.with_context(sets("User", ["bob", "eve"]))).await;

    assert_eq!(both, Some(json!({"User": "ada", "Tenant": 7})));
    assert_eq!(replaced, Some(json!({"User": ["bob", "eve"], "Tenant": 7})));
}

#[tokio::test]
async fn they_read_what_is_enqueued() {
    let tower = build(&TestBed::new().await).await;
    let read = |context: &mut EnqueueContext<'_>| {
        let known = (context.job_id(), context.kind().to_owned(), context.queue().to_owned(), context.tags().to_vec());
        let (payload, user) = (context.payload().to_owned(), context.job::<Letter>()?.user);
        context.set_parameter("Read", &(known, payload, user))
    };

    let request = tower.client().with_context(read).enqueue(letter("ada"));
    let id = request.to_queue("post").tags(["vip", "air"]).await.unwrap();

    let read = tower.console().job(id).await.unwrap().context.unwrap();
    let known = json!([id, "letter", "post", ["vip", "air"]]);
    assert_eq!(read, json!({"Read": [known, r#"{"user":"ada"}"#, "ada"]}));
}

/// Asks the database who is there, as others ask a session store.
struct Asking(TestBed);

impl Contextualizer for Asking {
    async fn enrich(&self, context: &mut EnqueueContext<'_>) -> Result<(), JobError> {
        let rows = self.0.query("SELECT current_database()::text, pg_sleep(0.01)", &[]).await;
        context.set_parameter("Database", rows[0].get::<_, &str>(0))
    }
}

#[tokio::test]
async fn one_that_waits_for_something_is_waited_for() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let database: String = bed.query("SELECT current_database()::text", &[]).await[0].get(0);

    let client = tower.client().with_context(Asking(bed)).with_context(sets("Last", true));

    assert_eq!(stored(&tower, &client).await, Some(json!({"Database": database, "Last": true})));
}

#[tokio::test]
async fn one_that_fails_refuses_the_enqueue_with_its_reason() {
    let bed = TestBed::new().await;
    let tower = build(&bed).await;
    let client = tower.client().with_context(CurrentUser);
    let nobody = || Letter { user: None };
    let mixed = (0..6_000).map(move |number| if number == 5_500 { nobody() } else { letter("ada") });

    let errors = [
        refusal(client.enqueue(nobody())).await,
        refusal(client.schedule(nobody()).in_seconds(60)).await,
        refusal(client.enqueue_all(mixed)).await,
    ];

    for error in errors {
        assert!(error.is_refused() && !error.is_invalid(), "{error:?}");
        let expected = "enqueue \"letter\": a contextualizer refused it: a user could not be established";
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(count(&bed).await, 0);
}

#[tokio::test]
async fn a_refused_job_is_not_shown_to_the_contextualizers_that_come_later() {
    let bed = TestBed::new().await;
    let (seen, mut sights) = unbounded_channel();
    let refuses = |_: &mut EnqueueContext<'_>| Err::<(), _>(JobError::new("no"));
    let sees = move |context: &mut EnqueueContext<'_>| seen.send(context.job_id());
    let client = build(&bed).await.client().with_context(refuses).with_context(sees);

    assert!(refusal(client.enqueue(letter("ada"))).await.is_refused());

    assert!(sights.try_recv().is_err());
}

#[tokio::test]
async fn each_job_of_a_bulk_has_its_own_parameters() {
    let bed = TestBed::new().await;
    let client = build(&bed).await.client().with_context(CurrentUser);

    client.enqueue_all((0..6_000).map(|number| letter(&format!("user {number}")))).await.unwrap();

    let own = "SELECT count(DISTINCT id) FROM tower.job WHERE context->>'User' = payload->>'user'";
    assert_eq!(bed.number(own).await, 6_000);
}

#[tokio::test]
async fn a_scheduled_job_has_parameters_too() {
    let tower = build(&TestBed::new().await).await;

    let id = tower.client().with_context(CurrentUser).schedule(letter("ada")).in_minutes(5).await.unwrap();

    assert_eq!(tower.console().job(id).await.unwrap().context, Some(json!({"User": "ada"})));
}

#[tokio::test]
async fn the_context_of_one_client_never_gets_into_another() {
    let tower = build(&TestBed::new().await).await;
    let plain = tower.client();
    let (one, two) = (plain.with_context(sets("One", 1)), plain.with_context(sets("Two", 2)));
    let clone = one.clone();
    let longer = clone.with_context(sets("Three", 3));

    let stored = [
        stored(&tower, &longer).await,
        stored(&tower, &one).await,
        stored(&tower, &two).await,
        stored(&tower, &clone).await,
        stored(&tower, &plain).await,
        stored(&tower, &tower.client()).await,
    ];

    let expected = [
        json!({"One": 1, "Three": 3}),
        json!({"One": 1}),
        json!({"Two": 2}),
        json!({"One": 1}),
        json!(null),
        json!(null),
    ];
    assert_eq!(stored.map(Option::unwrap_or_default), expected);
}

#[tokio::test]
async fn one_that_stores_nothing_leaves_no_context() {
    let tower = build(&TestBed::new().await).await;

    let client = tower.client().with_context(|_: &mut EnqueueContext<'_>| Ok::<(), JobError>(()));

    assert_eq!(stored(&tower, &client).await, None);
}

#[tokio::test]
async fn a_job_of_another_kind_is_told_from_the_own() {
    let client = build(&TestBed::new().await).await.client().with_context(CurrentUser);

    let error = refusal(client.enqueue(Parcel)).await;

    assert!(error.to_string().ends_with("the job is of kind \"parcel\", not \"letter\""), "{error}");
}

type Users = UnboundedSender<String>;

/// Says who the user is, and fails on its first run.
async fn read(_: Letter, context: JobContext, State(users): State<Users>) -> Result<(), JobError> {
    users.send(context.parameter("User")?)?;
    match context.failures() {
        0 if context.attempt() == 1 => Err(JobError::new("again")),
        _ => Ok(()),
    }
}

fn soon(config: KindConfig) -> KindConfig {
    config.retry_policy(RetryPolicy::custom(|_| std::time::Duration::ZERO))
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_survive_a_retry_a_requeue_and_a_rescue() {
    let bed = TestBed::new().await;
    let (users, mut heard) = unbounded_channel::<String>();
    let tower = bed.builder().state(users).job_with(read, soon).build().await.unwrap();
    let running = tower.start().unwrap();
    let client = tower.client().with_context(CurrentUser);

    let id = client.enqueue(letter("ada")).await.unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    tower.console().requeue(id).await.unwrap();
    until("it ran again", async || heard.len() == 3).await;
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;
    tower.console().requeue(id).await.unwrap();
    // Claimed by a worker that is no more.
    bed.query("UPDATE tower.job SET state = 1, worker_id = 9999, lease = lease + 1, attempt = attempt + 1", &[]).await;
    let running = tower.start().unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;

    assert_eq!(heard.len(), 4, "failed, retried, requeued, rescued");
    for _ in 0..4 {
        assert_eq!(tokio::time::timeout(PATIENCE, heard.recv()).await.unwrap().unwrap(), "ada");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_context_of_an_enqueue_in_sql_is_read_the_same_way() {
    let bed = TestBed::new().await;
    let (users, mut heard) = unbounded_channel::<String>();
    let tower = bed.builder().state(users).job_with(read, soon).build().await.unwrap();
    let running = tower.start().unwrap();

    bed.query(r#"SELECT tower.enqueue('letter', '{"user": null}', context => '{"User": "eve"}')"#, &[]).await;

    assert_eq!(tokio::time::timeout(PATIENCE, heard.recv()).await.unwrap().unwrap(), "eve");
    running.stop().await;
}

#[tokio::test]
async fn one_that_panics_refuses_the_enqueue_and_not_its_caller() {
    let bed = TestBed::new().await;
    let client = build(&bed).await.client();
    let panics = client.with_context(|_: &mut EnqueueContext<'_>| -> Result<(), JobError> { panic!("no session") });

    let error = refusal(panics.enqueue(letter("ada"))).await;

    assert!(error.is_refused(), "{error:?}");
    let said = error.to_string();
    assert!(
        said.starts_with("enqueue \"letter\": a contextualizer panicked: no session (") && said.contains(".rs:"),
        "{said}"
    );
    assert_eq!(count(&bed).await, 0);
    client.enqueue(letter("ada")).await.unwrap();
}
