//! Which jobs are the same, and who says so.

use serde::{Deserialize, Serialize};
use serde_json::json;
use task_tower::{Enqueued, Job, JobError, UNIQUE_KEY_BYTES_MAX, Unique};

use super::{Sync, live, sync};
use crate::support::TestBed;

/// A job that is unique by itself.
#[derive(Serialize, Deserialize)]
struct Report {
    month: u8,
    copy: u8,
}

impl Job for Report {
    const KIND: &'static str = "report";
    const UNIQUE: Option<Unique> = Some(Unique::by_fields(&["month"]));
}

async fn report(_job: Report) -> Result<(), JobError> {
    Ok(())
}

async fn run_sync(_job: Sync) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test]
async fn the_same_job_is_found_and_nothing_is_inserted() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let first = client.enqueue(sync(1, "a")).unique(Unique::by_payload()).await.unwrap();

    let again = client.enqueue(sync(1, "a")).unique(Unique::by_payload()).await.unwrap();

    assert_eq!((again, live(&bed).await), (first, 1));
}

#[tokio::test]
async fn a_request_tells_whether_the_job_is_new() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let first = client.enqueue(sync(1, "a")).unique_key("x").or_find().await.unwrap();
    let again = client.enqueue(sync(2, "b")).unique_key("x").or_find().await.unwrap();

    assert!(first.is_new() && !again.is_new());
    assert_eq!((first, again), (Enqueued::New(first.id()), Enqueued::Existing(first.id())));
    assert!(client.enqueue(sync(1, "a")).or_find().await.unwrap().is_new(), "without a key every job is new");
}

#[tokio::test]
async fn who_wants_a_conflict_is_told_which_job_it_is_with() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let holder = client.enqueue(sync(1, "a")).unique_key("x").or_conflict().await.unwrap();

    let error = client.enqueue(sync(2, "b")).unique_key("x").or_conflict().await.unwrap_err();

    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(error.to_string(), format!("enqueue \"sync\": job {holder} lives and has its unique key"));
}

#[tokio::test]
async fn jobs_are_the_same_by_their_payload_by_fields_of_it_or_by_their_kind() {
    let same = [
        (Unique::by_payload(), sync(1, "a"), sync(1, "a"), true),
        (Unique::by_payload(), sync(1, "a"), sync(1, "b"), false),
        (Unique::by_fields(&["user"]), sync(1, "a"), sync(1, "b"), true),
        (Unique::by_fields(&["user"]), sync(1, "a"), sync(2, "a"), false),
        (Unique::by_fields(&["user", "reason"]), sync(1, "a"), sync(1, "b"), false),
        (Unique::by_fields(&["no such field"]), sync(1, "a"), sync(2, "b"), true),
        (Unique::by_kind(), sync(1, "a"), sync(2, "b"), true),
    ];
    for (unique, one, other, expected) in same {
        let bed = TestBed::new().await;
        let client = bed.builder().build().await.unwrap().client();
        client.enqueue(one).unique(unique).await.unwrap();

        let found = client.enqueue(other).unique(unique).or_find().await.unwrap();

        assert_eq!(!found.is_new(), expected, "{unique:?}");
    }
}

/// As the documentation of the parameters promises: a kind with a colon in it could pretend otherwise.
#[tokio::test]
async fn jobs_of_two_kinds_are_never_the_same() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let connection = bed.connect().await;

    let ids = [
        client.enqueue(sync(1, "a")).unique_key("x").await.unwrap(),
        client.enqueue(Report { month: 1, copy: 1 }).unique_key("x").await.unwrap(),
        super::enqueue_by_sql(&bed, &connection, "'a', unique_key => 'b:c'").await,
        super::enqueue_by_sql(&bed, &connection, "'a:b', unique_key => 'c'").await,
    ];

    let console = bed.builder().build().await.unwrap().console();
    for id in ids {
        assert_eq!(console.job(id).await.unwrap().id, id);
    }
    assert_eq!(live(&bed).await, 4);
}

