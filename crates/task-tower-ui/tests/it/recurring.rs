//! The pages of recurring jobs, and what their buttons do.

use axum::http::StatusCode;
use serde_json::json;
use task_tower::{RecurringDraft, RecurringRecord};
use task_tower_ui::{Access, Permission, Permissions, Scope, router};

use crate::browser::{Browser, Desk, welcome};

fn nightly(name: &str) -> RecurringDraft {
    RecurringDraft {
        name: name.to_owned(),
        kind: "send_welcome".to_owned(),
        payload: json!({ "user": "ana", "password": "hunter2" }),
        expression: "30 2 * * *".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        ..RecurringDraft::default()
    }
}

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.console.add_recurring(&nightly("nightly")).await.unwrap();
    desk
}

async fn record(desk: &Desk, name: &str) -> RecurringRecord {
    desk.console.recurring_job(name).await.unwrap().recurring
}

#[tokio::test]
async fn the_list_tells_when_each_comes_and_what_became_of_the_last_time() {
    let desk = desk().await;
    desk.console.add_recurring(&RecurringDraft { queue: Some("mail".to_owned()), ..nightly("a/b & c") }).await.unwrap();
    desk.console.pause_recurring("a/b & c", None, Some("closed")).await.unwrap();
    desk.console.run_recurring_now("nightly").await.unwrap();

    let page = desk.browser.get("/recurring").await;
    let found = desk.browser.get("/recurring?q=MAIL").await;
    let paused = desk.browser.get("/recurring?status=paused").await;
    let none = desk.browser.get("/recurring?q=nothing").await;

    for words in
        ["At 02:30", "30 2 * * *", "Europe/Berlin", "Paused by", "closed", "Enqueued", "recurring/a%2Fb%20%26%20c"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    for page in [found, paused] {
        assert!(
            page.body.contains("recurring/a%2Fb") && !page.body.contains("href=\"recurring/nightly\""),
            "{}",
            page.body
        );
    }
    assert!(none.body.contains("No schedule has that"), "{}", none.body);
}

#[tokio::test]
async fn the_list_shows_the_last_times_of_each_at_a_glance() {
    let desk = desk().await;
    let ids = [
        desk.console.run_recurring_now("nightly").await.unwrap(),
        desk.console.run_recurring_now("nightly").await.unwrap(),
    ];
    desk.console.discard(ids[0], None).await.unwrap();
    desk.console.add_recurring(&nightly("never yet")).await.unwrap();

    let page = desk.browser.get("/recurring").await;

    assert_eq!(page.body.matches("class=\"beads\"").count(), 1, "{}", page.body);
    for words in [
        "Last 2 times: 0 completed, 1 failed or dead",
        "solid dead",
        "solid enqueued",
        "not yet",
        "recurring/nightly/skip",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
}

#[tokio::test]
async fn the_tabs_tell_how_many_fail_and_are_paused_and_show_them() {
    let desk = desk().await;
    for name in ["broken", "other broken", "closed"] {
        desk.console.add_recurring(&nightly(name)).await.unwrap();
    }
    for name in ["broken", "other broken"] {
        let id = desk.console.run_recurring_now(name).await.unwrap();
        desk.console.discard(id, None).await.unwrap();
    }
    desk.console.pause_recurring("closed", None, None).await.unwrap();

    let page = desk.browser.get("/recurring").await;
    let failing = desk.browser.get("/recurring?status=failing").await;
    let narrowed = desk.browser.get("/recurring?status=failing&q=other").await;
    let none = desk.browser.get("/recurring?status=failing&q=nightly").await;
    let told = desk.browser.get("/api/v1/recurring?failing=true").await;
    let others = desk.browser.get("/api/v1/recurring?failing=false&paused=false").await;

    for tab in [
        "<a class=\"button\" href=\"recurring\" aria-current=\"true\">All 4</a>",
        "<a class=\"button\" href=\"recurring?status=failing\">Failing 2</a>",
        "<a class=\"button\" href=\"recurring?status=paused\">Paused 1</a>",
    ] {
        assert!(page.body.contains(tab), "{tab}: {}", page.body);
    }
    assert!(
        failing.body.contains("recurring/broken\"") && !failing.body.contains("recurring/closed\""),
        "{}",
        failing.body
    );
    assert!(narrowed.body.contains("\" aria-current=\"true\">Failing 1</a>"), "{}", narrowed.body);
    assert!(
        narrowed.body.contains("name=\"status\" value=\"failing\""),
        "what is typed stays on this tab: {}",
        narrowed.body
    );
    assert!(none.body.contains("No schedule has that"), "{}", none.body);
    assert!(told.body.contains("\"other broken\"") && !told.body.contains("\"closed\""), "{}", told.body);
    assert!(others.body.contains("\"nightly\"") && !others.body.contains("\"closed\""), "{}", others.body);
}

#[tokio::test]
async fn its_page_tells_last_and_next_times_and_hides_secrets() {
    let desk = desk().await;
    let id = desk.console.run_recurring_now("nightly").await.unwrap();

    let page = desk.browser.get("/recurring/nightly").await;
    let job = desk.browser.get(&format!("/jobs/{id}")).await;
    let jobs = desk.browser.get("/jobs?q=recurring:nightly").await;

    assert_eq!(page.body.matches(":30:00</code>").count(), 10, "{}", page.body);
    assert!(page.body.contains("by hand") && page.body.contains(&id.short()), "{}", page.body);
    assert!(page.body.contains("ana") && !page.body.contains("hunter2"), "{}", page.body);
    assert!(job.body.contains("href=\"../recurring/nightly\""), "{}", job.body);
    assert!(jobs.body.contains(&id.to_string()), "{}", jobs.body);
    assert_eq!(desk.browser.get("/recurring/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn times_that_a_change_of_the_clock_moves_are_told_in_words() {
    let desk = Desk::new().await;
    let explain = async |query: &str| desk.browser.get(&format!("/recurring-explain?{query}")).await.body;

    // Twelve times a year, some of them on the days on which the clocks of Berlin are changed.
    let told = explain("expression=30+2+25-31+3,10+SUN&zone=Europe/Berlin").await;
    let wrong = explain("expression=0+25+*+*+*").await;
    let nowhere = explain("expression=@daily&zone=Europe/Berln").await;

    assert!(told.contains("At 02:30"), "{told}");
    assert!(wrong.contains("hour 25 is not within 0 to 23") && wrong.contains("0 25 * * *\n  ^"), "{wrong}");
    assert!(nowhere.contains("<code>Europe/Berlin</code>"), "{nowhere}");
}

#[tokio::test]
async fn its_buttons_run_skip_pause_resume_and_remove_it() {
    let desk = desk().await;
    let post = async |deed: &str, form: &str| desk.browser.post(&format!("/recurring/nightly/{deed}"), form).await;

    let ran = post("run", "back=recurring").await;
    assert_eq!((ran.status, ran.location()), (StatusCode::SEE_OTHER, "../../recurring"));
    assert_eq!(post("skip", "").await.location(), "../../recurring/nightly");
    assert!(record(&desk, "nightly").await.skips_next);
    post("unskip", "").await;
    assert!(!record(&desk, "nightly").await.skips_next);
    post("pause", "until=2099-01-01T12:00&reason=closed").await;
    let paused = record(&desk, "nightly").await;
    assert_eq!(paused.paused_reason.as_deref(), Some("closed"));
    assert_eq!(paused.paused_until.unwrap().to_rfc3339(), "2099-01-01T12:00:00+00:00");
    post("resume", "").await;
    assert!(record(&desk, "nightly").await.paused_at.is_none());
    assert_eq!(post("resume", "").await.status, StatusCode::CONFLICT);
    assert_eq!(post("pause", "until=soon").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(post("pause", "until=2001-01-01T12:00").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(post("dance", "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(post("remove", "").await.location(), "../../recurring");
    assert!(desk.console.recurring_job("nightly").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn the_form_adds_one_and_shows_what_is_wrong_beside_its_field() {
    let desk = Desk::new().await;
    let form = "name=early&expression=0+5+*+*+*&zone=Asia/Tokyo&kind=send_welcome&payload=%7B%22user%22%3A%22ana%22%7D&\
                queue=mail&priority=3&max_retries=2&tags=a,+b&timeout=1.5&missed=all&missed_max=4&overlap=queue&jitter=20";

    let empty = desk.browser.get("/recurring-new").await;
    let explained = desk.browser.post("/recurring-new", &format!("{form}&deed=explain")).await;
    let wrong =
        desk.browser.post("/recurring-new", &form.replace("0+5+", "0+25+").replace("priority=3", "priority=x")).await;
    let added = desk.browser.post("/recurring-new", form).await;
    let twice = desk.browser.post("/recurring-new", form).await;

    assert_eq!((empty.status, explained.status), (StatusCode::OK, StatusCode::OK));
    assert!(explained.body.contains("At 05:00"), "{}", explained.body);
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.body.contains("hour 25 is not") && wrong.body.contains("not a whole number"), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"Asia/Tokyo\""), "what was typed stays: {}", wrong.body);
    assert_eq!((added.status, added.location()), (StatusCode::SEE_OTHER, "recurring/early"));
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let record = record(&desk, "early").await;
    assert_eq!((record.queue.as_str(), record.priority, record.max_retries), ("mail", 3, 2));
    assert_eq!((record.timeout_ms, record.jitter_ms), (Some(1_500), 20_000));
    assert_eq!((record.missed.to_string().as_str(), record.overlap.as_str()), ("all:4", "queue"));
    assert_eq!(record.tags, ["a", "b"]);
}

#[tokio::test]
async fn the_form_edits_one_keeps_its_secrets_and_tells_of_a_conflict() {
    let desk = desk().await;
    let page = desk.browser.get("/recurring/nightly/edit").await;
    let revision = record(&desk, "nightly").await.revision;
    let form = format!(
        "expression=@hourly&zone=UTC&kind=send_welcome&revision={revision}&\
         payload=%7B%22user%22%3A%22ben%22%2C%22password%22%3A%22%5Bredacted%5D%22%7D"
    );

    let saved = desk.browser.post("/recurring/nightly/edit", &form).await;
    let stale = desk.browser.post("/recurring/nightly/edit", &form).await;

    assert!(page.body.contains("[redacted]") && !page.body.contains("hunter2"), "{}", page.body);
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "../../recurring/nightly"));
    let record = record(&desk, "nightly").await;
    assert_eq!((record.expression.as_str(), record.zone.as_str()), ("@hourly", "UTC"));
    assert_eq!(record.payload, json!({ "user": "ben", "password": "hunter2" }));
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.body.contains("Somebody has changed this schedule meanwhile"), "{}", stale.body);
}

#[tokio::test]
async fn who_may_only_look_has_no_buttons_and_who_sees_a_part_sees_no_others() {
    let desk = desk().await;
    desk.console.add_recurring(&RecurringDraft { queue: Some("mail".to_owned()), ..nightly("mails") }).await.unwrap();
    let id = desk.console.run_recurring_now("nightly").await.unwrap();
    let reader = Browser::new(router(desk.console.clone(), Access::loopback().read_only()));
    let rest = Permissions::all().without(Permission::ManageRecurring);
    let ben = Browser::new(router(desk.console.clone(), Access::loopback().permissions(rest)));
    let scope = Scope::all().queues(["mail"]);
    let eve = Browser::new(router(desk.console.clone(), Access::loopback().scope(scope)));

    for browser in [&reader, &ben] {
        let page = browser.get("/recurring/nightly").await;
        assert!(page.status == StatusCode::OK && !page.body.contains("nightly/run"), "{}", page.body);
        assert_eq!(browser.post("/recurring/nightly/run", "").await.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.get("/recurring-new").await.status, StatusCode::FORBIDDEN);
    }
    let list = eve.get("/recurring").await;
    assert!(list.body.contains("recurring/mails") && !list.body.contains("nightly"), "{}", list.body);
    for path in ["/recurring/nightly", "/recurring/nightly/edit"] {
        assert_eq!(eve.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(eve.post("/recurring/nightly/run", "").await.status, StatusCode::NOT_FOUND);
    let stray = "name=x&expression=@daily&kind=send_welcome&queue=images&payload=%7B%7D";
    assert_eq!(eve.post("/recurring-new", stray).await.status, StatusCode::FORBIDDEN);
    assert!(desk.console.job(id).await.is_ok());
}

#[tokio::test]
async fn the_overview_tells_what_comes_next() {
    let desk = desk().await;
    desk.client.enqueue(welcome("ana")).await.unwrap();
    for name in ["b", "c", "d", "e", "f"] {
        let draft = RecurringDraft { expression: "every 1 hour".to_owned(), ..nightly(name) };
        desk.console.add_recurring(&draft).await.unwrap();
    }

    let page = desk.browser.get("/overview").await;

    assert!(page.body.contains("Next to recur") && page.body.contains("href=\"recurring/f\""), "{}", page.body);
    assert!(
        !page.body.contains("href=\"recurring/nightly\""),
        "five are shown, the first of them first: {}",
        page.body
    );
}
