//! `/metrics`: what it tells, and whom.

use axum::http::{StatusCode, request};
use metrics_exporter_prometheus::PrometheusBuilder;
use task_tower::telemetry::METRIC_QUEUES_MAX;
use task_tower::{JobState, TaskTower};
use task_tower_ui::{Access, Dashboard, Metrics, Scope};

use crate::browser::{Answer, Browser, SendWelcome, from, welcome};
use crate::support::proxy::Proxy;
use crate::support::{TestBed, in_state, until};

fn browser(tower: &TaskTower, access: Access, metrics: Metrics) -> Browser {
    Browser::new(Dashboard::new(tower.console(), access).metrics(metrics).router())
}

/// A question of Prometheus, which is on another machine.
fn scrape(path: &str) -> request::Builder {
    from("192.0.2.7:1", "GET", path).header("host", "tower.example.org")
}

async fn ask(browser: &Browser, request: request::Builder) -> Answer {
    browser.send(request, "").await
}

/// The number behind this series.
fn number(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in {text}")).parse().unwrap()
}

async fn greet(_: SendWelcome) -> Result<(), std::io::Error> {
    Ok(())
}

#[tokio::test]
async fn without_a_recorder_it_tells_what_the_database_knows() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(greet).queues(["served"]).build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());
    client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    client.schedule(welcome("bob")).to_queue("mail").in_hours(1).await.unwrap();
    console.pause_queue("mail", None).await.unwrap();
    let running = tower.start().unwrap();
    until("the worker is there", async || console.workers().await.unwrap().len() == 1).await;

    let answer = browser(&tower, Access::loopback(), Metrics::default()).get("/metrics").await;

    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    for (series, expected) in [
        ("task_tower_database_up", 1.0),
        ("task_tower_queue_jobs{queue=\"mail\",state=\"enqueued\"}", 1.0),
        ("task_tower_queue_jobs{queue=\"mail\",state=\"scheduled\"}", 1.0),
        ("task_tower_queue_jobs{queue=\"mail\",state=\"failed\"}", 0.0),
        ("task_tower_queue_paused{queue=\"mail\"}", 1.0),
        ("task_tower_queues_left_out", 0.0),
        ("task_tower_workers{state=\"working\"}", 1.0),
        ("task_tower_workers{state=\"silent\"}", 0.0),
        ("task_tower_listeners{transport=\"notify\"}", 1.0),
        ("task_tower_listeners{transport=\"redis\"}", 0.0),
        ("task_tower_slots", 8.0),
        ("task_tower_error_groups", 0.0),
    ] {
        assert_eq!(number(&answer.body, series), expected, "{series}");
    }
    assert!(number(&answer.body, "task_tower_queue_oldest_age_seconds{queue=\"mail\"}") >= 0.0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_process_has_measured_stands_beside_it_and_nothing_twice() {
    let bed = TestBed::new().await;
    let recorder = PrometheusBuilder::new().set_buckets(&[1.0]).unwrap().build_recorder();
    let tower = bed.builder().job(greet).build().await.unwrap();
    let running = metrics::with_local_recorder(&recorder, || {
        metrics::gauge!("task_tower_queue_jobs", "queue" => "mail", "state" => "enqueued").set(7.0);
        tower.start().unwrap()
    });
    let id = tower.client().enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;

    let handle = recorder.handle();
    let metrics = Metrics::default().recorded_by(move || handle.render());
    let text = browser(&tower, Access::loopback(), metrics).get("/metrics").await.body;

    assert_eq!(number(&text, "task_tower_completion_jobs_sum"), 1.0);
    assert_eq!(number(&text, "task_tower_queue_jobs{queue=\"mail\",state=\"enqueued\"}"), 0.0);
    let mut series: Vec<&str> =
        text.lines().filter_map(|line| line.rsplit_once(' ').map(|(series, _)| series)).collect();
    let count = series.len();
    series.sort_unstable();
    series.dedup();
    assert_eq!(series.len(), count, "{text}");
}

#[tokio::test]
async fn it_is_behind_the_door_of_the_dashboard_unless_it_is_said_otherwise() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let closed = browser(&tower, Access::loopback(), Metrics::default());
    let by_token = browser(&tower, Access::loopback(), Metrics::default().token("").token("t0ken"));
    let open = browser(&tower, Access::loopback(), Metrics::default().open());
    let with = |path, token: &str| scrape(path).header("authorization", format!("Bearer {token}"));

    assert_eq!(ask(&closed, scrape("/metrics")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&by_token, scrape("/metrics")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&by_token, with("/metrics", "")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&by_token, with("/metrics", "another")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&by_token, with("/metrics", "t0ken")).await.status, StatusCode::OK);
    assert_eq!(ask(&open, scrape("/metrics")).await.status, StatusCode::OK);
    // Neither of them opens anything else.
    assert_eq!(ask(&by_token, with("/jobs", "t0ken")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&open, scrape("/jobs")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&open, scrape("/metrics/")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_sees_a_part_of_the_jobs_is_not_told_the_numbers_of_all() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let access = Access::loopback().scope(Scope::all().queues(["mail"]));

    let answer = browser(&tower, access, Metrics::default()).get("/metrics").await;

    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn of_very_many_queues_the_first_ones_are_told_apart() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let queues = format!("generate_series(1, {})", METRIC_QUEUES_MAX + 7);
    bed.query(
        &format!("INSERT INTO tower.lane (queue, priority) SELECT 'q' || number, 0 FROM {queues} AS number"),
        &[],
    )
    .await;

    let text = browser(&tower, Access::loopback(), Metrics::default()).get("/metrics").await.body;

    assert_eq!(number(&text, "task_tower_queues_left_out"), 7.0);
    assert_eq!(text.matches("task_tower_queue_paused{").count(), METRIC_QUEUES_MAX);
}

#[tokio::test]
async fn while_the_database_is_away_it_says_so_and_tells_the_rest() {
    let bed = TestBed::new().await;
    let mut way = Proxy::start(&bed.url).await;
    let tower = bed.builder().connection_string(way.address().text()).build().await.unwrap();
    let metrics = Metrics::default().open().recorded_by(|| "measured_total 1\n".to_owned());
    let browser = browser(&tower, Access::loopback(), metrics);
    way.cut().await;

    let answer = ask(&browser, scrape("/metrics")).await;
    way.mend().await;

    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(number(&answer.body, "task_tower_database_up"), 0.0);
    assert_eq!(number(&answer.body, "measured_total"), 1.0);
    assert!(!answer.body.contains("task_tower_workers"), "{}", answer.body);
}
