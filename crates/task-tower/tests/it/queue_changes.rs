//! All queues paused and resumed at once, and set back.

use serde_json::Value;
use task_tower::{Actor, AuditFilter, Console};

use crate::support::TestBed;

fn names(queues: &[&str]) -> Vec<String> {
    queues.iter().copied().map(str::to_owned).collect()
}

async fn console() -> (TestBed, Console) {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    (bed, console.acting(Actor::new("ana")))
}

/// How all queues are set, as rows.
async fn settings(bed: &TestBed) -> Vec<String> {
    let rows = bed.query("SELECT to_jsonb(queue)::text FROM tower.queue ORDER BY name", &[]).await;
    rows.iter().map(|row| row.get(0)).collect()
}

async fn paused(console: &Console) -> Vec<String> {
    let queues = console.queues().await.unwrap().into_iter();
    queues.filter(|queue| queue.paused_at.is_some()).map(|queue| queue.name).collect()
}

#[tokio::test]
async fn all_are_paused_at_once_with_one_entry_and_set_back_as_they_were() {
    let (bed, console) = console().await;
    console.pause_queue("low", Some("feed broken")).await.unwrap();
    let before = settings(&bed).await;

    let changed = console.pause_queues(&names(&["mail", "low", "images", "mail"]), Some("a fire")).await.unwrap();
    let all = paused(&console).await;
    let undone = console.undo_queue(changed.entry.unwrap()).await.unwrap();

    assert_eq!(changed.queues, ["images", "mail"], "low was paused already");
    assert_eq!(all, ["images", "low", "mail"]);
    assert_eq!(undone, ["images", "mail"]);
    assert_eq!(paused(&console).await, ["low"]);
    assert!(settings(&bed).await.contains(&before[0]), "low keeps its time and its reason");
    let audit = console.audit(&AuditFilter::new()).await.unwrap();
    let told: Vec<(&str, &str, &str)> =
        audit.iter().map(|entry| (entry.actor.as_str(), entry.action.as_str(), entry.target.as_str())).collect();
    assert_eq!(
        told,
        [("ana", "undo_queue", "2 queues"), ("ana", "pause_queues", "2 queues"), ("ana", "pause_queue", "low")]
    );
    let list: Vec<&Value> = audit[1].details["queues"].as_array().unwrap().iter().map(|queue| &queue["name"]).collect();
    assert_eq!(list, ["images", "mail"]);
}

#[tokio::test]
async fn all_are_resumed_at_once_and_paused_again_with_their_own_reasons() {
    let (bed, console) = console().await;
    console.pause_queue("low", Some("feed broken")).await.unwrap();
    console.pause_queue("mail", None).await.unwrap();
    let before = settings(&bed).await;

    let changed = console.resume_queues(&names(&["mail", "low", "images"])).await.unwrap();
    let running = paused(&console).await;
    console.undo_queue(changed.entry.unwrap()).await.unwrap();

    assert_eq!((changed.queues.len(), running.len()), (2, 0));
    assert_eq!(settings(&bed).await, before);
}

#[tokio::test]
async fn what_somebody_changed_since_is_left_alone() {
    let (_bed, console) = console().await;
    let changed = console.pause_queues(&names(&["a", "b"]), None).await.unwrap();
    console.resume_queue("a").await.unwrap();
    console.pause_queue("a", Some("for another reason")).await.unwrap();

    let undone = console.undo_queue(changed.entry.unwrap()).await.unwrap();
    let again = console.undo_queue(changed.entry.unwrap()).await.unwrap_err();

    assert_eq!(undone, ["b"]);
    assert_eq!(paused(&console).await, ["a"]);
    assert!(again.is_conflict(), "{again:?}");
}

#[tokio::test]
async fn what_is_so_already_leaves_no_entry() {
    let (_bed, console) = console().await;

    let resumed = console.resume_queues(&names(&["mail"])).await.unwrap();
    let none = console.pause_queues(&[], None).await.unwrap();
    let wrong = console.pause_queues(&names(&["mail", "a,b"]), None).await.unwrap_err();

    assert_eq!((resumed.entry, none.entry), (None, None));
    assert!(wrong.is_invalid() && paused(&console).await.is_empty());
    assert!(console.audit(&AuditFilter::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_queues_of_an_entry_are_told() {
    let (_bed, console) = console().await;
    let one = console.pause_queue("mail", None).await.unwrap();
    let many = console.pause_queues(&names(&["a", "b"]), None).await.unwrap().entry.unwrap();

    assert_eq!(console.queues_of(one).await.unwrap(), ["mail"]);
    assert_eq!(console.queues_of(many).await.unwrap(), ["a", "b"]);
    assert!(console.queues_of(task_tower::AuditId(0)).await.unwrap_err().is_not_found());
}
