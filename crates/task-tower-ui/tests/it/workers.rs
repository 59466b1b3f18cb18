//! The workers.

use task_tower::JobError;

use crate::browser::{Desk, SendWelcome};
use crate::support::{TestBed, until};

async fn send_welcome(_job: SendWelcome) -> Result<(), JobError> {
    Ok(())
}

#[tokio::test]
async fn a_worker_is_listed_while_it_lives_and_after_it_stopped() {
    let tower = TestBed::new().await.builder().job(send_welcome).build().await.unwrap();
    let desk = Desk::of(&tower);
    let running = tower.start().unwrap();
    until("the worker is known", async || !desk.console.workers().await.unwrap().is_empty()).await;

    let alive = desk.browser.get("/workers").await.body;
    running.stop().await;
    let stopped = desk.browser.get("/workers").await.body;

    assert!(alive.contains(&format!(":{}</code>", std::process::id())) && alive.contains("of 8"), "{alive}");
    assert!(stopped.contains(">stopped<"), "{stopped}");
}

#[tokio::test]
async fn without_workers_the_page_says_that_jobs_wait() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/workers").await;

    assert!(page.body.contains("No worker has run"), "{}", page.body);
}
