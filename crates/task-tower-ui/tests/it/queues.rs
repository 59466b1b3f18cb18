//! The queues, and pausing them.

use axum::http::StatusCode;
use task_tower::{AuditFilter, QueueRecord};
use task_tower_ui::{Access, Permission, Permissions, Scope, router};

use crate::browser::{Browser, Desk, welcome};
use crate::support::TestBed;

async fn queue(desk: &Desk, name: &str) -> QueueRecord {
    desk.console.queues().await.unwrap().into_iter().find(|queue| queue.name == name).unwrap()
}

#[tokio::test]
async fn a_queue_is_paused_with_a_reason_and_resumed() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("a/b & c").await.unwrap();

    let paused = desk.browser.post("/queues/pause", "name=a%2Fb+%26+c&reason=smtp+is+down").await;
    let page = desk.browser.get("/queues").await;
    let record = queue(&desk, "a/b & c").await;
    let resumed = desk.browser.post("/queues/resume", "name=a%2Fb+%26+c").await;

    assert_eq!(paused.status, StatusCode::SEE_OTHER);
    assert!(paused.location().starts_with("../queues?undo="), "{}", paused.location());
    assert!(page.body.contains("Paused by") && page.body.contains("smtp is down"), "{}", page.body);
    assert_eq!(record.paused_reason.as_deref(), Some("smtp is down"));
    assert_eq!(resumed.status, StatusCode::SEE_OTHER);
    assert!(queue(&desk, "a/b & c").await.paused_at.is_none());
}

