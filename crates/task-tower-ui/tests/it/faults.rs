//! A database that is away.

use axum::http::StatusCode;

use crate::browser::Desk;
use crate::support::TestBed;
use crate::support::proxy::Proxy;

#[tokio::test]
async fn while_the_database_is_away_every_page_says_so_and_comes_back_with_it() {
    let bed = TestBed::new().await;
    let mut way = Proxy::start(&bed.url).await;
    let desk = Desk::of(&bed.builder().connection_string(way.address().text()).build().await.unwrap());
    way.cut().await;

    for path in ["/jobs", "/jobs/0192f0c1-0000-7000-8000-000000000000", "/queues", "/workers"] {
        let answer = desk.browser.get(path).await;

        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.body.contains("The database is away"), "{path}: {}", answer.body);
    }
    let change = desk.browser.post("/queues/pause", "name=mail").await;
    way.mend().await;
    let back = desk.browser.get("/jobs").await;

    assert_eq!(change.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(back.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_there_leads_back_to_its_list() {
    let desk = Desk::new().await;

    for list in ["jobs", "queues", "kinds", "errors", "workers", "operations"] {
        let page = desk.browser.get(&format!("/{list}/0")).await;

        assert!(page.body.contains(&format!("href=\"../{list}\">Back to the {list}</a>")), "{}", page.body);
    }
    let nowhere = desk.browser.get("/nowhere").await;
    assert!(nowhere.body.contains("href=\"./jobs\">Back to the jobs</a>"), "{}", nowhere.body);
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page_and_two_lead_nowhere() {
    let desk = Desk::new().await;

    let jobs = desk.browser.get("/jobs/?q=state:dead").await;
    let job = desk.browser.get("/jobs/x/").await;
    let two = desk.browser.get("/jobs//").await;
    let change = desk.browser.post("/queues/pause/", "name=mail").await;

    assert_eq!((jobs.status, jobs.location()), (StatusCode::SEE_OTHER, "../jobs?q=state:dead"));
    assert_eq!(job.location(), "../x");
    assert_eq!((two.status, change.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn what_axum_cannot_read_is_told_on_a_page() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/queues/%ff").await;

    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.body.contains("<h1>That cannot be read</h1>") && page.body.contains("Back to the queues"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn what_the_library_says_in_fragments_is_a_sentence_on_a_page_and_as_it_is_for_programs() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/queues/nope").await;
    let program = desk.browser.get("/api/v1/queues/nope").await;

    assert!(page.body.contains("<p>Queue nope does not exist.</p>"), "{}", page.body);
    assert!(program.body.contains("\"queue nope does not exist\""), "{}", program.body);
}
