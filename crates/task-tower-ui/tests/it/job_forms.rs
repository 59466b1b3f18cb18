//! Jobs that are edited, copied and written down by hand.

use axum::http::StatusCode;
use serde_json::json;
use task_tower::{Action, AuditFilter, JobEdit, JobRecord, JobState};
use task_tower_ui::{Access, router};

use crate::browser::{Answer, Browser, Desk, welcome};
use crate::support::TestBed;

/// What the form of a page would send, with some fields filled in otherwise.
pub fn filled(page: &Answer, changes: &[(&str, &str)]) -> String {
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    for piece in page.body.split("<input ").skip(1).filter(|piece| !piece.starts_with("type=\"search\"")) {
        let value = |name: &str| {
            let (_, rest) = piece.split_once(&format!("{name}=\""))?;
            Some(rest[..rest.find('"')?].to_owned())
        };
        let Some(name) = value("name").filter(|name| !["q", "back", "zone"].contains(&name.as_str())) else { continue };
        let changed = changes.iter().find(|(field, _)| *field == name).map(|(_, value)| (*value).to_owned());
        fields.append_pair(&name, &changed.or(value("value")).unwrap_or_default());
    }
    let payload = changes.iter().find(|(field, _)| *field == "payload").map(|(_, value)| *value);
    fields.append_pair("payload", payload.unwrap_or("{\"user\": \"ana\"}"));
    fields.finish()
}

pub async fn job_at(desk: &Desk, answer: &Answer) -> JobRecord {
    let id = answer.location().rsplit('/').next().unwrap().parse().unwrap();
    desk.console.job(id).await.unwrap()
}

#[tokio::test]
async fn a_form_changes_what_was_changed_in_it_and_the_audit_says_only_that() {
    let desk = Desk::new().await;
    let id = desk.client.schedule(welcome("ana")).in_hours(1).tags(["vip"]).await.unwrap();
    let path = format!("/jobs/{id}/edit");
    let before = desk.console.job(id).await.unwrap();

    let page = desk.browser.get(&path).await;
    let form = filled(&page, &[("queue", "slow"), ("tags", "vip, b c"), ("payload", "{\"user\": \"bea\"}")]);
    let answer = desk.browser.post(&path, &form).await;

    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, &*format!("../{id}")), "{}", answer.body);
    let job = desk.console.job(id).await.unwrap();
    assert_eq!((&*job.queue, job.payload, job.run_at), ("slow", json!({ "user": "bea" }), before.run_at));
    assert_eq!(job.tags, ["vip", "b c"]);
    let audit = desk.console.audit(&AuditFilter::new().action("edit")).await.unwrap();
    assert_eq!(audit[0].actor, "this machine");
    assert_eq!(audit[0].details, json!({ "queue": "slow", "tags": ["vip", "b c"], "payload": "changed" }));
}

#[tokio::test]
async fn a_conflict_shows_both_and_can_be_saved_over() {
    let desk = Desk::new().await;
    let id = desk.client.schedule(welcome("ana")).in_hours(1).await.unwrap();
    let path = format!("/jobs/{id}/edit");
    let page = desk.browser.get(&path).await;
    let edit = JobEdit { queue: Some("theirs".to_owned()), ..JobEdit::default() };
    desk.console.edit(id, &edit).await.unwrap();

    let conflict = desk.browser.post(&path, &filled(&page, &[("queue", "mine")])).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert_eq!(desk.console.job(id).await.unwrap().queue, "theirs");
    assert!(
        conflict.body.contains("value=\"mine\"") && conflict.body.contains("<code>theirs</code>"),
        "{}",
        conflict.body
    );
    let saved = desk.browser.post(&path, &filled(&conflict, &[])).await;

    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(desk.console.job(id).await.unwrap().queue, "mine");
}

#[tokio::test]
async fn what_cannot_be_comes_back_as_it_was_typed_with_the_reason() {
    let desk = Desk::new().await;
    let id = desk.client.schedule(welcome("ana")).in_hours(1).await.unwrap();
    let path = format!("/jobs/{id}/edit");
    let page = desk.browser.get(&path).await;

    for (field, typed, reason) in [
        ("priority", "high", "not a whole number"),
        ("run_at", "tomorrow", "no such time in UTC"),
        ("payload", "{\"user\": <b>", "This is not JSON"),
        ("queue", "a,b", "queue"),
    ] {
        let answer = desk.browser.post(&path, &filled(&page, &[(field, typed)])).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field}");
        let typed = typed.replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;");
        assert!(answer.body.contains(&typed) && answer.body.contains(reason), "{field}: {}", answer.body);
    }
    assert_eq!(desk.console.job(id).await.unwrap().queue, "default");
}

