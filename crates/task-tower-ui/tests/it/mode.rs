//! A database that takes no changes.

use axum::http::StatusCode;
use task_tower::embedded::Cluster;
use task_tower::{JobState, ReadOnly, TaskTower};
use task_tower_ui::{Access, router};

use crate::browser::{Browser, welcome};
use crate::support::{TestBed, until};

#[tokio::test]
async fn a_database_that_takes_no_changes_is_shown_with_the_reason_and_without_buttons() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let id = tower.client().enqueue(welcome("ana")).await.unwrap();
    let separator = if bed.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}options=-c%20default_transaction_read_only%3Don", bed.url);
    let reader = bed.builder().connection_string(&url).migrate(false).build().await.unwrap();
    let browser = Browser::new(router(reader.console(), Access::loopback()));

    let page = browser.get(&format!("/jobs/{id}")).await;
    let change = browser.post(&format!("/jobs/{id}/cancel"), "").await;

    assert_eq!(reader.console().read_only().await.unwrap(), Some(ReadOnly::Setting));
    assert_eq!(tower.console().read_only().await.unwrap(), None);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("transaction_read_only") && !page.body.contains("/cancel\""), "{}", page.body);
    assert_eq!(change.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(change.body.contains("transaction_read_only"), "{}", change.body);
    assert_eq!(tower.console().job(id).await.unwrap().state, JobState::Enqueued);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_shown_as_one_until_it_is_promoted() {
    let mut primary = Cluster::start().await.unwrap();
    let tower = TaskTower::builder().connection_string(primary.url()).build().await.unwrap();
    let id = tower.client().enqueue(welcome("ana")).await.unwrap();
    let standby = primary.start_standby(Cluster::builder()).await.unwrap();
    let copy = TestBed::at(standby.url(), "task_tower");
    until("the standby has the job", async || copy.number("SELECT count(*) FROM tower.job").await == 1).await;
    let reader = TaskTower::builder().connection_string(standby.url()).migrate(false).build().await.unwrap();
    let browser = || Browser::new(router(reader.console(), Access::loopback()));

    let page = browser().get(&format!("/jobs/{id}")).await;
    let change = browser().post(&format!("/jobs/{id}/cancel"), "").await;
    primary.kill().await.unwrap();
    standby.promote().await.unwrap();
    until("it takes changes", async || reader.console().read_only().await.unwrap().is_none()).await;
    let later = browser().post(&format!("/jobs/{id}/cancel"), "").await;

    assert!(page.body.contains("PostgreSQL is a standby") && !page.body.contains("/cancel\""), "{}", page.body);
    assert_eq!((change.status, later.status), (StatusCode::SERVICE_UNAVAILABLE, StatusCode::SEE_OTHER));
    standby.stop().await.unwrap();
    primary.stop().await.unwrap();
}
