//! The doctor's page: what is wrong comes first, also for those who may only look, and as a file.

use axum::http::StatusCode;
use serde_json::Value;
use task_tower_ui::{Access, router};

use crate::api;
use crate::browser::{Browser, Desk, welcome};
use crate::support::TestBed;

#[tokio::test]
async fn a_problem_comes_first_with_its_reason_and_its_remedy() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("fax & co").await.unwrap();

    let page = desk.browser.get("/doctor").await;

    assert_eq!(page.status, StatusCode::OK);
    let first = &page.body[page.body.find("<li class=\"check").unwrap()..];
    let first = &first[..first.find("</li>").unwrap()];
    assert!(first.starts_with("<li class=\"check problem\">"), "{first}");
    assert!(first.contains("No worker lives") && first.contains("1 job is due and waits."), "{first}");
    assert!(first.contains("Start one: <code>tower.run().await?</code>"), "{first}");
    assert!(page.body.contains("1 problem, "), "{}", page.body);
    assert!(page.body.contains("<a href=\"jobs?q=queue:%22fax%20%26%20co%22\""), "{}", page.body);
    assert!(page.body.contains("1 job, oldest "), "{}", page.body);
}

#[tokio::test]
async fn a_number_that_was_counted_up_to_a_limit_says_so() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    bed.query("SELECT tower.enqueue('letter', '{}', queue => 'fax') FROM generate_series(1, 1001)", &[]).await;

    let page = desk.browser.get("/doctor").await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let told = api::get(&desk.browser, "/doctor").await;

    assert_eq!(counted(&told["queues_without_worker"]), [("fax", 1_000, true), ("mail", 1, false)]);
    assert_eq!(counted(&told["kinds_without_worker"]), [("letter", 1_000, true), ("send_welcome", 1, false)]);
    assert!(page.body.contains("1,000+ jobs are due and wait."), "{}", page.body);
    assert_eq!(page.body.matches("1,000+ jobs, oldest ").count(), 2, "{}", page.body);
}

/// What the API tells of those that nobody takes: name, jobs, and whether there may be more; by name.
fn counted(waiting: &Value) -> Vec<(&str, u64, bool)> {
    let each = waiting.as_array().unwrap().iter();
    let mut counted: Vec<_> = each
        .map(|one| (one["name"].as_str().unwrap(), one["jobs"].as_u64().unwrap(), one["at_least"].as_bool().unwrap()))
        .collect();
    counted.sort_unstable();
    counted
}

#[tokio::test]
async fn the_course_of_the_oldest_transaction_is_drawn_where_it_was_sampled() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    let before = desk.browser.get("/doctor").await;
    let sql = "INSERT INTO tower.depth (at, queue, oldest_transaction_ms)
               SELECT date_trunc('minute', now() - make_interval(mins => minute), 'UTC'), '', (40 - minute) * 60000
               FROM generate_series(1, 39) AS sampled (minute)";
    bed.query(sql, &[]).await;

    let page = desk.browser.get("/doctor").await;
    let told = api::get(&desk.browser, "/doctor").await;

    assert!(!before.body.contains("doctor-course"), "{}", before.body);
    assert!(
        page.body.contains("<p class=\"note\">39 min 00 s at the most within the last hour</p><svg class=\"spark \""),
        "{}",
        page.body
    );
    let course = told["oldest_transaction_course_ms"].as_array().unwrap();
    assert_eq!((course.len(), course.iter().filter(|minute| minute.is_u64()).count()), (60, 39));
}

#[tokio::test]
async fn an_empty_database_has_its_tables_and_nobody_who_waits() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/doctor").await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("<li class=\"check problem\">"), "{}", page.body);
    for table in ["job", "history_completed", "worker"] {
        assert!(page.body.contains(&format!("<td><code>{table}</code>")), "{table}: {}", page.body);
    }
    assert!(page.body.contains("more passed checks</summary>"), "{}", page.body);
    assert!(page.body.contains("No worker lives"), "{}", page.body);
}

#[tokio::test]
async fn who_may_only_look_sees_the_same() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let viewer = Browser::new(router(tower.console(), Access::loopback().read_only()));

    let page = viewer.get("/doctor").await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("No worker lives"), "{}", page.body);
}

#[tokio::test]
async fn the_report_can_be_copied_and_downloaded_without_a_script() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/doctor").await;
    let file = desk.browser.get("/doctor.txt").await;

    assert!(page.body.contains("<textarea class=\"report-text\" readonly"), "{}", page.body);
    assert!(page.attributes("href").contains(&"doctor.txt".to_owned()), "{}", page.body);
    assert!(page.attributes("href").contains(&"#report".to_owned()), "{}", page.body);
    assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"doctor.txt\"");
    assert!(file.body.contains("\nWARNING  No worker lives") || file.body.starts_with("WARNING"), "{}", file.body);
}

#[tokio::test]
async fn a_hostile_name_stays_a_name() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("<b>\"'&").await.unwrap();

    let page = desk.browser.get("/doctor").await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("<b>"), "{}", page.body);
}
