//! What was counted: the overview, kinds, series, heat maps, and groups of errors.

use serde_json::{Value, json};
use task_tower::{AuditFilter, ErrorFilter};
use task_tower_ui::{Permissions, Scope, Visitor};

use super::{detail, get, made, refused, seen_by};
use crate::browser::Browser;
use crate::history::History;

/// Sees what the scope admits, and may do everything there.
fn seer(history: &History, scope: Scope) -> Browser {
    seen_by(history.console(), Visitor::new("ben").permissions(Permissions::all()).scope(scope))
}

/// The group of the error that three jobs have in common.
async fn common(history: &History) -> String {
    let groups = history.console().error_groups(&ErrorFilter::new()).await.unwrap().groups;
    groups.into_iter().find(|group| group.counts.hour == 3).unwrap().fingerprint
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

fn sum(series: &Value, name: &str) -> u64 {
    let line = series["series"].as_array().unwrap().iter().find(|line| line["name"] == name).unwrap();
    let values = line["values"].as_array().unwrap();
    assert_eq!(values.len(), series["at"].as_array().unwrap().len());
    values.iter().filter_map(Value::as_u64).sum()
}

#[tokio::test]
async fn series_are_as_long_as_their_times_and_count_what_happened() {
    let history = History::new().await;
    let browser = &history.desk.browser;

    let all = get(browser, "/series").await;
    let images = get(browser, "/series?metric=throughput&by=queue:images&step=300").await;
    let run = get(browser, "/series?metric=run&by=kind:charge_card").await;
    let depth = get(browser, "/series?metric=depth").await;

    assert_eq!((sum(&all, "completed"), sum(&all, "dead"), all["at"].as_array().unwrap().len()), (5, 3, 60));
    assert_eq!((sum(&images, "completed"), &images["step_seconds"]), (2, &json!(300)));
    let p50 = &run["series"][0];
    assert_eq!(p50["name"], "p50_ms");
    assert!(p50["values"].as_array().unwrap().iter().any(Value::is_f64), "{run}");
    assert_eq!(depth["series"].as_array().unwrap().len(), 4);
    sum(&depth, "enqueued");
}

#[tokio::test]
async fn from_and_to_cut_what_is_told_and_choose_its_steps() {
    let history = History::new().await;
    let browser = &history.desk.browser;
    let now = chrono::Utc::now();
    let ago = |hours: i64| (now - chrono::TimeDelta::hours(hours)).format("%FT%TZ");

    let day = get(browser, &format!("/series?from={}", ago(23))).await;
    let past = get(browser, &format!("/heatmap?from={}&to={}", ago(5), ago(3))).await;

    assert_eq!(day["step_seconds"], 900);
    assert_eq!(past["step_seconds"], 300);
    let columns = past["columns"].as_array().unwrap();
    assert!((24..=26).contains(&columns.len()), "{}", columns.len());
    assert!(columns.iter().all(|column| column.as_array().unwrap().iter().all(|count| *count == 0)), "{past}");
}

#[tokio::test]
async fn a_heat_map_has_a_number_for_each_class_in_each_step() {
    let history = History::new().await;

    let map = get(&history.desk.browser, "/heatmap?kind=charge_card").await;

    let classes = map["classes"].as_array().unwrap().len();
    let columns = map["columns"].as_array().unwrap();
    let counts = columns.iter().flat_map(|column| column.as_array().unwrap()).filter_map(Value::as_u64);
    assert_eq!(counts.sum::<u64>(), 7);
    assert!(classes > 0 && columns.iter().all(|column| column.as_array().unwrap().len() == classes), "{map}");
}

#[tokio::test]
async fn the_versions_that_came_are_told_with_their_times() {
    let history = History::new().await;
    let sql = "INSERT INTO tower.deploy (app_version, first_at) SELECT version, now() - age::interval
               FROM (VALUES ('2026.9', '3 days'), ('2026.11', '2 h'), ('2026.12', '5 min')) AS one (version, age)";
    history.bed.query("DELETE FROM tower.deploy", &[]).await;
    history.bed.query(sql, &[]).await;
    let browser = &history.desk.browser;
    let versions = |told: &Value| -> Vec<Value> {
        told["items"].as_array().unwrap().iter().map(|deploy| deploy["app_version"].clone()).collect()
    };

    let day = get(browser, "/deploys").await;
    let hour =
        get(browser, &format!("/deploys?from={}", (chrono::Utc::now() - chrono::TimeDelta::hours(1)).format("%FT%TZ")))
            .await;

    assert_eq!((versions(&day), versions(&hour)), (vec![json!("2026.11"), json!("2026.12")], vec![json!("2026.12")]));
    refused(browser, "GET", "/deploys?since=2026-11-24T00:00:00Z", "", 400).await;
}

#[tokio::test]
async fn the_overview_has_the_figures_of_the_front_page() {
    let history = History::new().await;

    let told = get(&history.desk.browser, "/overview").await;

    assert_eq!((&told["last_hour"]["counts"]["completed"], &told["unresolved_errors"]), (&json!(5), &json!(2)));
    let dead = told["states"].as_array().unwrap().iter().find(|state| state["state"] == "dead").unwrap();
    assert_eq!(dead["count"], json!({ "n": 3, "exactness": "exact" }));
    assert_eq!((&told["errors"][0]["counts"]["hour"], &told["workers"]["alive"]), (&json!(3), &json!(0)));
    assert!(told["health"]["verdict"].is_string(), "{told}");
}

#[tokio::test]
async fn who_sees_a_part_is_told_of_that_part() {
    let history = History::new().await;
    let fingerprint = common(&history).await;
    let ben = seer(&history, Scope::all().queues(["images"]).kinds(["resize*"]));

    let told = get(&ben, "/overview").await;

    for hidden in ["health", "last_hour", "unresolved_errors"] {
        assert_eq!(told[hidden], Value::Null, "{hidden}");
    }
    assert_eq!((&told["errors"], get(&ben, "/errors").await["items"].clone()), (&json!([]), json!([])));
    assert_eq!(names(&get(&ben, "/kinds").await), ["resize <image>"]);
    assert!(!told.to_string().contains("charge_card"), "{told}");
    for path in ["/series", "/heatmap", "/deploys"] {
        refused(&ben, "GET", path, "", 403).await;
    }
    let gone =
        ["/series?by=queue:critical", "/series?by=kind:charge_card", "/heatmap?kind=charge_card", "/kinds/charge_card"];
    for path in gone.map(str::to_owned).into_iter().chain([format!("/errors/{fingerprint}")]) {
        refused(&ben, "GET", &path, "", 404).await;
    }
    for deed in ["resolve", "unresolve", "mute"] {
        refused(&ben, "POST", &format!("/errors/{fingerprint}/{deed}"), "", 404).await;
    }
    get(&ben, "/series?by=queue:images").await;
}

#[tokio::test]
async fn a_kind_tells_how_it_is_run_and_how_often_its_jobs_were() {
    let history = History::new().await;

    let kind = get(&history.desk.browser, "/kinds/charge_card").await;

    let told = &kind["registrations"][0];
    assert_eq!((&told["lives"], &told["setup"]["queue"]), (&json!(false), &json!("critical")));
    assert_eq!(told["setup"]["retry_delays_ms"][0], json!([17_000, 46_000]));
    assert_eq!(kind["attempts"], json!([{ "attempts": 1, "completed": 3, "dead": 3 }]));
}

#[tokio::test]
async fn kinds_go_on_behind_the_last_one_in_their_order() {
    let history = History::new().await;
    let browser = &history.desk.browser;

    let first = get(browser, "/kinds?sort=runs&limit=1").await;
    let rest = get(browser, &format!("/kinds?sort=runs&limit=1&after={}", first["next"].as_str().unwrap())).await;
    let found = get(browser, "/kinds?q=IMAGE").await;

    assert_eq!((names(&first), names(&rest)), (vec!["charge_card"], vec!["resize <image>"]));
    assert_eq!((&first["total"], &rest["next"], names(&found)), (&json!(2), &json!(null), vec!["resize <image>"]));
}

#[tokio::test]
async fn a_group_of_errors_is_resolved_muted_and_opened_again_with_one_entry_each() {
    let history = History::new().await;
    let (browser, path) = (&history.desk.browser, format!("/errors/{}", common(&history).await));

    let shown = get(browser, &path).await;
    let resolved = made(browser, "POST", &format!("{path}/resolve"), "", 200).await;
    let until = r#"{"until": "2099-01-01T00:00:00Z"}"#;
    let muted = made(browser, "POST", &format!("{path}/mute"), until, 200).await;
    let open = made(browser, "POST", &format!("{path}/unresolve"), "", 200).await;

    assert_eq!((&shown["dead"], &shown["retrying"], &shown["queues"]), (&json!(2), &json!(1), &json!(["critical"])));
    assert!(shown["sample"]["message"].as_str().unwrap().starts_with("no answer within"), "{shown}");
    assert!(resolved["resolved_at"].is_string() && muted["muted_until"].is_string());
    assert_eq!((&open["resolved_at"], &open["muted_until"]), (&Value::Null, &Value::Null));
    let audit = history.console().audit(&AuditFilter::new()).await.unwrap();
    let actions: Vec<&str> = audit.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["unresolve_errors", "mute_errors", "resolve_errors"]);
    assert!(detail(&refused(browser, "POST", &format!("{path}/mute"), "", 400).await).contains("until"));
}

