//! What a job has logged, and how far it is: on its page, as a file, and for programs.

use axum::http::StatusCode;
use serde_json::{Value, json};
use task_tower::JobId;
use task_tower_ui::{Scope, Visitor};

use crate::api::{get, refused, seen_by};
use crate::browser::{Answer, Desk, welcome};
use crate::support::TestBed;

/// A job in its second run, which began a minute ago.
struct Running {
    bed: TestBed,
    desk: Desk,
    id: JobId,
}

impl Running {
    async fn new() -> Self {
        let bed = TestBed::new().await;
        let desk = Desk::of(&bed.builder().build().await.unwrap());
        let id = desk.client.enqueue(welcome("ana")).await.unwrap();
        let run = "UPDATE tower.job SET state = 1, attempt = 2, lease = 3, worker_id = 1, attempted_at = now() - interval '1 min'";
        bed.query(run, &[]).await;
        Self { bed, desk, id }
    }

    /// Lines of a run, of these levels, a second apart.
    async fn logs(&self, attempt: i32, lines: &[(i16, &str)]) {
        let (levels, messages): (Vec<i16>, Vec<&str>) = lines.iter().copied().unzip();
        let sql = "INSERT INTO tower.log (job_id, lease, number, attempt, at, level, target, message)
                   SELECT job.id, 2 * $1::integer - 1, number, $1, job.attempted_at + make_interval(secs => number), line.level, 'shop', line.message
                   FROM tower.job, unnest($2::smallint[], $3::text[]) WITH ORDINALITY AS line (level, message, number)";
        self.bed.query(sql, &[&attempt, &levels, &messages]).await;
    }

