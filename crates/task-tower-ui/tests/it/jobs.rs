//! The list of jobs.

mod acting;
mod filtering;
mod paging;

use axum::http::StatusCode;
use task_tower::{JobError, JobId};

use crate::browser::{Answer, Browser, Desk, SendWelcome, welcome};
use crate::support::{TestBed, until};

/// The jobs on the page, in its order.
fn listed(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.attributes("data-row-id")
}

fn ids(ids: &[JobId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// The texts between this piece of a page and the next tag.
fn texts<'a>(page: &'a Answer, before: &str) -> Vec<&'a str> {
    page.body.split(before).skip(1).map(|piece| piece.split('<').next().unwrap()).collect()
}

/// Where all links with this text or label lead to.
fn link(page: &Answer, text: &str) -> String {
    let links = page.body.split("<a ").skip(1).filter(|piece| {
        let (attributes, rest) = piece.split_once('>').unwrap();
        let label = format!("aria-label=\"{text}\"");
        attributes.contains(&label) || rest.split("</a>").next().unwrap().contains(text)
    });
    let links: Vec<&str> =
        links.map(|piece| piece.split_once("href=\"").unwrap().1.split('"').next().unwrap()).collect();
    assert!(!links.is_empty() && links.iter().all(|link| *link == links[0]), "{text}: {links:?} in {}", page.body);
    format!("/{}", links[0].replace("&#38;", "&"))
}

#[tokio::test]
async fn an_empty_database_says_how_to_enqueue_the_first_job() {
    let desk = Desk::new().await;

    let page = desk.browser.get("/jobs").await;

    assert_eq!(listed(&page), ids(&[]));
    assert!(page.body.contains("client().enqueue(") && !page.body.contains("panel-foot"), "{}", page.body);
}

#[tokio::test]
async fn jobs_are_listed_by_the_name_that_people_gave_their_kind() {
    let idle = async |_: SendWelcome| Ok::<_, JobError>(());
    let builder = TestBed::new().await.builder().queues(["elsewhere"]);
    let tower = builder.job_with(idle, |config| config.display_name("Welcome & hello")).build().await.unwrap();
    let desk = Desk::of(&tower);
    desk.client.enqueue(welcome("ana")).await.unwrap();
    let named = " title=\"send_welcome\">Welcome &#38; hello</a>";
    let kind_name = async || desk.browser.get("/jobs").await.body.contains(named);

    let unnamed = kind_name().await;
    let running = tower.start().unwrap();

    until("the worker has told the name", kind_name).await;
    assert!(!unnamed);
    running.stop().await;
}

#[tokio::test]
async fn arguments_are_names_and_values_and_attempts_are_counted() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("<ana>")).max_retries(4).await.unwrap();

    let page = desk.browser.get("/jobs").await;

    assert!(page.body.contains("<b>user</b>: &#34;&#60;ana&#62;&#34;</td>"), "{}", page.body);
    assert_eq!(texts(&page, "data-unit=\"attempts\">"), ["0/5"]);
}

#[tokio::test]
async fn the_address_says_which_columns_there_are() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").tags(["vip"]).await.unwrap();

    let usual = desk.browser.get("/jobs?q=queue:mail").await;
    let with_tags = desk.browser.get(&link(&usual, "</svg>Tags")).await;
    let without_queue = desk.browser.get(&link(&with_tags, "</svg>Queue")).await;

    let has = |page: &Answer, column: &str| page.body.contains(&format!("<th scope=\"col\">{column}</th>"));
    assert!(has(&usual, "Queue") && !has(&usual, "Tags") && !usual.body.contains(">vip</a>"), "{}", usual.body);
    assert!(has(&with_tags, "Queue") && has(&with_tags, "Tags"), "{}", with_tags.body);
    assert!(!has(&without_queue, "Queue") && has(&without_queue, "Tags"), "{}", without_queue.body);
    let narrowed = desk.browser.get(&link(&without_queue, "vip")).await;
    assert!(has(&narrowed, "Tags") && narrowed.body.contains("<b>tag:</b>vip"), "{}", narrowed.body);
}

#[tokio::test]
async fn who_may_only_look_has_nothing_to_press() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let access = task_tower_ui::Access::loopback().read_only();
    let viewer = Browser::new(task_tower_ui::router(tower.console(), access));
    let id = tower.client().enqueue(welcome("ana")).await.unwrap();

    let page = viewer.get("/jobs").await;
    let answer = viewer.post("/jobs/act", &format!("id={id}&action=delete")).await;

    assert_eq!(listed(&page), ids(&[id]));
    for absent in ["type=\"checkbox\"", "jobs/act", "operations/new", "name=\"action\""] {
        assert!(!page.body.contains(absent), "{absent} in {}", page.body);
    }
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