#[tokio::test]
async fn a_form_that_nobody_filled_in_is_refused() {
    let desk = Desk::new().await;

    for form in ["", "name=", "name=a%2Cb", "name=mail&reason=a%00b", &format!("name=mail&reason={}", "x".repeat(501))]
    {
        let answer = desk.browser.post("/queues/pause", form).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}");
    }
    assert!(desk.console.queues().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_pause_is_undone_by_the_notice_that_follows_it() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let paused = desk.browser.post("/queues/pause", "name=mail").await;

    let page = desk.browser.get(&paused.location().replace("..", "")).await;
    let entry = paused.location().split('=').next_back().unwrap().to_owned();
    let undone = desk.browser.post("/queues/undo", &format!("entry={entry}")).await;
    let again = desk.browser.post("/queues/undo", &format!("entry={entry}")).await;
    let wrong = desk.browser.post("/queues/undo", "entry=999999").await;

    assert!(page.body.contains("The queue was changed.") && page.body.contains(&entry), "{}", page.body);
    assert_eq!((undone.status, undone.location()), (StatusCode::SEE_OTHER, "../queues"));
    assert!(queue(&desk, "mail").await.paused_at.is_none());
    assert_eq!((again.status, wrong.status), (StatusCode::CONFLICT, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn queues_are_found_by_a_part_of_their_name() {
    let desk = Desk::new().await;
    for name in ["mail", "images"] {
        desk.client.enqueue(welcome("ana")).to_queue(name).await.unwrap();
    }

    let some = desk.browser.get("/queues?q=ma").await;
    let none = desk.browser.get("/queues?q=mai1").await;

    assert!(some.body.contains(">mail<") && some.body.contains(">images<"), "{}", some.body);
    assert!(!none.body.contains(">mail<") && none.body.contains("No queue has that"), "{}", none.body);
}

async fn with_queues(names: &[&str]) -> Desk {
    let desk = Desk::new().await;
    for name in names {
        desk.client.enqueue(welcome("ana")).to_queue(*name).await.unwrap();
    }
    desk
}

async fn paused(desk: &Desk) -> Vec<String> {
    let queues = desk.console.queues().await.unwrap().into_iter();
    queues.filter(|queue| queue.paused_at.is_some()).map(|queue| queue.name).collect()
}

fn seen_by(desk: &Desk, access: Access) -> Browser {
    Browser::new(router(desk.console.clone(), access))
}

#[tokio::test]
async fn all_queues_are_paused_from_the_overview_and_set_back_there() {
    let desk = with_queues(&["mail", "images", "low"]).await;
    desk.console.pause_queue("low", Some("feed broken")).await.unwrap();

    let page = desk.browser.get("/overview").await;
    let answer = desk.browser.post("/queues/pause-all", "reason=a+fire&back=overview").await;
    let all = paused(&desk).await;
    let after = desk.browser.get(&answer.location().replace("..", "")).await;
    let entry = answer.location().split('=').next_back().unwrap().to_owned();
    let undone = desk.browser.post("/queues/undo", &format!("entry={entry}&back=overview")).await;

    assert!(page.body.contains(">Pause 2 queues<") && page.body.contains(">Resume 1 queue<"), "{}", page.body);
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("../overview?undo="), "{}", answer.location());
    assert_eq!(all, ["images", "low", "mail"]);
    assert!(after.body.contains("2 queues were changed.") && !after.body.contains("pause-all"), "{}", after.body);
    assert_eq!((undone.location(), paused(&desk).await), ("../overview", vec!["low".to_owned()]));
    let audit = desk.console.audit(&AuditFilter::new()).await.unwrap();
    let actions: Vec<&str> = audit.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["undo_queue", "pause_queues", "pause_queue"]);
}

#[tokio::test]
async fn all_queues_are_resumed_and_who_sees_some_resumes_those() {
    let desk = with_queues(&["mail", "mail_eu", "images"]).await;
    desk.browser.post("/queues/pause-all", "").await;
    let support = || Access::loopback().scope(Scope::all().queues(["mail*"]));
    let entry = desk.console.audit(&AuditFilter::new()).await.unwrap()[0].id;

    let by_support = seen_by(&desk, support()).post("/queues/resume-all", "").await;
    let left = paused(&desk).await;
    let undone = seen_by(&desk, support()).post("/queues/undo", &format!("entry={entry}")).await;
    desk.browser.post("/queues/resume-all", "").await;

    assert_eq!((by_support.status, left), (StatusCode::SEE_OTHER, vec!["images".to_owned()]));
    assert_eq!(undone.status, StatusCode::NOT_FOUND, "it is about a queue out of sight");
    assert!(paused(&desk).await.is_empty());
}

#[tokio::test]
async fn who_may_not_pause_has_no_button_and_is_refused() {
    let desk = with_queues(&["mail"]).await;
    let may = Permissions::read_only().with(Permission::Requeue);
    let browser = seen_by(&desk, Access::loopback().permissions(may));

    for path in ["/queues", "/queues/mail", "/overview"] {
        let page = browser.get(path).await;
        assert!(!page.body.contains("queues/pause") && !page.body.contains("operations/new"), "{}", page.body);
    }
    for deed in ["pause-all", "resume-all"] {
        assert_eq!(browser.post(&format!("/queues/{deed}"), "").await.status, StatusCode::FORBIDDEN, "{deed}");
    }
    assert!(paused(&desk).await.is_empty() && desk.console.audit(&AuditFilter::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_way_back_stays_in_the_dashboard() {
    let desk = with_queues(&["mail"]).await;

    for back in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "..%2F..%2Fx"] {
        let answer = desk.browser.post("/queues/pause", &format!("name=mail&back={back}")).await;
        assert!(answer.location().starts_with("../queues?undo="), "{}", answer.location());
    }
}

#[tokio::test]
async fn a_row_tells_what_moves_and_what_fills_up() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    desk.client.enqueue(welcome("ana")).to_queue("images").await.unwrap();
    let sql = "INSERT INTO tower.tally (axis, name, step, at, enqueued, completed)
               VALUES ('queue', 'images', 1, date_trunc('minute', now() - interval '75 s', 'UTC'), 3800, 1690)";
    bed.query(sql, &[]).await;
    let unserved = desk.browser.get("/queues").await;
    let sql = "INSERT INTO tower.worker (host, process_id, version, slots, busy, running, kinds, queues, dead_after,
                                         queue_prioritization, queue_priorities)
               SELECT 'jobs-05', 7, '0.1.0', 1, 1, ARRAY[id], '{}', '{images}', interval '1 h', 'strict', '{\"images\": 1, \"mail\": 9}'
               FROM tower.job";
    bed.query(sql, &[]).await;
    bed.query("UPDATE tower.job SET state = 1, worker_id = 1", &[]).await;
    desk.client.enqueue(welcome("bob")).to_queue("images").await.unwrap();

    let page = desk.browser.get("/queues").await;
    let one = desk.browser.get("/queues/images").await;

    assert!(unserved.body.contains("No living worker serves it"), "{}", unserved.body);
    assert!(one.body.contains("<a href=\"#workers\">See its workers</a>"), "{}", one.body);
    assert!(
        unserved.body.contains("760 jobs come in per minute, and no living worker serves it."),
        "{}",
        unserved.body
    );
    assert!(!unserved.body.contains("See its workers"), "{}", unserved.body);
    for piece in [
        "760 in",
        "338 out",
        " 1/1</td>",
        "Strict, rank 2",
        "It has all slots in use that it can get, 1, and will not catch up: this rate needs 3.",
        "<a href=\"queues/images#workers\">See its workers</a>",
    ] {
        assert!(page.body.contains(piece), "{piece} is not on {}", page.body);
    }
}
