//! Something is done to the jobs that were picked.

use axum::http::StatusCode;
use axum::http::request::Parts;
use task_tower::{AuditFilter, JobId, JobState};
use task_tower_ui::{Access, Decision, Gate, Permission, Permissions, Scope, Visitor, router};

use super::listed;
use crate::browser::{Answer, Browser, Desk, welcome};
use crate::support::TestBed;

async fn act(desk: &Desk, ids: &[JobId], rest: &str) -> Answer {
    let ids: String = ids.iter().map(|id| format!("id={id}&")).collect();
    desk.browser.post("/jobs/act", &format!("{ids}{rest}")).await
}

/// The list that an action leads back to.
async fn back(desk: &Desk, answer: &Answer) -> Answer {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    desk.browser.get(answer.location().strip_prefix("..").unwrap()).await
}

async fn state(desk: &Desk, id: JobId) -> JobState {
    desk.console.job(id).await.unwrap().state
}

#[tokio::test]
async fn who_may_requeue_is_told_beside_the_button_that_it_cannot_be_undone() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).await.unwrap();
    let reader = Browser::new(router(desk.console.clone(), Access::loopback().read_only()));
    let words = "<span class=\"muted\" id=\"no-undo\">A requeue cannot be undone.</span>";

    let (page, read) = (desk.browser.get("/jobs").await, reader.get("/jobs").await);

    assert!(page.body.contains(words) && page.body.contains("aria-describedby=\"no-undo\" name=\"action\""));
    assert!(!read.body.contains("cannot be undone"), "{}", read.body);
}

#[tokio::test]
async fn what_is_done_is_told_on_the_list_it_was_done_on() {
    let desk = Desk::new().await;
    let waiting = desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let ended = desk.client.enqueue(welcome("bea")).to_queue("mail").await.unwrap();
    desk.console.cancel(ended, None).await.unwrap();

    let answer = act(&desk, &[waiting, ended], "action=discard&q=queue:mail&cols=run").await;
    let page = back(&desk, &answer).await;

    assert!(answer.location().starts_with("../jobs?q=queue:mail&cols=run&done=discard"), "{}", answer.location());
    assert_eq!((state(&desk, waiting).await, state(&desk, ended).await), (JobState::Dead, JobState::Cancelled));
    assert!(page.body.contains("Discarded 1 job, 1 skipped."), "{}", page.body);
    assert_eq!(listed(&page).len(), 2);
    let audit = desk.console.audit(&AuditFilter::new()).await.unwrap();
    assert_eq!(audit[0].actor, "this machine");
}

#[tokio::test]
async fn what_can_be_undone_can_be_undone_there() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();

    let moved = back(&desk, &act(&desk, &[id], "action=move&queue=mail").await).await;
    let requeued = back(&desk, &act(&desk, &[id], "action=requeue").await).await;

    let undo = |page: &Answer| page.attributes("action").into_iter().filter(|action| action.ends_with("/undo")).count();
    assert!(moved.body.contains("Moved 1 job."), "{}", moved.body);
    assert_eq!((undo(&moved), undo(&requeued)), (1, 0));
}

#[tokio::test]
async fn who_undoes_it_there_is_on_the_same_list_afterwards() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let moved = back(&desk, &act(&desk, &[id], "action=discard&q=queue:mail&cols=run").await).await;
    let undo = moved.attributes("action").into_iter().find(|action| action.ends_with("/undo")).unwrap();

    assert!(moved.body.contains(r#"name="back" value="jobs?q=queue:mail&#38;cols=run""#), "{}", moved.body);
    let answer = desk.browser.post(&format!("/{undo}"), "back=jobs?q=queue:mail%26cols=run").await;
    let list = desk.browser.get(answer.location().strip_prefix("../..").unwrap()).await;

    assert_eq!(state(&desk, id).await, JobState::Enqueued);
    assert!(list.body.contains("Undone: 1 job is as it was."), "{}", list.body);
    assert_eq!(listed(&list).len(), 1);
}

#[tokio::test]
async fn each_action_says_what_it_did() {
    let desk = Desk::new().await;
    let cases = [
        ("action=requeue", "Requeued 1 job."),
        ("action=run_now", "Made 1 job due at once."),
        ("action=cancel", "Cancelled 1 job."),
        ("action=discard", "Discarded 1 job."),
        ("action=delete", "Deleted 1 job."),
        ("action=prioritize&priority=-7", "Changed the priority of 1 job."),
        ("action=reschedule&run_at=2099-11-24T14:30", "Rescheduled 1 job."),
    ];
    for (form, words) in cases {
        let id = desk.client.schedule(welcome("ana")).in_hours(1).await.unwrap();

        let page = back(&desk, &act(&desk, &[id], form).await).await;

        assert!(page.body.contains(words), "{form}: {}", page.body);
    }
}

#[tokio::test]
async fn nothing_picked_and_nothing_possible_are_told_too() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    desk.console.cancel(id, None).await.unwrap();

    let nothing = back(&desk, &act(&desk, &[], "action=requeue").await).await;
    let impossible = back(&desk, &act(&desk, &[id], "action=cancel").await).await;

    assert!(nothing.body.contains("Nothing was done: pick jobs first."), "{}", nothing.body);
    assert!(impossible.body.contains("the job is not in a state for it"), "{}", impossible.body);
}

#[tokio::test]
async fn a_form_that_makes_no_sense_is_refused() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let many: Vec<JobId> = (0..1_001).map(|number| format!("{number:032x}").parse().unwrap()).collect();

    for form in [
        "action=move&queue=",
        "action=move&queue=a%00b",
        "action=prioritize&priority=x",
        "action=prioritize&priority=101",
        "action=reschedule&run_at=soon",
        "action=requeue&id=x",
    ] {
        assert_eq!(act(&desk, &[id], form).await.status, StatusCode::BAD_REQUEST, "{form}");
    }
    assert_eq!(act(&desk, &[id], "action=explode").await.status, StatusCode::NOT_FOUND);
    assert_eq!(act(&desk, &many, "action=requeue").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(state(&desk, id).await, JobState::Enqueued);
}

struct Support;

impl Gate for Support {
    async fn check(&self, _: &Parts) -> Decision {
        let permissions = Permissions::read_only().with(Permission::Discard);
        Decision::Allow(Visitor::new("support").permissions(permissions).scope(Scope::all().queues(["mail*"])))
    }
}

#[tokio::test]
async fn what_is_out_of_sight_is_neither_counted_nor_touched() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::gate(Support)));
    let desk = Desk { browser, client: tower.client(), console: tower.console() };
    let seen = desk.client.enqueue_all((0..8).map(|_| welcome("ana"))).to_queue("mail_eu").await.unwrap();
    let hidden = desk.client.enqueue(welcome("bob")).to_queue("images").await.unwrap();

    let list = desk.browser.get("/jobs?q=-tag:x").await;
    let done = back(&desk, &act(&desk, &[&seen[..], &[hidden]].concat(), "action=discard").await).await;
    let forbidden = act(&desk, &seen, "action=delete").await;

    assert_eq!(listed(&list).len(), 8);
    assert!(list.body.contains("Newest 8 of 8.") && !list.body.contains("images"), "{}", list.body);
    assert!(list.body.contains("value=\"discard\"") && !list.body.contains("value=\"requeue\""), "{}", list.body);
    assert!(!list.body.contains("operations/new"), "{}", list.body);
    assert!(done.body.contains("Discarded 8 jobs, 1 skipped."), "{}", done.body);
    assert_eq!((state(&desk, hidden).await, state(&desk, seen[7]).await), (JobState::Enqueued, JobState::Dead));
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
}