#[tokio::test]
async fn a_type_says_of_itself_that_it_is_unique_in_every_process() {
    let bed = TestBed::new().await;
    // It knows no handler of the kind.
    let client = bed.builder().build().await.unwrap().client();

    let january = client.enqueue(Report { month: 1, copy: 1 }).await.unwrap();

    assert_eq!(client.enqueue(Report { month: 1, copy: 2 }).await.unwrap(), january);
    assert_ne!(client.enqueue(Report { month: 2, copy: 1 }).await.unwrap(), january);
}

#[tokio::test]
async fn the_call_wins_over_the_configuration_and_that_over_the_type() {
    let bed = TestBed::new().await;
    let builder = bed.builder().job_with(report, |kind| kind.unique(Unique::by_kind()));
    let client = builder.build().await.unwrap().client();
    let first = client.enqueue(Report { month: 1, copy: 1 }).await.unwrap();

    let by_configuration = client.enqueue(Report { month: 2, copy: 1 }).await.unwrap();
    let by_call = client.enqueue(Report { month: 2, copy: 1 }).unique(Unique::by_payload()).or_find().await.unwrap();
    let by_key = client.enqueue(Report { month: 1, copy: 1 }).unique_key("mine").or_find().await.unwrap();
    let not_at_all = client.enqueue(Report { month: 1, copy: 1 }).not_unique().or_find().await.unwrap();

    assert_eq!(by_configuration, first);
    assert!(by_call.is_new() && by_key.is_new() && not_at_all.is_new());
}

#[tokio::test]
async fn the_record_of_a_job_shows_its_key() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());

    let named = client.enqueue(sync(1, "a")).unique_key("größe 1").await.unwrap();
    let kind = client.enqueue(sync(1, "a")).unique(Unique::by_kind()).await.unwrap();
    let none = client.enqueue(sync(1, "a")).await.unwrap();

    assert_eq!(console.job(named).await.unwrap().unique_key.as_deref(), Some("größe 1"));
    assert_eq!(console.job(kind).await.unwrap().unique_key.as_deref(), Some("*"));
    assert_eq!(console.job(none).await.unwrap().unique_key, None);
}

#[tokio::test]
async fn a_unique_job_has_all_that_its_call_asks_for() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let tagged = move |context: &mut task_tower::EnqueueContext<'_>| context.set_parameter("User", &"ada");
    let client = tower.client().with_context(tagged);
    let request = client.schedule(sync(1, "a")).unique_key("x").to_queue("mail").tags(["vip", "two words"]).priority(7);

    let id = request.max_retries(3).timeout(std::time::Duration::from_millis(1_500)).in_months(14).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.queue.as_str(), job.priority, job.max_retries, job.timeout_ms), ("mail", 7, 3, Some(1_500)));
    assert_eq!((job.tags, job.context), (vec!["vip".to_owned(), "two words".to_owned()], Some(json!({"User": "ada"}))));
    assert_eq!(job.run_at, job.created_at.checked_add_months(chrono::Months::new(14)).unwrap());
}

#[tokio::test]
async fn a_key_that_cannot_be_is_refused_before_anything_is_sent() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();
    let longest = "x".repeat(UNIQUE_KEY_BYTES_MAX);
    let cases = [
        ("", "unique_key has 0 bytes, 1 to 200 are allowed"),
        (&format!("{longest}x"), "unique_key has 201 bytes, 1 to 200 are allowed"),
        ("a\0b", "unique_key has a control character in it"),
    ];

    for (key, said) in cases {
        let error = client.enqueue(sync(1, "a")).unique_key(key).await.unwrap_err();
        assert!(error.is_invalid() && error.to_string() == said, "{error:?}");
    }
    client.enqueue(sync(1, "a")).unique_key(longest).await.unwrap();
}

#[tokio::test]
async fn fields_that_name_none_are_refused_on_the_call_and_at_build() {
    let bed = TestBed::new().await;
    let client = bed.builder().build().await.unwrap().client();

    let call = client.enqueue(sync(1, "a")).unique(Unique::by_fields(&[])).await.unwrap_err();
    let builder = bed.builder().job_with(run_sync, |kind| kind.unique(Unique::by_fields(&[])));
    let build = builder.build().await.unwrap_err();

    assert!(call.is_invalid() && build.is_invalid(), "{call:?} {build:?}");
    assert_eq!(build.to_string(), format!("kind \"sync\": {call}"));
}
