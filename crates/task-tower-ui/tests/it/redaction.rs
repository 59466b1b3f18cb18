//! Secrets in the data of jobs.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use task_tower::{ErrorFilter, Job, JobError, JobId, JobState, Output, TaskTower};
use task_tower_ui::{Access, Dashboard, Redact};

use crate::browser::{Browser, from_this_machine};
use crate::support::{TestBed, in_state, until};

#[derive(Serialize, Deserialize)]
struct ChargeCard {
    data: Value,
}

impl Job for ChargeCard {
    const KIND: &'static str = "charge_card";
}

async fn charge(job: ChargeCard) -> Result<Output<Value>, JobError> {
    Ok(Output(job.data))
}

async fn charged(tower: &TaskTower, data: Value) -> JobId {
    let running = tower.start().unwrap();
    let id = tower.client().enqueue(ChargeCard { data }).await.unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;
    id
}

async fn pages(tower: &TaskTower, redact: Redact, id: JobId) -> [String; 2] {
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).redact(redact).router());
    [browser.get("/jobs").await.body, browser.get(&format!("/jobs/{id}")).await.body]
}

#[tokio::test]
async fn no_page_shows_a_secret_of_a_payload_a_context_or_a_result() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(charge).build().await.unwrap();
    let id =
        charged(&tower, json!({ "user": "ana", "Card_Number": "4242", "nested": [{ "apiKey": "hunter2" }] })).await;
    let context = r#"{"session": {"token": "hunter2", "name": "ana-in-context"}}"#;
    bed.execute(&format!("UPDATE {}.history SET context = '{context}'", bed.quoted())).await;

    let [list, page] = pages(&tower, Redact::default(), id).await;

    for shown in [&list, &page] {
        assert!(shown.contains("ana") && shown.contains("[redacted]"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("4242"), "{shown}");
    }
    assert!(page.contains("ana-in-context"), "{page}");
}

#[tokio::test]
async fn a_long_payload_shows_no_secret_in_the_list() {
    let tower = TestBed::new().await.builder().job(charge).build().await.unwrap();
    let id = charged(&tower, json!({ "a": 1, "password": "hunter2".repeat(500), "z": "z" })).await;

    let [list, page] = pages(&tower, Redact::default(), id).await;

    assert!(list.contains("[redacted]") && page.contains("[redacted]"), "{list}");
    assert!(!list.contains("hunter2") && !page.contains("hunter2"), "{list}");
}

#[tokio::test]
async fn what_the_host_hides_is_hidden_and_nothing_else() {
    let tower = TestBed::new().await.builder().job(charge).build().await.unwrap();
    let id = charged(&tower, json!({ "iban": "DE02", "password": "shown-on-purpose" })).await;

    let shown = pages(&tower, Redact::nothing().path("charge_*", "data.iban").path("charge_*", "iban"), id).await;

    for page in shown {
        assert!(!page.contains("DE02") && page.contains("shown-on-purpose"), "{page}");
    }
}

/// Everything else goes through the desk, which hides secrets and what is out of sight.
#[test]
fn only_the_desk_asks_the_console_for_what_may_have_secrets() {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut read = 0;

    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        read += 1;
        let of_jobs = text.contains("console.job(") || text.contains("console.jobs(");
        let of_others =
            ["error_group", "audit(", "workers("].iter().any(|name| text.contains(&format!("console.{name}")));
        let is_desk = path.ends_with("desk.rs") || path.parent().is_some_and(|folder| folder.ends_with("desk"));
        // It counts workers, for those who may see all of them.
        let is_number = path.ends_with("metrics/figures.rs") && !of_jobs;
        assert!(is_desk || is_number || !(of_jobs || of_others), "{}", path.display());
    }

    assert!(read > 10, "only {read} files");
}

/// A failed job that tells its secret in all ways in which one can.
async fn tattletale(bed: &TestBed) -> (TaskTower, JobId) {
    let fail = async |job: ChargeCard| -> Result<(), JobError> {
        let token = job.data["token"].as_str().unwrap();
        Err(JobError::discard(format!("no card for {token}, tried https://shop:{token}@pay/ twice")))
    };
    let tower = bed.builder().job(fail).build().await.unwrap();
    let data = json!({ "token": "hunter2", "user": "ana", "url": "https://pay/?key=hunter2", "n": "x".repeat(600) });
    let running = tower.start().unwrap();
    let id = tower.client().enqueue(ChargeCard { data }).tags(["vip", "by-hunter2"]).await.unwrap();
    in_state(&tower.console(), id, JobState::Dead).await;
    running.stop().await;
    let sql = "UPDATE tower.history SET unique_key = 'card:hunter2', reason = 'hunter2 is stolen',
                   context = '{\"trace\": \"t-hunter2\"}', result = '\"hunter2 was charged\"',
                   events = jsonb_set(jsonb_set(events, '{0,note}', '\"ana says hunter2\"'),
                                      '{0,error,details}', '\"caused by: hunter2\\n   0: shop::hunter2::pay\"')";
    bed.query(sql, &[]).await;
    (tower, id)
}

