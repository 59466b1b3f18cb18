//! The front page.

use axum::http::StatusCode;
use task_tower_ui::{Access, Scope};

use crate::browser::{Desk, welcome};
use crate::history::{History, with_jobs};
use crate::support::until;

fn has(page: &str, pieces: &[&str]) {
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in pieces {
        assert!(page.contains(piece), "{piece:?} is not on {page}");
    }
}

#[tokio::test]
async fn before_the_first_job_the_page_says_what_to_do() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/overview").await;

    has(&page.body, &["Nothing in the tower yet", "This database has no worker yet", "client.enqueue(SendWelcome"]);
}

#[tokio::test]
async fn a_job_that_waits_without_a_worker_is_the_verdict() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).await.unwrap();

    let page = desk.browser.get("/overview").await;

    has(&page.body, &["<h1>Nothing runs</h1>", "1 job waits</a>, and no <a href=\"workers\">worker</a> is alive"]);
}

#[tokio::test]
async fn what_workers_counted_stands_in_tiles_charts_and_lists() {
    let history = History::new().await;

    let page = history.desk.browser.get("/overview").await;

    has(
        &page.body,
        &[
            "<span class=\"figure\">5</span><span class=\"note\">+5 in 1 h</span>",
            "<span class=\"figure\">3</span><span class=\"note\">+3 in 1 h</span>",
            "<span class=\"completed\">Completed <b>5</b></span>",
            "<span class=\"failed\">Failed <b>1</b></span>",
            "<span class=\"dead\">Dead <b>3</b></span>",
            "<b>55.5%</b>",
            "no answer within &#60;n&#62; s",
            "2 unresolved",
            "href=\"kinds/resize%20%3Cimage%3E\"",
        ],
    );
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}

#[tokio::test]
async fn an_error_that_came_within_the_hour_is_new_and_one_that_was_there_before_is_not() {
    let history = History::new().await;
    let new =
        async || history.desk.browser.get("/overview").await.body.matches("<span class=\"tag new\">new</span>").count();
    let young = new().await;
    let sql = "UPDATE tower.error_group SET first_seen_at = now() - interval '2 h' WHERE message LIKE 'no answer%'";
    history.bed.query(sql, &[]).await;

    let left = new().await;

    assert_eq!((young, left), (2, 1));
}

#[tokio::test]
async fn a_worker_that_lives_makes_the_tower_well() {
    let history = History::new().await;
    let running = with_jobs(history.bed.builder()).build().await.unwrap().start().unwrap();
    until("the worker is known", async || {
        history.console().workers().await.unwrap().iter().any(|worker| worker.ended_at.is_none())
    })
    .await;

    let page = history.desk.browser.get("/overview").await;
    running.stop().await;

    has(&page.body, &["<h1>All is well</h1>", "1 worker is alive</a>", "1 of 1 alive", "0/8"]);
}

#[tokio::test]
async fn a_new_version_is_a_line_across_the_throughput_as_long_as_the_window_goes_back() {
    let history = History::new().await;
    let sql = "INSERT INTO tower.deploy (app_version, first_at) SELECT version, now() - age::interval
               FROM (VALUES ('2026.11 <3>', '20 min'), ('older-than-an-hour-and-with-a-long-name', '5 h')) AS known (version, age)";
    history.bed.query("DELETE FROM tower.deploy", &[]).await;
    history.bed.query(sql, &[]).await;

    let (hour, day) =
        (history.desk.browser.get("/overview").await, history.desk.browser.get("/overview?window=24h").await);

    has(
        &hour.body,
        &["<text class=\"mark-word end\"", " deploy 2026.11 &#60;3&#62;</text>", "aria-label=\"Throughput; "],
    );
    assert!(!hour.body.contains("older-than"), "{}", hour.body);
    has(&day.body, &[" deploy older-than-an-hour-…</title><line class=\"mark\""]);
    assert_eq!(day.body.matches("class=\"mark-word").count(), 1, "words that would stand on others are not drawn");
}

#[tokio::test]
async fn each_window_is_a_link_and_an_unknown_one_is_the_last_hour() {
    let history = History::new().await;

    for (asked, title) in
        [("6h", "Last 6 hours"), ("24h", "Last 24 hours"), ("7d", "Last 7 days"), ("%3Cb%3E", "Last hour")]
    {
        let page = history.desk.browser.get(&format!("/overview?window={asked}")).await;

        has(&page.body, &[title, "<span class=\"completed\">Completed <b>5</b></span>"]);
        assert_eq!(page.body.matches("aria-current=\"true\"").count(), 1, "{asked}");
    }
}

#[tokio::test]
async fn who_sees_a_part_of_the_jobs_is_not_told_of_the_rest() {
    let history = History::new().await;
    let browser = history.browser(Access::loopback().scope(Scope::all().queues(["images"]).kinds(["resize*"])));

    let page = browser.get("/overview").await;

    has(&page.body, &["<span class=\"figure\">2</span>", "resize &#60;image&#62;"]);
    for hidden in ["charge_card", "critical", "no answer", "Throughput", "unresolved"] {
        assert!(!page.body.contains(hidden), "{hidden} is on {}", page.body);
    }
}

#[tokio::test]
async fn who_may_only_look_sees_the_same() {
    let history = History::new().await;
    let browser = history.browser(Access::loopback().read_only());

    let page = browser.get("/overview").await;

    assert_eq!(page.status, StatusCode::OK);
    has(&page.body, &["Completed <b>5</b>", "Read-only."]);
}
