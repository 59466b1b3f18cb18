//! Jobs that a person writes down, and how the latest runs of a kind went.

use serde_json::json;
use task_tower::{Actor, AuditFilter, Console, JobDraft, JobState};

use crate::support::stage::{Stage, step};
use crate::support::{TestBed, in_state};

async fn console() -> Console {
    TestBed::new().await.builder().build().await.unwrap().console()
}

fn draft(kind: &str) -> JobDraft {
    JobDraft { kind: kind.to_owned(), ..JobDraft::default() }
}

#[tokio::test]
async fn a_draft_becomes_a_job_with_all_that_was_written() {
    let console = console().await;
    let draft = JobDraft {
        payload: json!({ "user_id": 9_007_199_254_740_993_u64 }),
        queue: Some("mail".to_owned()),
        priority: Some(-7),
        delay_ms: Some(3_600_000),
        tags: vec!["a-b".to_owned(), "b c".to_owned()],
        max_retries: Some(3),
        timeout_ms: Some(1_500),
        context: Some(json!({ "tenant": "eu" })),
        ..draft("send_welcome")
    };

    let id = console.enqueue(&draft).await.unwrap();

    let job = console.job(id).await.unwrap();
    assert_eq!((job.state, &*job.kind, &*job.queue, job.priority), (JobState::Scheduled, "send_welcome", "mail", -7));
    assert_eq!((job.payload, job.context), (draft.payload, draft.context));
    assert_eq!((job.tags, job.max_retries, job.timeout_ms), (draft.tags, 3, Some(1_500)));
    assert!((3_599..=3_600).contains(&(job.run_at - job.created_at).num_seconds()));
}

#[tokio::test]
async fn a_draft_needs_nothing_but_its_kind() {
    let console = console().await;

    let id = console.enqueue(&draft("tidy")).await.unwrap();

    let job = console.job(id).await.unwrap();
    assert_eq!((job.state, &*job.queue, job.priority), (JobState::Enqueued, "default", 0));
    assert_eq!((job.payload, job.max_retries, job.timeout_ms), (json!({}), 10, None));
}

#[tokio::test]
async fn the_audit_says_who_enqueued_and_keeps_no_secret() {
    let console = console().await.acting(Actor::new("ana"));
    let draft =
        JobDraft { payload: json!({ "token": "hush" }), context: Some(json!({ "key": "hush" })), ..draft("tidy") };

    let id = console.enqueue(&draft).await.unwrap();

    let entries = console.audit(&AuditFilter::new().target(id.to_string())).await.unwrap();
    assert_eq!((entries.len(), &*entries[0].actor, &*entries[0].action), (1, "ana", "enqueue"));
    assert_eq!(entries[0].details, json!({ "kind": "tidy", "payload": "given", "context": "given" }));
}

#[tokio::test]
async fn a_key_that_a_live_job_has_is_a_conflict_and_leaves_no_trace() {
    let console = console().await;
    let unique = || JobDraft { unique_key: Some("once".to_owned()), ..draft("tidy") };

    let first = console.enqueue(&unique()).await.unwrap();
    let second = console.enqueue(&unique()).await.unwrap_err();
    let other = console.enqueue(&JobDraft { kind: "sweep".to_owned(), ..unique() }).await.unwrap();
    console.cancel(first, None).await.unwrap();
    let again = console.enqueue(&unique()).await.unwrap();

    assert!(second.is_conflict() && second.to_string().contains(&first.to_string()), "{second}");
    assert_eq!(console.job(first).await.unwrap().unique_key.as_deref(), Some("once"));
    assert!(other != first && again != first);
    assert_eq!(console.audit(&AuditFilter::new().action("enqueue")).await.unwrap().len(), 3);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_leaves_no_trace() {
    let console = console().await;
    let refused = [
        draft(""),
        JobDraft { queue: Some("a,b".to_owned()), ..draft("tidy") },
        JobDraft { priority: Some(101), ..draft("tidy") },
        JobDraft { max_retries: Some(1_001), ..draft("tidy") },
        JobDraft { delay_ms: Some(u64::MAX), ..draft("tidy") },
        JobDraft { delay_ms: Some(1), run_at: Some(chrono::Utc::now()), ..draft("tidy") },
        JobDraft { timeout_ms: Some(0), ..draft("tidy") },
        JobDraft { payload: json!("\0"), ..draft("tidy") },
        JobDraft { context: Some(json!([])), ..draft("tidy") },
        JobDraft { unique_key: Some(String::new()), ..draft("tidy") },
        JobDraft { unique_key: Some("k".repeat(201)), ..draft("tidy") },
    ];

    for draft in refused {
        let error = console.enqueue(&draft).await.unwrap_err();

        assert!(error.is_invalid(), "{draft:?}: {error}");
    }
    assert_eq!(console.audit(&AuditFilter::new()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn the_latest_runs_of_a_kind_are_the_finished_ones_newest_first() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let tower = stage.cast(bed.builder()).build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());
    let discarded = client.schedule(step("discarded")).in_hours(1).await.unwrap();
    console.discard(discarded, None).await.unwrap();
    let running = tower.start().unwrap();
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let id = client.enqueue(step(name)).await.unwrap();
        in_state(&console, id, JobState::Completed).await;
        ids.push(id);
    }
    running.stop().await;

    let runs = console.runs_of_kind("step", 2).await.unwrap();
    let all = console.runs_of_kind("step", usize::MAX).await.unwrap();

    ids.reverse();
    assert_eq!(
        runs.iter().map(|run| (run.id, run.state)).collect::<Vec<_>>(),
        [(ids[0], JobState::Completed), (ids[1], JobState::Completed)]
    );
    assert!(runs.iter().all(|run| run.took.num_milliseconds() >= 0));
    assert_eq!(all.iter().map(|run| run.id).collect::<Vec<_>>(), ids);
    assert_eq!(console.runs_of_kind("no_such_kind", 60).await.unwrap(), []);
}
