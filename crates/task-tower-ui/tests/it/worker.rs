//! The page of one worker.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::Value;
use task_tower_ui::{Access, Permission, Permissions, Scope, router};

use crate::browser::{Answer, Browser, Desk, welcome};
use crate::support::TestBed;

fn has(page: &Answer, pieces: &[&str]) {
    let text = page.body.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in pieces {
        assert!(text.contains(piece), "{piece:?} is not on {text}");
    }
}

/// A tower whose worker 7 of two queues runs a job of each since a while, and of which it told by a heartbeat.
async fn busy() -> (TestBed, Desk) {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    for queue in ["mail", "low"] {
        desk.client.enqueue(welcome("ana")).to_queue(queue).await.unwrap();
    }
    bed.query(
        "INSERT INTO tower.worker (id, host, process_id, version, app_version, slots, busy, kinds, queues, dead_after,
                                   queue_prioritization, queue_priorities, running)
         OVERRIDING SYSTEM VALUE
         SELECT 7, 'jobs-<1>', 42, '0.1.0', '2026.11', 4, 3, '{send_welcome}', '{mail,low}', '1 h', 'index',
                '{\"mail\": 5, \"low\": 1}', array_agg(id)
         FROM tower.job",
        &[],
    )
    .await;
    bed.query(
        "UPDATE tower.job SET state = 1, worker_id = 7, lease = 1, attempt = 1, attempted_at = now() - interval '90 s'",
        &[],
    )
    .await;
    bed.query(
        "INSERT INTO tower.tally (axis, name, step, at, enqueued, completed, waits, runs)
         VALUES ('kind', 'send_welcome', 1, date_trunc('minute', now(), 'UTC'), 1, 1, '{}',
                 array_fill(0, ARRAY[20]) || ARRAY[1])",
        &[],
    )
    .await;
    (bed, desk)
}

