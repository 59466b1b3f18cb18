//! The page of a job that has lived: its runs, its history, and data of every size and sort.

use axum::http::StatusCode;
use task_tower::{Actor, JobId};
use task_tower_ui::{Access, Dashboard};

use crate::browser::{Browser, Desk, welcome};
use crate::support::TestBed;

/// A job with the columns and events that SQL gives it; `job` takes what is set, `events` is an array in JSON.
async fn with_events(changes: &str, events: &str) -> (Desk, JobId, TestBed) {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let desk = Desk::of(&tower);
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let sql = format!("UPDATE {}.job SET {changes}, events = ({events})", bed.quoted());
    bed.execute(&sql).await;
    (desk, id, bed)
}

/// A failed run: when it began, seconds ago, each ten seconds long.
fn failed(attempt: &str, ago: &str, next: &str) -> String {
    format!(
        "jsonb_build_object('event', 'failed', 'attempt', {attempt}, 'worker_id', 4,
             'started_at', now() - ({ago}) * interval '1 s', 'at', now() - ({ago} - 10) * interval '1 s',
             'run_at', now() - ({next}) * interval '1 s',
             'error', jsonb_build_object('kind', 'error', 'class', 'GatewayTimeout', 'message', 'no answer', 'details',
                 E'caused by: x\\n   0: shop::pay::capture\\n             at ./src/pay.rs:118:5\\n   1: tokio::run'))"
    )
}

#[tokio::test]
async fn a_retrying_job_shows_what_comes_next_its_runs_and_their_stacks() {
    let events = format!("SELECT jsonb_build_array({}, {})", failed("1", "100", "60"), failed("2", "58", "-181.5"));
    let job = "created_at = now() - interval '101 s', run_at = now() + interval '181.5 s', attempt = 2, failures = 2,
               retrying = true, attempted_at = now() - interval '58 s'";
    let (desk, id, _bed) = with_events(job, &events).await;

    let page = desk.browser.get(&format!("/jobs/{id}")).await;

    for text in [
        "Failed, retries in 3 min",
        "attempt 2 of 11",
        "Attempt 1</span>",
        "waited 2.0 s · ran 10.0 s",
        "<b>20.0 s</b>",
        "attempt 2: GatewayTimeout, retry in 3 min",
        "<b>capture</b>",
        "src/pay.rs:118:5",
        "1 frame of tokio folded",
        "caused by: x",
    ] {
        assert!(page.body.contains(text), "{text} is not in {}", page.body);
    }
    assert_eq!(page.body.matches("class=\"span future failed\"").count(), 1);
    assert!(page.body.find("Attempt 2</span>") < page.body.find("Attempt 1</span>"));
}

#[tokio::test]
async fn own_frames_lead_to_the_code_of_the_version_that_ran_them_where_it_is_known() {
    let events = format!("SELECT jsonb_build_array({})", failed("1", "100", "-60"));
    let (desk, id, bed) = with_events("attempt = 1, failures = 1, retrying = true", &events).await;
    let dashboard = || Dashboard::new(desk.console.clone(), Access::loopback());
    let versioned = Browser::new(dashboard().source_url("https://git.example/blob/{version}/{path}#L{line}").router());
    let plain = Browser::new(dashboard().source_url("https://git.example/{path}").router());
    let link = "<a class=\"place\" href=\"https://git.example/";
    let page = format!("/jobs/{id}");

    let unknown = versioned.get(&page).await;
    let plain = plain.get(&page).await;
    bed.query(
        "INSERT INTO tower.worker (id, host, process_id, version, app_version, slots, kinds, queues, dead_after)
         OVERRIDING SYSTEM VALUE VALUES (4, 'jobs-1', 1, '0.1.0', '1.7.0', 4, '{}', '{}', '1 h')",
        &[],
    )
    .await;
    let known = versioned.get(&page).await;

    assert!(unknown.body.contains("src/pay.rs:118:5") && !unknown.body.contains(link), "{}", unknown.body);
    assert!(plain.body.contains(&format!("{link}src/pay.rs\">src/pay.rs:118:5</a>")), "{}", plain.body);
    assert!(known.body.contains(&format!("{link}blob/1.7.0/src/pay.rs#L118\">")), "{}", known.body);
    assert_eq!(known.body.matches(link).count(), 1, "foreign frames lead nowhere");
    assert!(!desk.browser.get(&page).await.body.contains(link));
}

#[tokio::test]
async fn a_job_that_was_requeued_five_times_tells_each_life() {
    let events = "SELECT jsonb_agg(jsonb_build_object('event', 'requeued', 'attempt', number, 'at',
                      now() - (100 - number * 10) * interval '1 s', 'ended_as', 'completed', 'ended_at',
                      now() - (105 - number * 10) * interval '1 s', 'started_at',
                      now() - (106 - number * 10) * interval '1 s')) FROM generate_series(1, 5) AS number";
    let job = "created_at = now() - interval '100 s', attempt = 5, attempted_at = now() - interval '56 s'";
    let (desk, id, _bed) = with_events(job, events).await;

    let page = desk.browser.get(&format!("/jobs/{id}?changes=all")).await;

    assert_eq!(page.body.matches("class=\"span tinted completed\"").count(), 5, "{}", page.body);
    assert_eq!(page.body.matches(">requeued</span>").count(), 5);
    assert!(page.body.contains("Enqueued, waits for"));
}

