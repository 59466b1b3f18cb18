//! What a reader may choose: it holds for this browser, on every page.

use axum::Router;
use axum::http::StatusCode;
use task_tower::JobState;
use task_tower_ui::{Access, router};

use crate::browser::{Answer, Browser, Desk, from_this_machine, welcome};
use crate::support::TestBed;

async fn with_cookie(browser: &Browser, path: &str, cookie: &str) -> Answer {
    browser.send(from_this_machine("GET", path).header("cookie", cookie), "").await
}

/// What the browser sends back of it.
fn cookie(answer: &Answer) -> String {
    let header = answer.headers["set-cookie"].to_str().unwrap();
    header.split(';').next().unwrap().to_owned()
}

/// The times of a page as people and as machines read them.
fn times(page: &Answer) -> Vec<(String, String)> {
    let pieces = page.body.split("<time ").skip(1);
    let told = |piece: &str| piece.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned();
    pieces.map(|piece| (told(piece), piece.split('"').nth(1).unwrap().to_owned())).collect()
}

#[tokio::test]
async fn what_was_chosen_is_kept_for_a_year_under_the_mount_and_holds_on_every_page() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(Router::new().nest("/a/b", router(tower.console(), Access::loopback())));

    let answer =
        browser.post("/a/b/settings", "theme=dark&density=compact&zone=Asia%2FTokyo&keys=off&motion=reduced").await;
    let page = with_cookie(&browser, "/a/b/jobs", &format!("other=1; {}", cookie(&answer))).await;

    let header = answer.headers["set-cookie"].to_str().unwrap();
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "./settings"));
    assert!(header.ends_with("; Path=/a/b; Max-Age=31536000; SameSite=Strict"), "{header}");
    for attribute in
        ["data-theme=\"dark\"", "data-density=\"compact\"", "data-keys=\"off\"", "data-motion=\"reduced\"", "UTC+9"]
    {
        assert!(page.body.contains(attribute), "{attribute} is not in {}", page.body);
    }
}

#[tokio::test]
async fn a_form_that_asks_for_one_thing_leaves_the_others_and_goes_back_to_its_page() {
    let desk = Desk::new().await;
    let first = desk.browser.post("/settings", "theme=dark").await;
    let request = from_this_machine("POST", "/settings").header("sec-fetch-site", "same-origin");

    let second =
        desk.browser.send(request.header("cookie", cookie(&first)), "zone=Asia%2FTokyo&back=jobs%3Fstate%3Ddead").await;

    assert_eq!(second.location(), "./jobs?state=dead");
    assert!(cookie(&second).contains("theme=dark") && cookie(&second).contains("zone=Asia/Tokyo"), "{second:?}");
}

#[tokio::test]
async fn a_zone_that_is_none_is_refused() {
    let desk = Desk::new().await;

    let answer = desk.browser.post("/settings", "zone=Atlantis%2FMain").await;

    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
}

#[tokio::test]
async fn the_settings_show_what_holds() {
    let desk = Desk::new().await;

    let page = with_cookie(&desk.browser, "/settings", "task-tower-settings=zone=Europe/Berlin&times=relative").await;

    assert!(page.body.contains("selected>Europe/Berlin<"), "{}", page.body);
    assert!(page.body.contains("value=\"relative\" checked"), "{}", page.body);
}

#[tokio::test]
async fn who_may_only_look_may_still_choose() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let browser = Browser::new(router(tower.console(), Access::loopback().read_only()));

    let answer = browser.post("/settings", "theme=dark").await;

    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_zone_changes_every_time_alike_and_no_instant() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    let id = desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    desk.console.pause_queue("mail", None).await.unwrap();
    desk.console.cancel(id, None).await.unwrap();
    assert_eq!(desk.console.job(id).await.unwrap().state, JobState::Cancelled);

    for path in ["/jobs", &format!("/jobs/{id}"), "/queues"] {
        // Half an hour beside the full one: no time can be the same by chance.
        let here = times(&with_cookie(&desk.browser, path, "task-tower-settings=times=exact").await);
        let there = times(&with_cookie(&desk.browser, path, "task-tower-settings=times=exact&zone=Asia/Kolkata").await);

        assert!(!here.is_empty(), "{path}");
        assert_eq!(here.len(), there.len(), "{path}");
        for ((told_here, instant_here), (told_there, instant_there)) in here.iter().zip(&there) {
            assert_eq!(instant_here, instant_there, "{path}");
            assert_ne!(told_here, told_there, "{path}");
        }
    }
}
