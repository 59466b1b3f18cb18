//! The page of one queue.

use axum::http::StatusCode;
use task_tower_ui::{Access, Scope};

use crate::browser::{Answer, Desk, welcome};
use crate::history::History;
use crate::support::TestBed;

fn has(page: &Answer, pieces: &[&str]) {
    let text = page.body.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in pieces {
        assert!(text.contains(piece), "{piece:?} is not on {text}");
    }
}

#[tokio::test]
async fn a_queue_has_its_figures_its_charts_and_its_kinds() {
    let history = History::new().await;

    for window in ["1h", "24h"] {
        let page = history.desk.browser.get(&format!("/queues/critical?window={window}")).await;

        has(
            &page,
            &[
                "<span class=\"dead\">Dead <b>3</b></span>",
                "<span class=\"completed\">Completed <b>3</b></span>",
                "href=\"critical?window=6h\"",
                "href=\"../jobs?q=queue:critical\"",
                "href=\"../jobs?q=queue%3Acritical%20kind%3Acharge_card\"",
                ">100%</span>",
                "No living worker serves this queue.",
                "operations/new?action=delete&amp;q=queue%3Acritical%20state%3Ascheduled%2Cenqueued%2Cfailed",
            ],
        );
    }
}

#[tokio::test]
async fn what_waits_in_it_is_deleted_through_the_preview() {
    let desk = Desk::new().await;
    for _ in 0..3 {
        desk.client.enqueue(welcome("ana")).to_queue("a \"b\" <c>").await.unwrap();
    }
    let page = desk.browser.get("/queues/a%20%22b%22%20%3Cc%3E").await;
    let links = page.attributes("href");

    let link =
        links.iter().find(|link| link.contains("action=delete")).unwrap().replace("..", "").replace("&amp;", "&");
    let preview = desk.browser.get(&link).await;

    has(&preview, &["Type 3 to confirm", ">Delete 3 jobs<"]);
}

#[tokio::test]
async fn it_is_paused_and_resumed_on_its_own_page() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("a/b?c").await.unwrap();
    let page = "/queues/a%2Fb%3Fc";
    let back = desk.browser.get(page).await.body.contains("name=\"back\" value=\"queues/a%2Fb%3Fc\"");

    let paused = desk.browser.post("/queues/pause", "name=a%2Fb%3Fc&reason=a+fire&back=queues%2Fa%252Fb%253Fc").await;
    let then = desk.browser.get(&paused.location().replace("..", "")).await;

    assert!(back && paused.location().starts_with("../queues/a%2Fb%3Fc?undo="), "{}", paused.location());
    has(&then, &["The queue was changed.", "a fire", "action=\"../queues/resume\"", "value=\"queues/a%2Fb%3Fc\""]);
}

#[tokio::test]
async fn it_is_late_by_its_own_limit_on_every_page() {
    let bed = TestBed::new().await;
    let desk = Desk::of(&bed.builder().build().await.unwrap());
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    bed.query("UPDATE tower.job SET run_at = now() - interval '90 s'", &[]).await;
    let worker = "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after)
                  VALUES ('jobs-1', 1, '0.1.0', 4, '{}', '{}', '1 h')";
    bed.query(worker, &[]).await;
    let late = [
        ("/queues/mail", "<dd class=\"late\">"),
        ("/queues", "number late\""),
        ("/jobs", "wait late\""),
        ("/overview", "<h1>Running late</h1>"),
    ];
    for (path, mark) in late {
        has(&desk.browser.get(path).await, &[mark]);
    }

    let set = desk.browser.post("/queues/limit", "name=mail&seconds=300&back=queues%2Fmail").await;

    assert!(set.location().starts_with("../queues/mail?undo="), "{}", set.location());
    for (path, mark) in late {
        let page = desk.browser.get(path).await;
        assert!(!page.body.contains(mark), "{path}: {}", page.body);
    }
    has(
        &desk.browser.get("/queues/mail").await,
        &["<dt>Late after</dt><dd>5 min 00 s</dd>", "name=\"seconds\" type=\"number\"", "value=\"300\""],
    );
    desk.browser.post("/queues/limit", "name=mail&seconds=").await;
    has(&desk.browser.get("/queues/mail").await, &["<dt>Late after</dt><dd>1 min 00 s</dd>", "<dd class=\"late\">"]);
    for wrong in ["soon", "0", "-1", "2592001"] {
        let refused = desk.browser.post("/queues/limit", &format!("name=mail&seconds={wrong}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_change_of_its_limit_is_undone_from_the_page_that_comes_next() {
    let desk = Desk::new().await;
    desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    desk.browser.post("/queues/limit", "name=mail&seconds=300").await;

    let set = desk.browser.post("/queues/limit", "name=mail&seconds=5&back=queues%2Fmail").await;
    let told = desk.browser.get(&set.location().replace("..", "")).await;
    let entry = set.location().split('=').next_back().unwrap().to_owned();
    let undone = desk.browser.post("/queues/undo", &format!("entry={entry}&back=queues%2Fmail")).await;

    has(&told, &["The queue was changed.", "data-command=\"undo\"", "<dd>5.0 s</dd>"]);
    assert_eq!(undone.location(), "../queues/mail");
    has(&desk.browser.get("/queues/mail").await, &["<dt>Late after</dt><dd>5 min 00 s</dd>"]);
}

#[tokio::test]
async fn no_name_is_taken_by_what_is_done_to_queues() {
    let desk = Desk::new().await;

    for name in ["pause", "resume", "undo", "pause-all", "limit"] {
        desk.client.enqueue(welcome("ana")).to_queue(name).await.unwrap();
        let page = desk.browser.get(&format!("/queues/{name}")).await;

        assert_eq!(page.status, StatusCode::OK, "{name}");
    }
    assert_eq!(desk.browser.post("/queues/mail", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_queue_out_of_sight_or_unknown_is_not_there() {
    let history = History::new().await;
    let access = Access::loopback().scope(Scope::all().queues(["crit*"]).kinds(["other"]));
    let browser = history.browser(access);

    let seen = browser.get("/queues/critical").await;

    assert_eq!(seen.status, StatusCode::OK);
    assert!(!seen.body.contains("charge_card"), "{}", seen.body);
    for path in ["/queues/images", "/queues/%3Cb%3E", "/queues/a%00b"] {
        let page = browser.get(path).await;

        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.body.contains("<b>"), "{}", page.body);
    }
}
