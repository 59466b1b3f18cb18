//! The page of one job, and its buttons.

use axum::http::StatusCode;
use serde::Serialize;
use task_tower::{JobContext, JobError, JobState, Output};
use task_tower_ui::{Access, Dashboard};

use crate::browser::{Answer, Browser, Desk, SendWelcome, welcome};
use crate::support::{TestBed, in_state};

pub async fn always_fails(_job: SendWelcome, _run: JobContext) -> Result<(), JobError> {
    Err(JobError::new("smtp: 451 <greylisted>"))
}

async fn tells_a_number(_job: SendWelcome) -> Result<Output<Told>, JobError> {
    Ok(Output(Told { number: 42, words: "<größe>" }))
}

#[derive(Serialize)]
struct Told {
    number: u8,
    words: &'static str,
}

/// The names of the buttons.
fn buttons(page: &Answer) -> Vec<String> {
    let deeds = page.attributes("action").into_iter().filter_map(|action| Some(action.rsplit_once('/')?.1.to_owned()));
    deeds.filter(|deed| !matches!(deed.as_str(), "settings" | "jobs")).collect()
}

#[tokio::test]
async fn a_job_shows_its_payload_its_failure_and_why_it_ended() {
    let tower = TestBed::new().await.builder().job(always_fails).build().await.unwrap();
    let desk = Desk::of(&tower);
    let id = desk.client.enqueue(welcome("ana")).max_retries(0).tags(["vip"]).await.unwrap();
    let running = tower.start().unwrap();
    in_state(&desk.console, id, JobState::Dead).await;
    running.stop().await;

    let page = desk.browser.get(&format!("/jobs/{id}")).await;

    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "<span class=\"key\">user</span>: <span class=\"string\">&quot;ana&quot;</span>",
        "smtp: 451 &lt;greylisted&gt;",
        "no retries left",
        "vip",
    ] {
        let numeric = text.replace("&quot;", "&#34;").replace("&lt;", "&#60;").replace("&gt;", "&#62;");
        assert!(page.body.contains(text) || page.body.contains(&numeric), "{text} is not in {}", page.body);
    }
    assert_eq!(buttons(&page), ["requeue", "delete"]);
    assert!(page.body.contains("<p class=\"no-undo\" id=\"no-undo\">A requeue cannot be undone.</p>"), "{}", page.body);
    assert_eq!(page.attributes("aria-describedby"), ["no-undo"]);
    // The run failed, and by that the job died.
    let history = page.body.split_once("<ol class=\"history\"").unwrap().1;
    let place = |state: &str| history.find(&format!("badge {state}")).unwrap();
    assert!(place("dead") < place("failed"), "{history}");
}

#[tokio::test]
async fn a_job_shows_its_result_the_name_of_its_kind_and_its_unique_key() {
    let bed = TestBed::new().await;
    let builder = bed.builder().job_with(tells_a_number, |config| config.display_name("Welcome & hello"));
    let tower = builder.build().await.unwrap();
    let desk = Desk::of(&tower);
    let running = tower.start().unwrap();
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    in_state(&desk.console, id, JobState::Completed).await;
    running.stop().await;
    bed.execute(&format!("UPDATE {}.history SET unique_key = 'one <user>'", bed.quoted())).await;

    let page = desk.browser.get(&format!("/jobs/{id}")).await;

    for text in [
        "<h1>Welcome &#38; hello",
        "{&#34;kind&#34;:&#34;send_welcome&#34;,",
        "Result",
        "<span class=\"key\">number</span>: <span class=\"figure\">42</span>",
        "&#60;größe&#62;",
        "one &#60;user&#62;",
    ] {
        assert!(page.body.contains(text), "{text} is not in {}", page.body);
    }
}

#[tokio::test]
async fn a_job_without_a_result_and_a_unique_key_shows_none() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();

    let page = desk.browser.get(&format!("/jobs/{id}")).await;

    assert!(page.body.contains("<h1>send_welcome"), "{}", page.body);
    assert!(!page.body.contains("Result") && !page.body.contains("Unique key"), "{}", page.body);
}