#[tokio::test]
async fn fifty_failures_with_long_stacks_stay_a_page() {
    let many = failed("number + 10", "3000 - number * 50", "2960 - number * 50");
    let events = format!(
        "SELECT jsonb_agg(jsonb_set(event, '{{error,details}}', to_jsonb(stack))) FROM (SELECT {many} AS event, (SELECT
         string_agg('   ' || frame || ': shop::deep::call_' || frame, E'\\n') FROM generate_series(0, 2000) AS frame) AS stack
         FROM generate_series(1, 50) AS number) AS made"
    );
    let job = "created_at = now() - interval '3001 s', run_at = now() + interval '60 s', attempt = 60, failures = 60,
               retrying = true, attempted_at = now() - interval '500 s'";
    let (desk, id, _bed) = with_events(job, &events).await;

    let page = desk.browser.get(&format!("/jobs/{id}")).await;

    assert_eq!(page.body.matches(" class=\"strong\">Attempt ").count(), 50);
    assert!(page.body.contains("Cut: the rest is in the raw record.") && page.body.contains(" changes</a>"));
    assert!(page.body.len() < 600_000, "{} bytes", page.body.len());
}

#[tokio::test]
async fn what_people_did_stands_in_the_history_with_their_names() {
    let desk = Desk::new().await;
    let ana = desk.console.acting(Actor::new("ana <admin>"));
    let id = desk.client.schedule(welcome("ana")).in_hours(1).await.unwrap();
    ana.act(&task_tower::Action::Prioritize { priority: 5 }, &[id]).await.unwrap();
    ana.cancel(id, Some("not \u{202e}needed")).await.unwrap();

    let page = desk.browser.get(&format!("/jobs/{id}")).await;

    assert!(page.body.contains("given another priority"), "{}", page.body);
    assert_eq!(page.body.matches("ana &#60;admin&#62;").count(), 2, "{}", page.body);
}

#[tokio::test]
async fn arguments_of_five_megabytes_are_cut_on_the_page_and_whole_in_the_file() {
    let job = "payload = jsonb_build_object('big', repeat('é', 2621440), 'id', 9007199254740993)";
    let (desk, id, _bed) = with_events(job, "NULL").await;

    let page = desk.browser.get(&format!("/jobs/{id}")).await;
    let file = desk.browser.get(&format!("/jobs/{id}/payload.json")).await;

    assert!(page.body.len() < 400_000 && page.body.contains("Cut after 64 kB."), "{} bytes", page.body.len());
    assert_eq!(file.headers["content-type"], "application/json");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(file.body.len() > 5_000_000 && file.body.contains("9007199254740993"));
}

#[tokio::test]
async fn only_what_is_there_can_be_downloaded() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();

    let record = desk.browser.get(&format!("/jobs/{id}/record.json")).await;
    assert!(record.body.contains("\"kind\":\"send_welcome\""), "{}", record.body);

    for name in ["context.json", "result.json", "passwords.json", "cancel"] {
        assert_eq!(desk.browser.get(&format!("/jobs/{id}/{name}")).await.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn the_strip_leads_to_the_other_runs_and_marks_this_one() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(crate::job::always_fails).build().await.unwrap();
    let desk = Desk::of(&tower);
    let mut ids = Vec::new();
    for user in ["ana", "bea", "cas"] {
        ids.push(desk.client.enqueue(welcome(user)).max_retries(0).await.unwrap());
    }
    let running = tower.start().unwrap();
    for id in &ids {
        crate::support::in_state(&desk.console, *id, task_tower::JobState::Dead).await;
    }
    running.stop().await;

    let page = desk.browser.get(&format!("/jobs/{}", ids[1])).await;

    assert!(page.body.contains("Last 3 runs of this kind"), "{}", page.body);
    assert_eq!(page.body.matches("class=\"marker\"").count(), 1);
    for id in &ids {
        assert!(page.body.contains(&format!("href=\"../jobs/{id}\" tabindex=\"-1\"")), "{id}");
    }
}

#[tokio::test]
async fn the_time_of_a_running_job_is_told_so_that_the_page_can_go_on_counting() {
    let job =
        "state = 1, attempt = 1, lease = 1, created_at = now() - interval '80 s', run_at = now() - interval '80 s',
               attempted_at = now() - interval '75 s'";
    let (desk, id, _bed) = with_events(job, "NULL").await;

    let page = desk.browser.get(&format!("/jobs/{id}")).await;

    let told = page.attributes("data-running");
    assert_eq!(told.len(), 2, "{}", page.body);
    assert!((75_000..80_000).contains(&told[0].parse::<i64>().unwrap()), "{told:?}");
    for text in ["Processing for <span role=\"timer\"", "ran <span role=\"timer\"", ">1 min 1"] {
        assert!(page.body.contains(text), "{text} is not in {}", page.body);
    }
    assert!(page.body.contains("data-minutes-word=\"{minutes} min {seconds} s\""), "{}", page.body);
}
