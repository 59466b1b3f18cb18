//! The files for Grafana and Prometheus speak of nothing that a running tower does not serve.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use serde_json::Value;
use task_tower::JobState;
use task_tower::telemetry::{JOBS_BUCKETS, METRICS, SECONDS_BUCKETS};
use task_tower_ui::{Access, Dashboard, Metrics};

use crate::browser::{Browser, SendWelcome, welcome};
use crate::support::{TestBed, in_state, until};

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops").join(name)).unwrap()
}

/// What is asked for by the panels and the choices of the dashboard.
fn panels() -> Vec<String> {
    let board: Value = serde_json::from_str(&file("grafana.json")).unwrap();
    let mut found = Vec::new();
    collect(&board, &mut found);
    assert!(found.len() > 20, "the dashboard asks only for {found:?}");
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "expr" || name == "definition" => found.push(text.clone()),
                    value => collect(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// The rules, each as its lines.
fn rules() -> Vec<String> {
    let text = file("alerts.yml");
    let rules: Vec<String> = text.split("      - alert: ").skip(1).map(str::to_owned).collect();
    assert!(rules.len() > 10, "{rules:?}");
    rules
}

/// What stands behind `expr:`, on its line or below it.
fn condition(rule: &str) -> &str {
    let (_, rest) = rule.split_once("        expr:").unwrap();
    let end = ["        for:", "        labels:"].iter().filter_map(|next| rest.find(next)).min().unwrap();
    &rest[..end]
}

/// All that PromQL is asked.
fn questions() -> Vec<String> {
    panels().into_iter().chain(rules().iter().map(|rule| condition(rule).to_owned())).collect()
}

/// The names in a question, each with the labels that it is asked by in braces.
fn asked(question: &str) -> Vec<(String, Vec<String>)> {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let places = question.match_indices("task_tower_").map(|(place, _)| &question[place..]);
    places
        .map(|rest| {
            let (name, rest) = rest.split_at(rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()));
            let braces = rest.strip_prefix('{').and_then(|rest| rest.split('}').next()).unwrap_or_default();
            let labels = braces.split(',').filter_map(|matcher| matcher.split(['=', '!']).next());
            (name.to_owned(), labels.filter(|label| !label.is_empty()).map(str::to_owned).collect())
        })
        .collect()
}

/// A tower at which everything has happened once, and what it serves.
async fn served() -> String {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS_BUCKETS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_jobs".to_owned()), &JOBS_BUCKETS))
        .and_then(PrometheusBuilder::install_recorder)
        .unwrap();
    let bed = TestBed::new().await;
    let tower = bed.builder().job(greet).build().await.unwrap();
    let lost = tower.client().enqueue(welcome("ana")).await.unwrap();
    bed.query(
        "WITH lost AS (
             INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, heartbeat_at)
             VALUES ('elsewhere', 1, '1', 1, '{send_welcome}', '{}', interval '1 s', '2000-01-01')
             RETURNING id)
         UPDATE tower.job SET state = 1, lease = 1, attempt = 1, worker_id = lost.id FROM lost",
        &[],
    )
    .await;
    let running = tower.start().unwrap();
    in_state(&tower.console(), lost, JobState::Completed).await;
    until("the run is counted", async || recorder.render().contains("state=\"completed\"} 1")).await;
    running.stop().await;
    let metrics = Metrics::default().recorded_by(move || recorder.render());
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).metrics(metrics).router());
    browser.get("/metrics").await.body
}

async fn greet(_: SendWelcome) -> Result<(), std::io::Error> {
    Ok(())
}

/// The name before `{` or a blank, and the names of the labels, of each line.
fn series(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split(['{', ' ']).next()).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_that_is_named_in_them_is_served_by_a_running_tower() {
    let text = served().await;
    let series = series(&text);

    let asked: BTreeSet<String> =
        questions().iter().flat_map(|question| asked(question)).map(|(name, _)| name).collect();
    let missing: Vec<&String> = asked.iter().filter(|name| !series.contains(*name)).collect();

    assert!(missing.is_empty(), "{missing:?} are not in {text}");
    // And whatever has a name is served.
    for metric in METRICS {
        assert!(series.iter().any(|name| name.starts_with(metric.name)), "{} is not in {text}", metric.name);
    }
}

#[test]
fn they_ask_by_labels_that_there_are() {
    for question in questions() {
        for (name, labels) in asked(&question) {
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            let metric =
                METRICS.iter().find(|metric| metric.name == base).unwrap_or_else(|| panic!("{name} in {question}"));
            for label in labels {
                // The first is that of Prometheus itself.
                assert!(label == "job" || metric.labels.contains(&label.as_str()), "{label} of {name} in {question}");
            }
        }
    }
}

#[test]
fn every_alert_says_what_is_the_matter_and_where_to_read_on() {
    let advice = file("README.md");

    for rule in rules() {
        let name = rule.lines().next().unwrap();
        for part in ["severity: ", "summary: \"", &format!("runbook: \"ops/README.md#{}\"", name.to_lowercase())] {
            assert!(rule.contains(part), "{name} has no {part}");
        }
        assert!(advice.contains(&format!("\n### {name}\n")), "ops/README.md says nothing of {name}");
    }
}