    async fn page(&self, query: &str) -> Answer {
        let page = self.desk.browser.get(&format!("/jobs/{}{query}", self.id)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        page
    }

    /// The messages of the page.
    async fn shown(&self, query: &str) -> Vec<String> {
        let page = self.page(query).await.body;
        let cells = page.split("<td title=\"shop\">").skip(1);
        cells.map(|cell| cell[..cell.find("</td>").unwrap()].to_owned()).collect()
    }

    fn path(&self, query: &str) -> String {
        format!("/jobs/{}/logs{query}", self.id)
    }
}

fn messages(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|line| line["message"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_job_that_has_logged_nothing_has_no_log_and_no_progress() {
    let running = Running::new().await;

    let page = running.page("").await.body;

    assert!(page.contains("<div id=\"log\" data-live=\"jobs logs\"></div>"), "{page}");
    assert!(!page.contains("<progress"), "{page}");
}

#[tokio::test]
async fn the_page_has_the_lines_of_the_latest_run_and_addresses_lead_to_others() {
    let running = Running::new().await;
    running.logs(1, &[(3, "the first run")]).await;
    running.logs(2, &[(3, "begins"), (4, "no answer"), (2, "a detail"), (5, "gave up")]).await;

    assert_eq!(running.shown("").await, ["begins", "no answer", "a detail", "gave up"]);
    assert_eq!(running.shown("?level=warn").await, ["no answer", "gave up"]);
    assert_eq!(running.shown("?attempt=1").await, ["the first run"]);
    assert_eq!(running.shown("?attempt=1&level=error").await, [""; 0]);
    let page = running.page("").await;
    assert!(page.body.contains("<td class=\"offset\">+2.000</td><td class=\"level warn\">WARN</td>"), "{}", page.body);
    let links = page.attributes("href");
    for query in ["attempt=1&level=trace", "attempt=2&level=info", "attempt=2&level=warn", "attempt=2&level=error"] {
        assert!(links.contains(&format!("{}?{query}#log", running.id)), "{query}: {links:?}");
    }
    let nothing = running.page("?attempt=1&level=error").await.body;
    assert!(nothing.contains("Nothing of this level was logged in this attempt."), "{nothing}");
}

#[tokio::test]
async fn of_many_lines_the_last_forty_are_shown_and_links_lead_to_those_before() {
    let running = Running::new().await;
    let words: Vec<String> = (1..=250).map(|number| format!("line {number}")).collect();
    running.logs(2, &words.iter().map(|words| (3, words.as_str())).collect::<Vec<_>>()).await;
    let mut seen = Vec::new();
    let mut query = String::new();

    for _ in 0..7 {
        let mut lines = running.shown(&query).await;
        lines.append(&mut seen);
        seen = lines;
        let links = running.page(&query).await.attributes("href");
        let before = links.into_iter().find(|link| link.contains("before=") && link.ends_with("#log"));
        query = before.map_or(String::new(), |link| link.trim_start_matches(&running.id.to_string()).to_owned());
    }

    assert_eq!(seen, words);
    assert_eq!(query, "", "nothing is before the first line");
}

#[tokio::test]
async fn hostile_lines_are_words_and_secrets_are_not_shown() {
    let running = Running::new().await;
    running.bed.query("UPDATE tower.job SET payload = payload || '{\"api_key\": \"of-the-arguments\"}'", &[]).await;
    let lines =
        [(3, "<script>alert(1)</script>"), (3, "login password=\"hunter2\""), (3, "asked with of-the-arguments")];
    running.logs(2, &lines).await;
    let told = "INSERT INTO tower.progress (job_id, lease, attempt, done, total, text)
                SELECT id, lease, attempt, 1, 4, '<b>token=hunter2</b>' FROM tower.job";
    running.bed.query(told, &[]).await;

    let page = running.page("").await.body;
    let file = running.desk.browser.get(&format!("/jobs/{}/log.txt", running.id)).await;
    let record = running.desk.browser.get(&format!("/jobs/{}/record.json", running.id)).await;
    let answer = get(&running.desk.browser, &running.path("")).await.to_string();
    let job = get(&running.desk.browser, &format!("/jobs/{}", running.id)).await.to_string();

    assert!(page.contains("&#60;script&#62;alert(1)") && !page.contains("<script>alert") && !page.contains("<b>token"));
    for shown in [&page, &file.body, &record.body, &answer, &job] {
        assert!(shown.contains("[redacted]"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("of-the-arguments"), "{shown}");
    }
}

#[tokio::test]
async fn the_log_is_a_file_in_which_no_line_looks_like_another() {
    let running = Running::new().await;
    running.logs(1, &[(3, "first")]).await;
    running.logs(2, &[(5, "two\n2026-01-01 3 INFO shop: lines\x1b[2J")]).await;

    let file = running.desk.browser.get(&format!("/jobs/{}/log.txt", running.id)).await;

    assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let lines: Vec<&str> = file.body.lines().map(|line| line.split_once("Z ").map_or(line, |(_, rest)| rest)).collect();
    assert_eq!(lines, ["1 INFO  shop: first", "2 ERROR shop: two", "    2026-01-01 3 INFO shop: lines\u{fffd}[2J"]);
}

#[tokio::test]
async fn the_page_shows_how_far_the_present_run_is() {
    let running = Running::new().await;
    let told = "INSERT INTO tower.progress (job_id, lease, attempt, done, total, text)
                SELECT id, lease, attempt, 30, 40, 'packing' FROM tower.job";
    running.bed.query(told, &[]).await;

    let page = running.page("").await.body;
    let job = get(&running.desk.browser, &format!("/jobs/{}", running.id)).await;
    running.bed.query("UPDATE tower.progress SET attempt = 1", &[]).await;
    let later = running.page("").await.body;

    assert!(page.contains("<progress max=\"100\" value=\"75\" aria-label=\"Progress\"></progress>"), "{page}");
    assert!(page.contains("75% · 30 of 40") && page.contains("packing"), "{page}");
    assert_eq!((&job["progress"]["percent"], &job["progress"]["text"]), (&json!(75), &json!("packing")));
    assert!(!later.contains("<progress"), "that of an earlier run");
}

#[tokio::test]
async fn a_program_follows_a_log_from_where_it_was() {
    let running = Running::new().await;
    running.logs(2, &[(3, "one"), (4, "two"), (3, "three")]).await;
    let browser = &running.desk.browser;

    let first = get(browser, &running.path("?limit=2")).await;
    let next = first["next"].as_str().unwrap();
    let second = get(browser, &running.path(&format!("?after={next}"))).await;
    let end = get(browser, &running.path(&format!("?after={}", second["next"].as_str().unwrap()))).await;
    let back = get(browser, &running.path(&format!("?before={next}"))).await;
    let grave = get(browser, &running.path("?level=warn&attempt=2")).await;

    assert_eq!((messages(&first), &first["more"]), (vec!["one", "two"], &json!(true)));
    assert_eq!((messages(&second), &second["more"]), (vec!["three"], &json!(false)));
    assert_eq!((messages(&end), &end["next"]), (vec![], &second["next"]));
    assert_eq!(messages(&back), ["one"]);
    assert_eq!(messages(&grave), ["two"]);
    assert_eq!(grave["items"][0]["level"], "warn");
}

#[tokio::test]
async fn what_is_asked_of_a_log_has_limits() {
    let running = Running::new().await;
    let browser = &running.desk.browser;

    for query in
        ["?limit=0", "?limit=1001", "?level=loud", "?attempt=x", "?after=x", "?after=1-1&before=1-1", "?cursor=1-1"]
    {
        refused(browser, "GET", &running.path(query), "", 400).await;
    }
    for query in ["?level=loud", "?attempt=x", "?before=x"] {
        let page = browser.get(&format!("/jobs/{}{query}", running.id)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
    }
    refused(browser, "GET", "/jobs/0192f0c1-0000-7000-8000-000000000000/logs", "", 404).await;
}

#[tokio::test]
async fn who_does_not_see_a_job_does_not_see_what_it_logged() {
    let running = Running::new().await;
    running.logs(2, &[(3, "between us")]).await;
    let ben = seen_by(&running.desk.console, Visitor::new("ben").scope(Scope::all().queues(["mail"])));

    refused(&ben, "GET", &running.path(""), "", 404).await;
    let file = ben.get(&format!("/jobs/{}/log.txt", running.id)).await;

    assert_eq!(file.status, StatusCode::NOT_FOUND);
    assert!(!file.body.contains("between us"));
}
