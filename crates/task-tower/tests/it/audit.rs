//! Every change by hand leaves exactly one entry in the audit, in the transaction of the change.

use chrono::{Duration, Utc};
use serde_json::json;
use task_tower::{Action, Actor, AuditFilter, AuditRecord, Console, JobEdit, JobId, JobState, TaskTower};

use crate::support::TestBed;

/// A tower whose jobs nobody runs.
async fn idle_tower() -> (TestBed, TaskTower) {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    (bed, tower)
}

async fn waiting(bed: &TestBed) -> JobId {
    let sql = "SELECT tower.enqueue('mail', '{\"to\": 1}', delay => '1 h')";
    bed.query(sql, &[]).await[0].get::<_, uuid::Uuid>(0).into()
}

async fn entries(console: &Console) -> Vec<AuditRecord> {
    console.audit(&AuditFilter::new()).await.unwrap()
}

#[tokio::test]
async fn each_change_leaves_one_entry_with_its_actor() {
    let (bed, tower) = idle_tower().await;
    let ana = tower.console().acting(Actor::new("ana").address("10.0.3.14").request("req_7"));
    let in_an_hour = Utc::now() + Duration::hours(1);
    let actions = [
        Action::Requeue,
        Action::RunNow,
        Action::Move { queue: "slow".to_owned() },
        Action::Prioritize { priority: 7 },
        Action::Reschedule { run_at: in_an_hour },
        Action::Cancel { reason: Some("a test".to_owned()) },
        Action::Discard { reason: None },
        Action::Delete,
    ];

    for (number, action) in actions.iter().enumerate() {
        let id = waiting(&bed).await;
        ana.act(action, &[id]).await.unwrap();

        let entries = entries(&ana).await;
        assert_eq!(entries.len(), number + 1, "{action:?}");
        let entry = &entries[0];
        assert_eq!((entry.action.as_str(), entry.target.as_str()), (action.as_str(), id.to_string().as_str()));
        assert_eq!((entry.actor.as_str(), entry.address.as_deref()), ("ana", Some("10.0.3.14")));
        assert_eq!(entry.request.as_deref(), Some("req_7"));
        assert_eq!(entry.details, serde_json::to_value(action).unwrap());
    }
}

#[tokio::test]
async fn several_jobs_are_one_entry_that_names_them() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    let (one, two) = (waiting(&bed).await, waiting(&bed).await);

    console.cancel_all(&[one, two], None).await.unwrap();

    let entries = entries(&console).await;
    assert_eq!((entries.len(), entries[0].target.as_str()), (1, "2 jobs"));
    let mut named: Vec<JobId> = serde_json::from_value(entries[0].details["jobs"].clone()).unwrap();
    named.sort();
    assert_eq!(named, [one, two]);
    assert_eq!(entries[0].actor, "program");
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_entry() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    let id = waiting(&bed).await;
    console.cancel(id, None).await.unwrap();

    console.cancel(id, None).await.unwrap_err();
    console.run_now(id).await.unwrap_err();
    console.edit(id, &JobEdit { priority: Some(1), ..JobEdit::default() }).await.unwrap_err();

    assert_eq!(entries(&console).await.len(), 1);
    assert_eq!(bed.number("SELECT count(*) FROM tower.operation").await, 1);
}

#[tokio::test]
async fn an_edit_is_noted_without_the_payload() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    let id = waiting(&bed).await;
    let edit = JobEdit {
        queue: Some("slow".to_owned()),
        payload: Some(json!({ "secret": 12_345_678_901_234_567_890_u64 })),
        tags: Some(vec!["edited".to_owned()]),
        ..JobEdit::default()
    };

    console.edit(id, &edit).await.unwrap();

    let job = console.job(id).await.unwrap();
    assert_eq!((job.queue.as_str(), job.tags), ("slow", vec!["edited".to_owned()]));
    assert_eq!(job.payload, json!({ "secret": 12_345_678_901_234_567_890_u64 }));
    let entry = &entries(&console).await[0];
    assert_eq!(entry.details, json!({ "queue": "slow", "payload": "changed", "tags": ["edited"] }));
}

#[tokio::test]
async fn a_dead_job_is_edited_and_then_requeued() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    let id = waiting(&bed).await;
    console.discard(id, None).await.unwrap();

    console.edit(id, &JobEdit { payload: Some(json!({ "to": 2 })), ..JobEdit::default() }).await.unwrap();
    console.requeue(id).await.unwrap();

    let job = console.job(id).await.unwrap();
    assert_eq!((job.state, job.payload), (JobState::Enqueued, json!({ "to": 2 })));
}

#[tokio::test]
async fn a_change_by_somebody_who_has_seen_another_version_is_refused() {
    let (bed, tower) = idle_tower().await;
    let console = tower.console();
    let id = waiting(&bed).await;
    let seen = console.job(id).await.unwrap().revision.unwrap();
    let edit = JobEdit { priority: Some(3), ..JobEdit::default() };
    console.if_unchanged(&seen).edit(id, &edit).await.unwrap();

    let error = console.if_unchanged(&seen).cancel(id, None).await.unwrap_err();

    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(error.to_string(), format!("change job {id}: it has changed since you looked"));
    assert_eq!(console.job(id).await.unwrap().state, JobState::Scheduled);
    let now = console.job(id).await.unwrap().revision.unwrap();
    console.if_unchanged(&now).cancel(id, None).await.unwrap();
}

#[tokio::test]
async fn the_audit_is_found_by_actor_action_and_target_and_has_pages() {
    let (bed, tower) = idle_tower().await;
    let (ana, ben) = (tower.console().acting(Actor::new("ana")), tower.console().acting(Actor::new("ben")));
    let id = waiting(&bed).await;
    ana.cancel(id, None).await.unwrap();
    ben.requeue(id).await.unwrap();
    ben.pause_queue("mail", Some("feed broken")).await.unwrap();

    let found = async |filter: AuditFilter| -> Vec<String> {
        ana.audit(&filter).await.unwrap().into_iter().map(|entry| entry.action).collect()
    };

    assert_eq!(found(AuditFilter::new().actor("ben")).await, ["pause_queue", "requeue"]);
    assert_eq!(found(AuditFilter::new().action("cancel")).await, ["cancel"]);
    assert_eq!(found(AuditFilter::new().target(id.to_string())).await, ["requeue", "cancel"]);
    let first = ana.audit(&AuditFilter::new().limit(2)).await.unwrap();
    assert_eq!(found(AuditFilter::new().before(first[1].id)).await, ["cancel"]);
}
