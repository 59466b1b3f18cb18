//! Pages are told that something changed, and ask again for what has.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use futures_util::StreamExt;

use crate::api::get;
use crate::browser::{Desk, from, from_this_machine, welcome};
use crate::support::TestBed;

/// As long as no test should ever wait.
const PATIENCE: Duration = Duration::from_secs(30);
const GUESTS_MAX: usize = 64;

/// One who listens to a stream of events.
struct Ear {
    stream: BodyDataStream,
    heard: String,
}

#[derive(Debug, PartialEq)]
struct Word {
    name: String,
    id: String,
    data: String,
}

impl Ear {
    async fn at(desk: &Desk, last: Option<&str>) -> Self {
        Self::to(desk, "/events", last).await
    }

    async fn to(desk: &Desk, path: &str, last: Option<&str>) -> Self {
        let request = from_this_machine("GET", path);
        let request = last.into_iter().fold(request, |request, id| request.header("last-event-id", id));
        let response = desk.browser.open(request).await;
        assert_eq!(response.status(), StatusCode::OK);
        Self::on(response.into_body())
    }

    fn on(body: Body) -> Self {
        Self { stream: body.into_data_stream(), heard: String::new() }
    }

    /// The next event.
    async fn hear(&mut self) -> Word {
        loop {
            if let Some((event, rest)) = self.heard.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.heard = rest;
                if let Some(word) = Word::read(&event) {
                    return word;
                }
                continue;
            }
            let piece = tokio::time::timeout(PATIENCE, self.stream.next()).await.unwrap().unwrap().unwrap();
            self.heard.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

impl Word {
    fn read(event: &str) -> Option<Self> {
        let field = |name: &str| {
            let lines = event.lines().filter_map(|line| line.split_once(": "));
            lines.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
        };
        Some(Self { name: field("event")?, id: field("id")?, data: field("data")? })
    }
}

#[tokio::test]
async fn a_job_that_comes_is_told_without_a_word_about_it() {
    let desk = Desk::new().await;
    let mut ear = Ear::at(&desk, None).await;
    assert_eq!(ear.hear().await.name, "hello");

    desk.client.enqueue(welcome("ana")).await.unwrap();
    let word = ear.hear().await;

    assert_eq!((word.name.as_str(), word.data.as_str()), ("jobs", "{\"rev\":1}"));
}

#[tokio::test]
async fn a_list_of_the_api_says_from_where_the_stream_goes_on_also_while_nobody_listens() {
    let desk = Desk::new().await;
    let rev = async || get(&desk.browser, "/jobs").await["rev"].as_str().unwrap().to_owned();
    let first = rev().await;
    desk.client.enqueue(welcome("ana")).await.unwrap();

    let mut ear = Ear::to(&desk, "/api/v1/events", Some(&first)).await;

    let names = [ear.hear().await.name, ear.hear().await.name];
    assert_eq!(names, ["hello", "jobs"]);
    let second = rev().await;
    assert_ne!(first, second);
    let word = Ear::to(&desk, "/api/v1/events", Some(&second)).await.hear().await;
    assert_eq!((word.name.as_str(), word.id), ("hello", second));
}

#[tokio::test]
async fn once_all_is_quiet_pages_look_once_more() {
    let desk = Desk::new().await;
    let mut ear = Ear::at(&desk, None).await;
    ear.hear().await;

    desk.client.enqueue(welcome("ana")).await.unwrap();
    let words = [ear.hear().await, ear.hear().await];

    assert_eq!(
        words.map(|word| (word.name, word.data)),
        ["1", "2"].map(|rev| ("jobs".to_owned(), format!("{{\"rev\":{rev}}}")))
    );
}

#[tokio::test]
async fn a_queue_that_is_paused_is_told() {
    let desk = Desk::new().await;
    let mut ear = Ear::at(&desk, None).await;
    ear.hear().await;

    desk.console.pause_queue("mail", None).await.unwrap();

    let names = [ear.hear().await.name, ear.hear().await.name];
    assert!(names.contains(&"queues".to_owned()), "{names:?}");
}

#[tokio::test]
async fn a_worker_that_falls_silent_is_told_though_no_row_changes() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    let far = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after)
               VALUES ('far', 7, '0', 1, '{}', '{}', '10 s')";
    bed.query(far, &[]).await;
    let mut ear = Ear::at(&desk, None).await;
    ear.hear().await;

    let word = ear.hear().await;

    let lives = bed.query("SELECT heartbeat_at > clock_timestamp() - dead_after FROM tower.worker", &[]).await;
    assert_eq!(word.name, "workers");
    assert!(lives[0].get::<_, bool>(0), "it was told of the death only");
    assert_eq!(get(&desk.browser, "/overview").await["troubles"][0]["trouble"], "worker_silent");
}