#[tokio::test]
async fn the_api_tells_since_when_the_jobs_of_a_worker_run() {
    let (bed, desk) = busy().await;
    bed.query("UPDATE tower.worker SET running = running || gen_random_uuid()", &[]).await;
    let told = async |path: &str| -> Value { serde_json::from_str(&desk.browser.get(path).await.body).unwrap() };

    let (all, one) = (told("/api/v1/workers").await, told("/api/v1/workers/7").await);

    let running = one["running"].as_array().unwrap();
    let ids: Vec<String> = desk.console.workers().await.unwrap()[0].running.iter().map(ToString::to_string).collect();
    assert_eq!(running.iter().map(|job| job["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    let since = |job: &Value| job["started_at"].as_str().map(|at| at.parse::<DateTime<Utc>>().unwrap());
    for job in &running[..2] {
        let seconds = (Utc::now() - since(job).unwrap()).num_seconds();
        assert!((89..600).contains(&seconds), "{job}");
    }
    assert_eq!(since(&running[2]), None, "one that has ended since its worker told of it");
    assert_eq!(all["items"][0]["running"], one["running"]);
}

#[tokio::test]
async fn a_worker_has_its_figures_its_jobs_its_queues_and_its_kinds() {
    let (_bed, desk) = busy().await;

    let page = desk.browser.get("/workers/7").await;

    has(
        &page,
        &[
            "jobs-&#60;1&#62;",
            "3 of 4 slots",
            "pid 42, up",
            "<code>2026.11</code>",
            ">send_welcome</a>",
            "data-label=\"For\"><span data-running=\"9",
            "\">1 min 3",
            "× p95",
            "href=\"../jobs?q=worker%3A7%20state%3Aprocessing\">1 more job</a>",
            "href=\"../queues/mail\" translate=\"no\">mail</a><span class=\"note\">Rank 1</span>",
            "href=\"../queues/low\" translate=\"no\">low</a><span class=\"note\">Rank 2</span>",
            "href=\"../kinds/send_welcome\"",
            "href=\"../jobs?q=worker%3A7%20state%3Afailed%2Cdead\"",
            "action=\"../workers/7/quiet\"",
        ],
    );
}

#[tokio::test]
async fn the_list_tells_for_how_long_its_jobs_have_run() {
    let (_bed, desk) = busy().await;

    let list = desk.browser.get("/workers").await;

    has(&list, &["title=\"send_welcome\"><span translate=\"no\">", "</span> <span data-running=\"9", "\">1 min 3"]);
}

#[tokio::test]
async fn its_buttons_come_back_to_it() {
    let (_bed, desk) = busy().await;

    let quiet = desk.browser.post("/workers/7/quiet", "back=workers%2F7").await;
    let then = desk.browser.get("/workers/7").await;
    let astray = desk.browser.post("/workers/7/resume", "back=https%3A%2F%2Fevil.example").await;

    assert_eq!((quiet.location(), astray.location()), ("../../workers/7", "../../workers"));
    has(&then, &["to claim no more", "action=\"../workers/7/resume\""]);
}

#[tokio::test]
async fn one_that_ended_says_how_and_has_no_buttons() {
    let (bed, desk) = busy().await;
    let end = async |how: &str| {
        bed.query(&format!("UPDATE tower.worker SET ended_at = now(), ended_how = '{how}', busy = 0"), &[]).await;
        desk.browser.get("/workers/7").await
    };

    let (silent, stopped) = (end("silent").await, end("stopped").await);

    has(&silent, &["It fell silent: its last heartbeat was at"]);
    has(&stopped, &["It stopped at"]);
    for page in [silent, stopped] {
        assert!(!page.body.contains("/quiet\"") && !page.body.contains("Running now"), "{}", page.body);
    }
}

#[tokio::test]
async fn one_that_died_is_removed_from_the_list_by_its_button() {
    let (bed, desk) = busy().await;
    let early = desk.browser.post("/workers/7/remove", "").await;
    bed.query("UPDATE tower.worker SET ended_at = now(), ended_how = 'silent', busy = 0", &[]).await;
    let (page, list) = (desk.browser.get("/workers/7").await, desk.browser.get("/workers").await);
    let held = desk.browser.post("/workers/7/remove", "").await;
    bed.query("UPDATE tower.job SET state = 0, worker_id = 0", &[]).await;

    let removed = desk.browser.post("/workers/7/remove", "").await;

    has(&page, &["action=\"../workers/7/remove\"", ">Remove</button>"]);
    has(&list, &["action=\"workers/7/remove\""]);
    assert_eq!((early.status, held.status), (StatusCode::CONFLICT, StatusCode::CONFLICT));
    assert_eq!((removed.status, removed.location()), (StatusCode::SEE_OTHER, "../../workers"));
    has(&desk.browser.get("/workers").await, &["No worker has run"]);
}

#[tokio::test]
async fn who_may_not_manage_workers_has_no_button_to_remove_one() {
    let (bed, _desk) = busy().await;
    bed.query("UPDATE tower.worker SET ended_at = now(), ended_how = 'silent', busy = 0", &[]).await;
    let may = Permissions::all().without(Permission::ManageWorkers);
    let console = bed.builder().build().await.unwrap().console();
    let browser = Browser::new(router(console, Access::loopback().permissions(may)));

    let pages = [browser.get("/workers").await, browser.get("/workers/7").await];
    let refused = browser.post("/workers/7/remove", "").await;

    assert!(pages.iter().all(|page| !page.body.contains("/remove")), "{pages:?}");
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_memory_of_its_process_stands_on_the_list_and_on_its_page_while_it_lives() {
    let (bed, desk) = busy().await;
    let unknown = desk.browser.get("/workers/7").await;
    bed.query("UPDATE tower.worker SET memory_bytes = 88080384", &[]).await;

    let (page, list) = (desk.browser.get("/workers/7").await, desk.browser.get("/workers").await);

    has(&page, &["<dt>Memory</dt><dd>84 MB</dd>"]);
    has(&list, &[", 84 MB</span>"]);
    assert!(!unknown.body.contains("Memory"), "{}", unknown.body);
    bed.query("UPDATE tower.worker SET ended_at = now(), ended_how = 'silent', busy = 0", &[]).await;
    assert!(!desk.browser.get("/workers").await.body.contains("84 MB"));
}

#[tokio::test]
async fn what_wakes_it_stands_on_its_page_where_redis_is_to() {
    let (bed, desk) = busy().await;
    let without = desk.browser.get("/workers/7").await;
    let mut pages = Vec::new();
    for by_redis in [true, false] {
        bed.query("UPDATE tower.worker SET by_redis = $1", &[&by_redis]).await;
        pages.push(desk.browser.get("/workers/7").await);
    }

    has(&pages[0], &["<dt>Announcements</dt><dd>by Redis</dd>"]);
    has(&pages[1], &["<dt>Announcements</dt><dd>by NOTIFY, since Redis is away</dd>"]);
    assert!(!without.body.contains("Announcements"), "{}", without.body);
}

/// Nobody else lives who could find it dead.
#[tokio::test]
async fn one_that_is_not_heard_of_any_more_is_dead_on_every_page() {
    let (bed, desk) = busy().await;
    bed.query("UPDATE tower.worker SET dead_after = interval '0'", &[]).await;

    let (page, list) = (desk.browser.get("/workers/7").await, desk.browser.get("/workers").await);
    let overview = desk.browser.get("/overview").await;

    has(&page, &["It fell silent: its last heartbeat was at", "a living worker puts its jobs back"]);
    has(&list, &["0 alive, 0 of 0 slots in use.", "jobs-&#60;1&#62; is dead.", "silent "]);
    has(&overview, &["<h1>Nothing runs</h1>", "0 of 1 alive"]);
    for page in [page, list] {
        assert!(!page.body.contains("/quiet\""), "{}", page.body);
    }
}

#[tokio::test]
async fn who_sees_a_part_is_shown_that_part_of_it() {
    let (bed, _desk) = busy().await;
    let tower = bed.builder().build().await.unwrap();
    let scope = Scope::all().queues(["mail"]);
    let browser = Browser::new(router(tower.console(), Access::loopback().scope(scope)));

    let page = browser.get("/workers/7").await;

    has(&page, &["href=\"../queues/mail\""]);
    assert_eq!(page.body.matches(">send_welcome</a> <code>").count(), 1, "{}", page.body);
    assert!(!page.body.contains("queues/low") && !page.body.contains("more jobs</a>"), "{}", page.body);
}

#[tokio::test]
async fn pages_that_name_a_worker_lead_to_it() {
    let (bed, desk) = busy().await;
    let job = desk.console.workers().await.unwrap()[0].running[0];
    bed.query("UPDATE tower.worker SET started_at = now() - interval '1 h'", &[]).await;
    desk.console.quiet_worker("7".parse().unwrap()).await.unwrap();
    desk.console.resume_worker("7".parse().unwrap()).await.unwrap();

    for (path, link) in [
        ("/workers".to_owned(), "workers/7"),
        ("/overview".to_owned(), "workers/7"),
        ("/audit".to_owned(), "workers/7"),
        ("/queues/mail".to_owned(), "../workers/7"),
        (format!("/jobs/{job}"), "../workers/7"),
    ] {
        let page = desk.browser.get(&path).await;

        assert!(page.attributes("href").iter().any(|href| href == link), "{path}: {}", page.body);
    }
}

#[tokio::test]
async fn a_worker_that_nobody_remembers_is_not_there() {
    let (bed, desk) = busy().await;
    let job = desk.console.workers().await.unwrap()[0].running[0];
    bed.query("DELETE FROM tower.worker", &[]).await;

    for path in ["/workers/7", "/workers/%3Cb%3E", "/workers/99999999999999999999"] {
        let page = desk.browser.get(path).await;

        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.body.contains("<b>"), "{}", page.body);
    }
    let page = desk.browser.get(&format!("/jobs/{job}")).await;
    has(&page, &["worker 7"]);
    assert!(!page.body.contains("workers/7\""), "{}", page.body);
}

#[tokio::test]
async fn one_of_all_queues_names_those_that_it_picks() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let desk = Desk::of(&tower);
    for queue in ["mail", "unnamed"] {
        desk.client.enqueue(welcome("ana")).to_queue(queue).await.unwrap();
    }
    bed.query(
        "INSERT INTO tower.worker (id, host, process_id, version, slots, kinds, queues, dead_after,
                                   queue_prioritization, queue_priorities)
         OVERRIDING SYSTEM VALUE VALUES (7, 'jobs-1', 1, '0.1.0', 4, '{}', '{}', '1 h', 'strict', '{\"mail\": 3}')",
        &[],
    )
    .await;

    let page = desk.browser.get("/workers/7").await;

    has(&page, &["mail</a><span class=\"note\">Strict, rank 1</span>", "None that you see."]);
    assert!(!page.body.contains("unnamed"), "{}", page.body);
}
