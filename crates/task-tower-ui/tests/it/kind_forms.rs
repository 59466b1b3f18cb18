//! The form that enqueues a job of a kind.

use axum::http::StatusCode;
use serde_json::json;
use task_tower::{AuditFilter, JobState};
use task_tower_ui::{Access, Permission, Permissions, Scope, router};

use crate::browser::{Answer, Browser, Desk, welcome};
use crate::job_forms::{filled, job_at};
use crate::support::TestBed;

/// A kind that a worker knows, as it told.
async fn known(setup: &str) -> (TestBed, Desk) {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    bed.query("INSERT INTO tower.kind (name) VALUES ('send_welcome')", &[]).await;
    let sql = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, kind_setups)
               VALUES ('jobs', 1, '0.1.0', 4, '{send_welcome}', '{}', '1 h', jsonb_build_object('send_welcome', $1::text::jsonb))";
    bed.query(sql, &[&setup]).await;
    (bed, desk)
}

const FORM: &str = "/kinds/send_welcome/enqueue";
const SETUP: &str = r#"{ "queue": "mail", "priority": 5, "max_retries": 3 }"#;

fn says(page: &Answer, words: &str) {
    assert!(page.body.contains(words), "{words:?} is not on {}", page.body);
}

#[tokio::test]
async fn a_job_is_enqueued_as_its_kind_is_set_up_with_the_payload_of_the_latest() {
    let (_bed, desk) = known(SETUP).await;
    desk.client.enqueue(welcome("ana")).await.unwrap();
    let latest = desk.client.enqueue(welcome("<bea>")).await.unwrap();

    let page = desk.browser.get(FORM).await;
    let form =
        filled(&page, &[("delay", "1h"), ("tags", "vip"), ("unique_key", "once"), ("payload", r#"{"user": "eve"}"#)]);
    let answer = desk.browser.post(FORM, &form).await;

    says(&page, "&#60;bea&#62;");
    says(&page, &format!("The payload is that of {latest}"));
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(answer.location().starts_with("../../jobs/"), "{}", answer.location());
    let job = job_at(&desk, &answer).await;
    assert_eq!((&*job.kind, &*job.queue, job.priority, job.max_retries), ("send_welcome", "mail", 5, 3));
    assert_eq!(
        (job.state, &job.tags[..], job.unique_key.as_deref()),
        (JobState::Scheduled, &["vip".to_owned()][..], Some("once"))
    );
    assert_eq!(job.payload, json!({ "user": "eve" }));
    let audit = desk.console.audit(&AuditFilter::new().action("enqueue")).await.unwrap();
    assert_eq!((audit.len(), &audit[0].target, &*audit[0].actor), (1, &job.id.to_string(), "this machine"));
    assert_eq!(audit[0].details["payload"], "given");
}

#[tokio::test]
async fn what_is_left_empty_is_as_the_kind_has_it() {
    let (_bed, desk) = known(SETUP).await;

    let page = desk.browser.get(FORM).await;
    let form = filled(&page, &[("queue", ""), ("priority", ""), ("max_retries", ""), ("payload", "")]);
    let job = job_at(&desk, &desk.browser.post(FORM, &form).await).await;

    assert_eq!((&*job.queue, job.priority, job.max_retries, job.payload), ("mail", 5, 3, json!({})));
}

#[tokio::test]
async fn what_cannot_be_stands_beside_its_field_and_nothing_typed_is_lost() {
    let (_bed, desk) = known(SETUP).await;
    let page = desk.browser.get(FORM).await;
    let held = filled(&page, &[("unique_key", "once")]);
    let holder = job_at(&desk, &desk.browser.post(FORM, &held).await).await;

    for (field, typed, reason) in [
        ("queue", "a,b", "queue"),
        ("priority", "high", "not a whole number"),
        ("priority", "101", "not between"),
        ("run_at", "tomorrow", "no such time"),
        ("delay", "soon", "A number and a unit"),
        ("max_retries", "1001", "more than 1000"),
        ("tags", "a*", "tag"),
        ("payload", "{\"user\": <b>", "This is not JSON"),
        ("unique_key", "once", &*holder.id.to_string()),
    ] {
        let answer = desk.browser.post(FORM, &filled(&page, &[(field, typed), ("tags", "kept")])).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field}: {}", answer.body);
        let hint = answer.body.split(&format!("id=\"{field}-hint\">")).nth(1).unwrap();
        let beside = hint.split("</p>").next().unwrap();
        assert!(beside.contains("bad-text") && beside.contains(reason), "{field}: {beside}");
        assert!(answer.body.contains("value=\"kept\"") || field == "tags", "{field}: {}", answer.body);
        let typed = typed.replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;");
        assert!(answer.body.contains(&typed), "{field}: {}", answer.body);
    }
    assert_eq!(desk.console.audit(&AuditFilter::new().action("enqueue")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn hidden_values_are_named_and_their_mask_is_never_sent() {
    let (bed, desk) = known(SETUP).await;
    desk.client.enqueue(welcome("ana")).await.unwrap();
    bed.query(r#"UPDATE tower.job SET payload = '{"user": "ana", "login": {"token": "hush"}}'"#, &[]).await;

    let page = desk.browser.get(FORM).await;
    let refused =
        desk.browser.post(FORM, &filled(&page, &[("payload", r#"{"login": {"token": "[redacted]"}}"#)])).await;
    let in_a_text = desk.browser.post(FORM, &filled(&page, &[("payload", r#"{"url": "x?key=[redacted]"}"#)])).await;
    let tag = desk.browser.post(FORM, &filled(&page, &[("tags", "[redacted]")])).await;
    let written = desk.browser.post(FORM, &filled(&page, &[("payload", r#"{"login": {"token": "mine"}}"#)])).await;

    assert!(!page.body.contains("hush"), "{}", page.body);
    says(&page, "Hidden there, to be written down: login.token.");
    says(&refused, "write down login.token, or take it out");
    says(&in_a_text, "write down url, or take it out");
    assert_eq!([refused.status, in_a_text.status, tag.status], [StatusCode::BAD_REQUEST; 3]);
    assert_eq!(job_at(&desk, &written).await.payload, json!({ "login": { "token": "mine" } }));
    assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, 2);
}

#[tokio::test]
async fn a_payload_that_is_too_long_is_not_put_into_a_form() {
    let (bed, desk) = known(SETUP).await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    bed.query("UPDATE tower.job SET payload = jsonb_build_object('user', repeat('x', 256 * 1024))", &[]).await;

    let page = desk.browser.get(FORM).await;
    let copy = desk.browser.get(&format!("/jobs/{id}/copy")).await;
    let unchanged = filled(&copy, &[]);
    let (unchanged, _) = unchanged.rsplit_once("&payload=").unwrap();
    let copied = job_at(&desk, &desk.browser.post("/jobs/new", unchanged).await).await;

    says(&page, &format!("The payload of {id}, the latest job of this kind, is longer than 256 kB"));
    says(&copy, "The payload is too long to be edited here, and stays as it is.");
    assert!(!page.body.contains("xxxx") && !copy.body.contains("xxxx"));
    assert_eq!(copied.payload["user"].as_str().map(str::len), Some(256 * 1024));
}

#[tokio::test]
async fn who_may_not_enqueue_or_does_not_see_the_kind_has_no_form() {
    let (bed, _desk) = known(SETUP).await;
    let console = bed.builder().build().await.unwrap().console();
    let seen_by = |access: Access| Browser::new(router(console.clone(), access));
    let viewer = seen_by(Access::loopback().permissions(Permissions::all().without(Permission::Enqueue)));
    let stranger = seen_by(Access::loopback().scope(Scope::all().kinds(["other"])));
    let postman = seen_by(Access::loopback().scope(Scope::all().queues(["post"])));

    let page = viewer.get("/kinds/send_welcome").await;
    let astray = postman.post(FORM, "queue=mail&payload=%7B%7D").await;
    let own = postman.post(FORM, "queue=post&payload=%7B%7D").await;

    assert!(!page.body.contains("/enqueue\""), "{}", page.body);
    assert_eq!(
        (viewer.get(FORM).await.status, viewer.post(FORM, "").await.status),
        (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN)
    );
    assert_eq!(
        (stranger.get(FORM).await.status, stranger.post(FORM, "").await.status),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert_eq!((astray.status, own.status), (StatusCode::FORBIDDEN, StatusCode::SEE_OTHER), "{}", own.body);
}