#[tokio::test]
async fn a_copy_has_all_of_the_job_but_its_time() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let desk = Desk::of(&tower);
    let id = desk.client.schedule(welcome("ana")).in_hours(1).to_queue("slow").priority(7).tags(["vip"]).await.unwrap();
    bed.execute(&format!("UPDATE {}.job SET context = '{{\"who\": \"me\"}}', timeout_ms = 5", bed.quoted())).await;

    let page = desk.browser.get(&format!("/jobs/{id}/copy")).await;
    let answer = desk.browser.post("/jobs/new", &filled(&page, &[("delay", "2h")])).await;

    let (job, copied) = (desk.console.job(id).await.unwrap(), job_at(&desk, &answer).await);
    assert_ne!(job.id, copied.id);
    assert_eq!((copied.state, copied.payload, copied.context), (JobState::Scheduled, job.payload, job.context));
    assert_eq!((copied.queue, copied.priority, copied.tags), (job.queue, job.priority, job.tags));
    assert_eq!((copied.timeout_ms, (copied.run_at - copied.created_at).num_minutes()), (Some(5), 120));
}

#[tokio::test]
async fn a_job_is_written_down_from_nothing() {
    let desk = Desk::new().await;

    let list = desk.browser.get("/jobs").await;
    let page = desk.browser.get("/jobs/new").await;
    let refused = desk.browser.post("/jobs/new", &filled(&page, &[])).await;
    let form = filled(&page, &[("kind", "tidy"), ("payload", "{\"big\": 9007199254740993}")]);
    let answer = desk.browser.post("/jobs/new", &form).await;

    assert!(list.attributes("href").contains(&"jobs/new".to_owned()), "{}", list.body);
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let job = job_at(&desk, &answer).await;
    assert_eq!((&*job.kind, job.payload.to_string()), ("tidy", "{\"big\":9007199254740993}".to_owned()));
    assert_eq!(job.state, JobState::Enqueued);
}

#[tokio::test]
async fn a_job_that_runs_or_is_over_is_not_edited_but_a_dead_one_is() {
    let desk = Desk::new().await;
    let cancelled = desk.client.enqueue(welcome("ana")).await.unwrap();
    desk.console.cancel(cancelled, None).await.unwrap();
    let dead = desk.client.enqueue(welcome("bea")).await.unwrap();
    desk.console.act(&Action::Discard { reason: None }, &[dead]).await.unwrap();

    let refused = desk.browser.get(&format!("/jobs/{cancelled}/edit")).await;
    let page = desk.browser.get(&format!("/jobs/{dead}/edit")).await;
    let answer = desk.browser.post(&format!("/jobs/{dead}/edit"), &filled(&page, &[("queue", "slow")])).await;

    assert_eq!((refused.status, page.status), (StatusCode::CONFLICT, StatusCode::OK));
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(desk.console.job(dead).await.unwrap().queue, "slow");
}

#[tokio::test]
async fn secrets_survive_an_edit_and_a_copy_unseen_but_do_not_change_their_kind() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let desk = Desk::of(&tower);
    let id = desk.client.schedule(welcome("ana")).in_hours(1).await.unwrap();
    let secret = json!({ "user": "ana", "token": "hush" });
    bed.execute(&format!("UPDATE {}.job SET payload = '{secret}'", bed.quoted())).await;
    let path = format!("/jobs/{id}/edit");
    let shown = "{\"user\": \"bea\", \"token\": \"[redacted]\"}";

    let page = desk.browser.get(&path).await;
    let download = desk.browser.get(&format!("/jobs/{id}/record.json")).await;
    desk.browser.post(&path, &filled(&page, &[("payload", shown)])).await;
    let copy = desk.browser.get(&format!("/jobs/{id}/copy")).await;
    let same = desk.browser.post("/jobs/new", &filled(&copy, &[("payload", shown)])).await;
    let other = desk.browser.post("/jobs/new", &filled(&copy, &[("payload", shown), ("kind", "tidy")])).await;

    assert!(!page.body.contains("hush") && !copy.body.contains("hush") && !download.body.contains("hush"));
    for form in [&page, &copy] {
        assert!(form.body.contains("What is [redacted] stays as it is stored"), "{}", form.body);
    }
    let stored = json!({ "user": "bea", "token": "hush" });
    assert_eq!(desk.console.job(id).await.unwrap().payload, stored);
    assert_eq!(job_at(&desk, &same).await.payload, stored);
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert!(
        other.body.contains("write down token, or take it out") && other.body.contains("value=\"tidy\""),
        "{}",
        other.body
    );
}

#[tokio::test]
async fn who_may_only_look_gets_no_form() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let id = tower.client().enqueue(welcome("ana")).await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback().read_only()));

    for path in [format!("/jobs/{id}/edit"), format!("/jobs/{id}/copy"), "/jobs/new".to_owned()] {
        assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(browser.post("/jobs/new", "kind=tidy").await.status, StatusCode::FORBIDDEN);
}
