//! What is set for single kinds of jobs from outside of the code: by the builder, a file or the
//! environment. It wins over the registration, and a call wins over it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobError, JobState, KindOptions, TaskTower, TowerBuilder};

use crate::support::{TestBed, in_state};

#[derive(Serialize, Deserialize)]
struct Letter;

impl Job for Letter {
    const KIND: &'static str = "letter";
    const QUEUE: &'static str = "trait";
    const MAX_RETRIES: u32 = 1;
}

async fn send(_letter: Letter) -> Result<(), JobError> {
    Ok(())
}

async fn never_ends(_letter: Letter) -> Result<(), JobError> {
    std::future::pending().await
}

/// A builder whose kind says one thing in the code and another in this text of options.
fn builder(bed: &TestBed, options: &str) -> TowerBuilder {
    let kinds: std::collections::BTreeMap<String, KindOptions> = serde_json::from_str(options).unwrap();
    let configured = bed.builder().job_with(send, |kind| kind.queue("code").max_retry_count(2).priority(3));
    configured.kinds(kinds)
}

#[tokio::test]
async fn the_options_win_over_the_code_and_the_call_over_both() {
    let bed = TestBed::new().await;
    let tower = builder(&bed, r#"{ "letter": { "queue": "file" } }"#).build().await.unwrap();
    let client = tower.client();

    let by_options = client.enqueue(Letter).await.unwrap();
    let by_call = client.enqueue(Letter).to_queue("call").priority(9).await.unwrap();

    let job = tower.console().job(by_options).await.unwrap();
    assert_eq!((job.queue.as_str(), job.max_retries, job.priority), ("file", 2, 3));
    let job = tower.console().job(by_call).await.unwrap();
    assert_eq!((job.queue.as_str(), job.max_retries, job.priority), ("call", 2, 9));
}

#[tokio::test]
async fn what_holds_for_each_kind_is_read_back() {
    let bed = TestBed::new().await;
    let options = r#"{ "letter": { "display_name": "Letters", "timeout": "30s", "priority": 5 } }"#;
    let tower = builder(&bed, options).build().await.unwrap();

    let letter = &tower.options().kinds["letter"];

    assert_eq!(letter.queue.as_deref(), Some("code"));
    assert_eq!(letter.display_name.as_deref(), Some("Letters"));
    assert_eq!(letter.max_retry_count, Some(2));
    assert_eq!(letter.priority, Some(5));
    assert_eq!(letter.timeout, Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn a_process_that_only_enqueues_is_bound_by_them_too() {
    let bed = TestBed::new().await;
    let kinds: KindOptions = serde_json::from_str(r#"{ "queue": "file", "max_retry_count": 7 }"#).unwrap();
    let tower = bed.builder().kinds([("letter", kinds)]).build().await.unwrap();

    let id = tower.client().enqueue(Letter).await.unwrap();

    let job = tower.console().job(id).await.unwrap();
    assert_eq!((job.queue.as_str(), job.max_retries), ("file", 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_and_a_name_of_the_options_hold_where_the_job_runs() {
    let bed = TestBed::new().await;
    let options = r#"{ "timeout": "20ms", "max_retry_count": 0, "display_name": "Letters" }"#;
    let letter: KindOptions = serde_json::from_str(options).unwrap();
    let tower = bed.builder().job(never_ends).kinds([("letter", letter)]).build().await.unwrap();
    let running = tower.start().unwrap();

    let id = tower.client().enqueue(Letter).await.unwrap();
    let job = in_state(&tower.console(), id, JobState::Dead).await;

    assert_eq!(job.last_failure().unwrap().kind, "timeout");
    assert_eq!(job.display_name.as_deref(), Some("Letters"));
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_the_kind_and_the_option() {
    let bed = TestBed::new().await;
    let cases = [
        (r#"{ "letter": { "queue": "a,b" } }"#, "kind \"letter\": queue \"a,b\" has a comma"),
        (r#"{ "letter": { "priority": 101 } }"#, "kind \"letter\": priority 101 is not between -100 and 100"),
        (r#"{ "letter": { "max_retry_count": 1001 } }"#, "kind \"letter\": max_retry_count 1001 is more than 1000"),
        (r#"{ "letter": { "timeout": "0s" } }"#, "kind \"letter\": timeout 0ns is not between 1 ms and 365 days"),
        (r#"{ "a,b": {} }"#, "kind \"a,b\" has a comma"),
    ];

    for (options, said) in cases {
        let error = builder(&bed, options).build().await.err().unwrap();
        assert!(error.is_invalid() && error.to_string().starts_with(said), "{error}");
    }
}

#[tokio::test]
async fn a_file_names_them_in_tables_and_an_unknown_option_is_told() {
    let bed = TestBed::new().await;
    let file = std::env::temp_dir().join(format!("kinds_{}.toml", bed.schema));
    std::fs::write(&file, "[task_tower.kinds.letter]\nqueue = \"file\"\ntimeout = \"1min\"\n").unwrap();

    let tower = bed.builder().options_from_file(&file).build().await.unwrap();
    std::fs::write(&file, "[kinds.letter]\nqueu = \"file\"\n").unwrap();
    let error = TaskTower::builder().options_from_file(&file).build().await.err().unwrap();

    let letter = &tower.options().kinds["letter"];
    assert_eq!((letter.queue.as_deref(), letter.timeout), (Some("file"), Some(Duration::from_secs(60))));
    assert!(error.to_string().contains("line 2: unknown option `queu`, expected one of `queue`"), "{error}");
    std::fs::remove_file(&file).unwrap();
}
