//! The list of jobs.

use axum::http::StatusCode;
use task_tower::{JobError, JobId};

use crate::browser::{Answer, Desk, SendWelcome, welcome};
use crate::support::{TestBed, until};

/// The jobs on the page, in its order.
fn listed(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.attributes("href").iter().filter_map(|link| link.strip_prefix("jobs/")).map(str::to_owned).collect()
}

fn ids(ids: &[JobId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn an_empty_database_says_how_to_enqueue_the_first_job() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/jobs").await;

    assert_eq!(listed(&page), ids(&[]));
    assert!(page.body.contains("client.enqueue("), "{}", page.body);
}

#[tokio::test]
async fn jobs_are_found_by_state_queue_kind_and_tag() {
    let desk = Desk::new().await;
    let mail = desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let vip = desk.client.enqueue(welcome("bea")).tags(["vip"]).await.unwrap();
    let later = desk.client.schedule(welcome("cas")).in_hours(1).await.unwrap();
    let gone = desk.client.enqueue(welcome("dan")).to_queue("mail").await.unwrap();
    desk.console.cancel(gone, None).await.unwrap();

    let expectations = [
        ("/jobs", ids(&[gone, later, vip, mail])),
        ("/jobs?state=enqueued", ids(&[vip, mail])),
        ("/jobs?state=scheduled", ids(&[later])),
        ("/jobs?queue=mail", ids(&[gone, mail])),
        ("/jobs?queue=%20mail%20&state=", ids(&[gone, mail])),
        ("/jobs?queue=mail&state=cancelled", ids(&[gone])),
        ("/jobs?tag=vip", ids(&[vip])),
        ("/jobs?kind=send_welcome&tag=vip", ids(&[vip])),
        ("/jobs?kind=other", ids(&[])),
    ];

    for (path, expected) in expectations {
        assert_eq!(listed(&desk.browser.get(path).await), expected, "{path}");
    }
}

#[tokio::test]
async fn jobs_are_listed_by_the_name_that_people_gave_their_kind() {
    let idle = async |_: SendWelcome| Ok::<_, JobError>(());
    let builder = TestBed::new().await.builder().queues(["elsewhere"]);
    let tower = builder.job_with(idle, |config| config.display_name("Welcome & hello")).build().await.unwrap();
    let desk = Desk::of(&tower);
    desk.client.enqueue(welcome("ana")).await.unwrap();
    let kind_name =
        async || desk.browser.get("/jobs").await.body.contains(" title=\"send_welcome\">Welcome &#38; hello</a>");

    let unnamed = kind_name().await;
    let running = tower.start().unwrap();

    until("the worker has told the name", kind_name).await;
    assert!(!unnamed);
    running.stop().await;
}

#[tokio::test]
async fn the_tabs_tell_how_many_jobs_are_in_each_state_and_keep_the_filter() {
    let desk = Desk::new().await;
    desk.client.enqueue_all((0..12).map(|number| welcome(&number.to_string()))).await.unwrap();
    desk.client.schedule(welcome("later")).in_hours(1).await.unwrap();

    let page = desk.browser.get("/jobs?queue=a%26b&state=dead").await;

    let counts: Vec<&str> =
        page.body.split("class=\"count\">").skip(1).map(|piece| piece.split('<').next().unwrap()).collect();
    assert_eq!(counts, ["1", "12", "0", "0", "0", "0", "0"]);
    assert!(page.attributes("href").contains(&"jobs?state=failed&queue=a%26b".to_owned()), "{}", page.body);
}

#[tokio::test]
async fn more_than_ten_thousand_are_not_counted_further() {
    let desk = Desk::new().await;
    desk.client.enqueue_all((0..10_050).map(|_| welcome("ana"))).await.unwrap();

    let page = desk.browser.get("/jobs").await;

    assert!(page.body.contains("class=\"count\">10,000+<"), "{}", page.body);
}

#[tokio::test]
async fn going_to_older_pages_shows_every_job_once() {
    let desk = Desk::new().await;
    let mut expected = ids(&desk.client.enqueue_all((0..120).map(|_| welcome("ana"))).to_queue("mail").await.unwrap());
    desk.client.enqueue(welcome("other")).await.unwrap();
    let (mut path, mut seen) = ("/jobs?queue=mail".to_owned(), Vec::new());

    loop {
        let page = desk.browser.get(&path).await;
        seen.extend(listed(&page));
        let links = page.attributes("href");
        let Some(older) = links.iter().find(|link| link.contains("after=")) else { break };
        path = format!("/{older}");
    }

    expected.sort_unstable();
    expected.reverse();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_the_address_asks_for_and_nothing_can_answer_is_refused() {
    let desk = Desk::new().await;

    for path in
        ["/jobs?state=lost", "/jobs?after=17", "/jobs?queue=a%00b", "/jobs?tag=a%0Ab", "/jobs?state=dead&state=dead"]
    {
        let answer = desk.browser.get(path).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.body.contains("That cannot be read"), "{path}: {}", answer.body);
    }
}