#[tokio::test]
async fn only_buttons_that_apply_are_there() {
    let desk = Desk::new().await;
    let enqueued = desk.client.enqueue(welcome("ana")).await.unwrap();
    let scheduled = desk.client.schedule(welcome("bea")).in_hours(1).await.unwrap();
    let cancelled = desk.client.enqueue(welcome("cas")).await.unwrap();
    desk.console.cancel(cancelled, None).await.unwrap();

    let page = async |id| buttons(&desk.browser.get(&format!("/jobs/{id}")).await);

    assert_eq!(page(enqueued).await, ["cancel", "discard", "delete"]);
    assert_eq!(page(scheduled).await, ["run-now", "cancel", "requeue", "discard", "delete"]);
    assert_eq!(page(cancelled).await, ["requeue", "delete"]);
}

#[tokio::test]
async fn each_button_does_its_deed() {
    let desk = Desk::new().await;
    let id = desk.client.schedule(welcome("ana")).in_hours(1).await.unwrap();

    for (deed, state) in [
        ("run-now", JobState::Enqueued),
        ("cancel", JobState::Cancelled),
        ("requeue", JobState::Enqueued),
        ("discard", JobState::Dead),
    ] {
        let answer = desk.browser.post(&format!("/jobs/{id}/{deed}"), "").await;

        let page = answer.location().split('?').next().unwrap();
        assert_eq!((answer.status, page), (StatusCode::SEE_OTHER, &*format!("../{id}")), "{deed}");
        assert_eq!(desk.console.job(id).await.unwrap().state, state, "{deed}");
    }

    let answer = desk.browser.post(&format!("/jobs/{id}/delete"), "").await;

    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("../../jobs?undo="), "{}", answer.location());
    assert!(desk.console.job(id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_button_that_came_too_late_says_so() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    desk.console.cancel(id, None).await.unwrap();

    let answer = desk.browser.post(&format!("/jobs/{id}/cancel"), "").await;

    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("it is cancelled"), "{}", answer.body);
}

#[tokio::test]
async fn a_job_that_is_not_there_and_an_id_that_is_none_are_pages() {
    let desk = Desk::new().await;
    let id = "0192f0c1-0000-7000-8000-000000000000";

    let unknown = desk.browser.get(&format!("/jobs/{id}")).await;
    let nonsense = desk.browser.get("/jobs/nonsense").await;
    let unknown_deed = desk.browser.post(&format!("/jobs/{id}/explode"), "").await;
    let unknown_job = desk.browser.post(&format!("/jobs/{id}/cancel"), "").await;

    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.body.contains(id), "{}", unknown.body);
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
    assert_eq!(unknown_deed.status, StatusCode::NOT_FOUND);
    assert_eq!(unknown_job.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_job_says_in_which_trace_it_was_enqueued_and_leads_there() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let desk = Desk::of(&tower);
    let traces = Dashboard::new(tower.console(), Access::loopback()).trace_url("https://traces.example.org/{trace_id}");
    let traced = Browser::new(traces.router());
    let untold = desk.client.enqueue(welcome("bob")).await.unwrap();
    let enqueue = "SELECT tower.enqueue('send_welcome', '{\"user\": \"ana\"}', trace_context => $1)::text";
    let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let id: String = bed.query(enqueue, &[&context]).await[0].get(0);

    let plain = desk.browser.get(&format!("/jobs/{id}")).await.body;
    let linked = traced.get(&format!("/jobs/{id}")).await.body;
    let without = traced.get(&format!("/jobs/{untold}")).await.body;

    let code = "<code>0af7651916cd43dd8448eb211c80319c</code>";
    assert!(plain.contains(&format!("<dt>Trace</dt><dd>{code}</dd>")), "{plain}");
    let link = format!("<a href=\"https://traces.example.org/0af7651916cd43dd8448eb211c80319c\">{code}</a>");
    assert!(linked.contains(&link), "{linked}");
    assert!(!without.contains("<dt>Trace</dt>"), "{without}");
}

#[tokio::test]
#[should_panic(expected = "no address with {trace_id} in it")]
async fn an_address_of_traces_has_a_place_for_the_id() {
    let tower = TestBed::new().await.builder().build().await.unwrap();

    let _ = Dashboard::new(tower.console(), Access::loopback()).trace_url("https://traces.example.org/");
}