#[tokio::test]
async fn a_secret_argument_is_told_nowhere_else() {
    let bed = TestBed::new().await;
    let (tower, id) = tattletale(&bed).await;
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).router());
    let group = tower.console().job(id).await.unwrap().error_group.unwrap();

    for path in [
        "/overview".to_owned(),
        "/jobs?cols=tags,attempts,wait,run,args".to_owned(),
        format!("/jobs/{id}"),
        format!("/jobs/{id}/copy"),
        format!("/jobs/{id}/edit"),
        format!("/jobs/{id}/record.json"),
        format!("/jobs/{id}/payload.json"),
        format!("/jobs/{id}/result.json"),
        "/operations/new?action=requeue&q=state:dead".to_owned(),
        format!("/palette.json?q={id}"),
        "/errors".to_owned(),
        format!("/errors/{group}"),
        "/kinds/charge_card".to_owned(),
        "/api/v1/jobs".to_owned(),
        "/api/v1/errors".to_owned(),
        "/api/v1/overview".to_owned(),
        format!("/api/v1/errors/{group}"),
        "/api/v1/suggest?q=error:".to_owned(),
        format!("/api/v1/jobs/{id}"),
    ] {
        let page = browser.get(&path).await;

        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(!page.body.contains("hunter"), "{path}: {}", page.body);
    }
    let page = browser.get(&format!("/jobs/{id}")).await.body;
    for shown in ["no card for [redacted], tried", "caused by: [redacted]", "card:[redacted]", "by-[redacted]", ">vip<"]
    {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
}

#[tokio::test]
async fn a_job_with_a_masked_tag_is_edited_and_copied_without_losing_it() {
    let bed = TestBed::new().await;
    let (tower, id) = tattletale(&bed).await;
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).router());
    let revision = tower.console().job(id).await.unwrap().revision.unwrap();
    let form = |more: &str| format!("kind=charge_card&queue=default&max_retries=1&tags=new,by-[redacted]&{more}");

    let edit = browser.post(&format!("/jobs/{id}/edit"), &form(&format!("revision={revision}"))).await;
    let copy = browser.post("/jobs/new", &form(&format!("from={id}"))).await;
    let part = "payload={\"data\":{\"url\":\"http://pay/?key=[redacted]\"}}";
    let refused = browser.post(&format!("/jobs/{id}/edit"), &form(part)).await;
    let by_api = r#"{"tags": ["by-[redacted]"]}"#;
    let request = from_this_machine("PATCH", &format!("/api/v1/jobs/{id}")).header("sec-fetch-site", "same-origin");
    let by_api = browser.send_as(request, "application/json", by_api).await;

    assert_eq!((edit.status.as_u16(), copy.status.as_u16()), (303, 303), "{} {}", edit.body, copy.body);
    let copied = copy.location().rsplit('/').next().unwrap().parse().unwrap();
    for id in [id, copied] {
        let job = tower.console().job(id).await.unwrap();
        assert_eq!(
            (job.tags, &job.payload["data"]["token"]),
            (vec!["new".into(), "by-hunter2".into()], &json!("hunter2"))
        );
    }
    for path in ["/audit", "/audit.csv", "/audit.ndjson", "/api/v1/audit"] {
        let audit = browser.get(path).await.body;
        assert!(audit.contains("new") && !audit.contains("hunter"), "{path}: {audit}");
    }
    assert_eq!(refused.status, 400);
    assert!(refused.body.contains("write down the whole text"), "{}", refused.body);
    assert_eq!(by_api.status, 400);
}

/// What a browser is told of a filter: by the list, by numbers, by programs, and before an operation.
async fn told(browser: &Browser, q: &str) -> Vec<String> {
    let paths = ["/jobs?q=", "/api/v1/jobs?q=", "/api/v1/counts?q=", "/operations/new?action=cancel&q="];
    let mut told = Vec::new();
    for path in paths {
        let answer = browser.get(&format!("{path}{q}")).await;
        assert_eq!(answer.status, 200, "{path}{q}: {}", answer.body);
        let rows = answer.attributes("data-row-id").join(" ");
        let numbers = answer.body.split("class=\"count\">").skip(1).map(|rest| rest.split('<').next().unwrap());
        let table = answer.body.split_once("<tbody>").map_or("", |(_, rest)| rest.split_once("</tbody>").unwrap().0);
        let json = if path.starts_with("/api") { answer.body.as_str() } else { "" };
        let eligible = answer.body.contains("class=\"danger\"");
        told.push(format!(
            "{rows} {:?} {} {json} {eligible}",
            numbers.collect::<Vec<_>>(),
            table.matches("<tr").count()
        ));
    }
    told
}