#[tokio::test]
async fn lists_of_errors_are_those_of_a_status_and_a_kind() {
    let history = History::new().await;
    let browser = &history.desk.browser;

    let open = get(browser, "/errors?status=unresolved&kind=charge_card").await;
    let none = get(browser, "/errors?status=muted").await;
    let other = get(browser, "/errors?kind=resize").await;
    let found = get(browser, "/errors?q=queue:critical+%22no+answer%22").await;

    assert_eq!((found["items"].as_array().unwrap().len(), &found["unresolved"]), (1, &json!(2)));
    assert_eq!((open["items"].as_array().unwrap().len(), &open["unresolved"]), (2, &json!(2)));
    assert_eq!((&none["items"], &other["items"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_with_what_can() {
    let history = History::new().await;

    for (path, words) in [
        ("/series?metric=colour", "metric is one of: throughput, "),
        ("/series?by=tag:x", "kind:"),
        ("/series?step=7", "3600"),
        ("/series?from=yesterday", "from is a time, such as 2026-"),
        ("/series?colour=red", "There is no field colour, but there are metric, "),
        ("/kinds?limit=many", "limit is a whole number"),
        ("/series?metric=depth&by=kind:charge_card", "queues"),
        ("/kinds?window=1y", "24h"),
        ("/kinds?sort=age", "runs"),
        ("/kinds?limit=0", "200"),
        ("/kinds?after=%00", "after"),
        ("/errors?status=odd", "muted"),
        ("/errors?q=x+kinds:a", "column 3"),
        ("/errors?limit=201", "200"),
    ] {
        let problem = refused(&history.desk.browser, "GET", path, "", 400).await;

        assert!(detail(&problem).contains(words), "{path}: {problem}");
    }
}