#[tokio::test]
async fn lines_that_a_worker_wrote_are_told() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    let mut ear = Ear::at(&desk, None).await;
    ear.hear().await;

    bed.query("INSERT INTO tower.flush (worker_id, part, number) VALUES (1, 'log', 1)", &[]).await;

    assert_eq!(ear.hear().await.name, "logs");
}

#[tokio::test]
async fn who_comes_back_is_told_what_was_missed() {
    let desk = Desk::new().await;
    let mut first = Ear::at(&desk, None).await;
    let hello = first.hear().await;
    desk.client.enqueue(welcome("ana")).await.unwrap();
    let told = first.hear().await;

    let mut back = Ear::at(&desk, Some(&hello.id)).await;
    let mut up_to_date = Ear::at(&desk, Some(&told.id)).await;
    let mut stranger = Ear::at(&desk, Some("f00-7")).await;

    assert_eq!([back.hear().await.name, back.hear().await.name], ["hello", "jobs"]);
    assert_eq!([stranger.hear().await.name, stranger.hear().await.name], ["hello", "resync"]);
    up_to_date.hear().await;
    desk.console.pause_queue("mail", None).await.unwrap();
    let next = up_to_date.hear().await;
    assert_ne!(next.id, told.id, "it heard {next:?} again");
}

#[tokio::test]
async fn one_too_many_is_sent_away_until_another_leaves() {
    let desk = Desk::new().await;
    let mut ears = Vec::new();
    for _ in 0..GUESTS_MAX {
        ears.push(Ear::at(&desk, None).await);
    }

    let refused = desk.browser.open(from_this_machine("GET", "/events")).await.status();
    ears.pop();
    let let_in = desk.browser.open(from_this_machine("GET", "/events")).await.status();

    assert_eq!((refused, let_in), (StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK));
}

#[tokio::test]
async fn the_stream_is_not_kept_back_and_not_for_everybody() {
    let desk = Desk::new().await;

    let stream = desk.browser.open(from_this_machine("GET", "/events")).await;
    let stranger = desk.browser.open(from("192.0.2.7:1", "GET", "/events")).await;

    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.headers()["x-accel-buffering"], "no");
    assert_eq!(stranger.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn programs_hear_the_same_at_the_address_of_the_api() {
    let desk = Desk::new().await;
    let mut page = Ear::at(&desk, None).await;
    let mut program = Ear::to(&desk, "/api/v1/events", None).await;
    let hello = program.hear().await;
    page.hear().await;

    desk.client.enqueue(welcome("ana")).await.unwrap();
    let words = (page.hear().await, program.hear().await);
    let mut back = Ear::to(&desk, "/api/v1/events", Some(&hello.id)).await;

    assert_eq!((hello.name.as_str(), words.0.name.as_str()), ("hello", "jobs"));
    assert_eq!(words.0, words.1);
    assert_eq!([back.hear().await.name, back.hear().await.name], ["hello", "jobs"]);
}

#[tokio::test]
async fn the_stream_of_the_api_has_the_doors_of_the_api() {
    let desk = Desk::new().await;

    let stream = desk.browser.open(from_this_machine("GET", "/api/v1/events")).await;
    let stranger = desk.browser.open(from("192.0.2.7:1", "GET", "/api/v1/events")).await;
    let unread = desk.browser.open(from_this_machine("GET", "/api/v1/events?colour=red")).await;

    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!((stranger.status(), unread.status()), (StatusCode::FORBIDDEN, StatusCode::BAD_REQUEST));
    assert_eq!(stranger.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let desk = Desk::new().await;
    let page = desk.browser.get("/jobs").await;
    let tag = page.headers["etag"].to_str().unwrap();
    let ask = async |tag: &str| {
        desk.browser.send(from_this_machine("GET", "/jobs").header("if-none-match", tag.to_owned()), "").await
    };

    let same = ask(tag).await;
    desk.client.enqueue(welcome("ana")).await.unwrap();
    let other = ask(tag).await;

    assert_eq!((same.status, same.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(same.headers["cache-control"], "no-store");
    assert_eq!(other.status, StatusCode::OK);
    assert_ne!(other.headers["etag"], *tag);
}

#[tokio::test]
async fn every_page_says_how_fresh_it_is() {
    let desk = Desk::new().await;
    let job = desk.client.enqueue(welcome("ana")).await.unwrap();
    let still = ["/doctor", "/settings", "/keys", "/jobs/new", "/operations/new?action=cancel", "/no/such/page"];
    let edit = format!("/jobs/{job}/edit");

    for path in ["/overview", "/jobs", "/queues", "/workers", "/audit", &format!("/jobs/{job}")] {
        let page = desk.browser.get(path).await.body;
        assert!(page.contains(" data-live-badge ") && !page.contains(">As of<"), "{path}: {page}");
    }
    for path in still.into_iter().chain([edit.as_str()]) {
        let page = desk.browser.get(path).await.body;
        assert!(!page.contains(" data-live-badge ") && page.contains(">As of<span>"), "{path}: {page}");
    }
}