#[tokio::test]
async fn no_filter_tells_by_parts_what_is_hidden() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let data = json!({ "token": "hunter2", "pin_token": 424_242, "url": "https://pay/?key=hunter2", "copy": 424_242 });
    tower.client().enqueue(ChargeCard { data }).tags(["by-hunter2"]).await.unwrap();
    let data = json!({ "login": "Bearer hunter2", "at": "postgres://ana:hunter2@db", "page": "/home" });
    tower.client().enqueue(ChargeCard { data }).tags(["hunter2"]).await.unwrap();
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).router());

    for (right, wrong) in [
        ("tag:by-hunter*", "tag:by-nobody*"),
        ("tag:by-h*,x", "tag:by-x*,x"),
        ("args.data.url:%22https://pay/?key=h%22*", "args.data.url:%22https://pay/?key=x%22*"),
        ("args.data.copy:%3E=424242", "args.data.copy:%3E424242"),
        ("args.data.copy:424000..425000", "args.data.copy:1..2"),
        ("args.data.login:%22Bearer+h%22*", "args.data.login:%22Bearer+x%22*"),
        ("args.data.at:%22postgres://ana:h%22*", "args.data.at:%22postgres://ana:x%22*"),
    ] {
        assert_eq!(told(&browser, right).await, told(&browser, wrong).await, "{right}");
        assert_eq!(told(&browser, &format!("-{right}")).await, told(&browser, &format!("-{wrong}")).await, "-{right}");
    }
    for q in ["args.data.token:h*", "-args.data.token:h*", "args.data.pin_token:%3E4", "args.data.%22TO%20KEN%22:*"] {
        assert_eq!(browser.get(&format!("/jobs?q={q}")).await.status, 403, "{q}");
    }
}

#[tokio::test]
async fn parts_are_compared_where_nothing_is_hidden_and_the_page_says_so() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let open = json!({ "total": 500, "iban": "DE02", "page": "/home" });
    let open = tower.client().enqueue(ChargeCard { data: open }).tags(["vip-2"]).await.unwrap();
    let closed = json!({ "total": 500, "password": "hunter2", "page": "/home" });
    tower.client().enqueue(ChargeCard { data: closed }).tags(["vip-3"]).await.unwrap();
    let listed = async |redact: Redact, q: &str| {
        let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).redact(redact).router());
        let page = browser.get(&format!("/jobs?q={q}")).await;
        (page.status.as_u16(), page.attributes("data-row-id"), page.body.contains("are not compared in jobs that hide"))
    };

    for q in ["tag:vip*", "args.data.total:%3E=100", "args.data.page:/h*"] {
        assert_eq!(listed(Redact::default(), q).await, (200, vec![open.to_string()], true), "{q}");
        let (_, all, is_told) = listed(Redact::nothing(), q).await;
        assert_eq!((all.len(), is_told), (2, false), "{q}");
        assert_eq!(listed(Redact::nothing().key("iban"), q).await.1.len(), 1, "{q}");
        assert_eq!(listed(Redact::nothing().path("*", "data.*.iban"), q).await.1.len(), 1, "{q}");
        assert_eq!(listed(Redact::nothing().by(|_, _| ()), q).await.0, 403, "{q}");
    }
    for q in ["tag:vip-3", "args.data.total:500", "args.data.total:*"] {
        let (status, found, is_told) = listed(Redact::default().by(|_, _| ()), q).await;
        assert_eq!((status, found.is_empty(), is_told), (200, false, false), "{q}");
    }
}

#[tokio::test]
async fn no_group_of_errors_is_suggested_for_a_word_that_is_not_shown() {
    let bed = TestBed::new().await;
    let (tower, _) = tattletale(&bed).await;
    until("the error is counted", async || {
        !tower.console().error_groups(&ErrorFilter::new()).await.unwrap().groups.is_empty()
    })
    .await;
    let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).router());

    for (text, is_found) in [("error:card", true), ("error:hunt", false), ("error:%22shop:hunter%22", false)] {
        let told = browser.get(&format!("/api/v1/suggest?q={text}")).await.body;

        assert_eq!(told.contains("\"note\":\""), is_found, "{text}: {told}");
    }
}

#[tokio::test]
async fn of_a_group_of_errors_whose_jobs_are_gone_the_plain_words_are_told() {
    let bed = TestBed::new().await;
    let (tower, _) = tattletale(&bed).await;
    bed.execute(&format!("DELETE FROM {}.history", bed.quoted())).await;
    let errors = async |redact: Redact| {
        let browser = Browser::new(Dashboard::new(tower.console(), Access::loopback()).redact(redact).router());
        browser.get("/errors").await.body
    };

    let (hidden, shown) = (errors(Redact::default()).await, errors(Redact::nothing()).await);

    assert!(hidden.contains("no card for [redacted] tried [redacted] twice"), "{hidden}");
    assert!(
        shown.contains("no card for hunter&lt;n&gt;") || shown.contains("no card for hunter&#60;n&#62;"),
        "{shown}"
    );
}
