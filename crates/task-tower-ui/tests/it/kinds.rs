//! Kinds of jobs.

use axum::http::StatusCode;
use task_tower_ui::{Access, Scope};

use crate::browser::{Answer, Desk};
use crate::history::History;

fn has(page: &Answer, pieces: &[&str]) {
    let text = page.body.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in pieces {
        assert!(text.contains(piece), "{piece:?} is not on {text}");
    }
}

#[tokio::test]
async fn before_any_worker_there_is_no_kind() {
    let desk = Desk::new().await;

    has(&desk.browser.get("/kinds").await, &["No kind yet"]);
}

#[tokio::test]
async fn each_kind_is_listed_with_its_runs() {
    let history = History::new().await;

    for window in ["1h", "7d"] {
        let page = history.desk.browser.get(&format!("/kinds?window={window}")).await;

        has(
            &page,
            &[
                "href=\"kinds/charge_card\">charge_card</a>",
                "data-label=\"Runs\">7</td>",
                "data-label=\"Success\">42.8%</td>",
                "data-label=\"Dead\">3</td>",
                "href=\"kinds/resize%20%3Cimage%3E\">resize &#60;image&#62;</a>",
                "data-label=\"Success\">100%</td>",
            ],
        );
    }
}

#[tokio::test]
async fn a_kind_has_its_charts_its_heat_map_and_its_errors() {
    let history = History::new().await;

    let page = history.desk.browser.get("/kinds/charge_card?window=6h").await;

    has(
        &page,
        &[
            "<dt>Runs</dt><dd>7</dd>",
            "<span class=\"dead\">Dead <b>3</b></span>",
            "class=\"heat-",
            "no answer within &#60;n&#62; s",
            "href=\"../jobs?q=kind%3Acharge_card\"",
            "href=\"charge_card?window=24h\"",
        ],
    );
}

#[tokio::test]
async fn a_kind_with_an_odd_name_has_its_page_and_its_jobs() {
    let history = History::new().await;

    let page = history.desk.browser.get("/kinds/resize%20%3Cimage%3E").await;

    has(&page, &["<dt>Runs</dt><dd>2</dd>", "jobs?q=kind%3A%22resize%20%3Cimage%3E%22", "No unresolved error"]);
}

#[tokio::test]
async fn a_kind_out_of_sight_or_unknown_is_not_there() {
    let history = History::new().await;
    let browser = history.browser(Access::loopback().scope(Scope::all().kinds(["resize*"])));

    let list = browser.get("/kinds").await;

    assert!(list.body.contains("resize") && !list.body.contains("charge_card"), "{}", list.body);
    for path in ["/kinds/charge_card", "/kinds/%3Cb%3E"] {
        let page = browser.get(path).await;

        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(!page.body.contains("<b>"), "{}", page.body);
    }
}
