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
