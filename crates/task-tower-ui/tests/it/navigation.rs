//! The numbers beside the navigation.

use task_tower::ErrorFilter;
use task_tower_ui::{Access, Scope};

use crate::browser::{Answer, Desk};
use crate::history::History;
use crate::support::until;

/// The number beside a page, with its tone.
fn number(page: &Answer, path: &str) -> Option<(String, String)> {
    let (_, entry) = page.body.split_once(&format!("data-page=\"{path}\""))?;
    let (entry, _) = entry.split_once("</a>")?;
    let (tone, text) = entry.split_once("<span class=\"count ")?.1.split_once("\">")?;
    Some((text.trim_end_matches("</span>").to_owned(), tone.to_owned()))
}

fn said(text: &str, tone: &str) -> Option<(String, String)> {
    Some((text.to_owned(), tone.to_owned()))
}

#[tokio::test]
async fn every_page_says_how_many_there_are() {
    let history = History::new().await;
    let errors = async || history.console().error_groups(&ErrorFilter::new()).await.unwrap().unresolved;
    until("the errors are counted", async || errors().await == 2).await;
    let silent =
        "INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, ended_at, ended_how)
                  SELECT 'jobs-0' || number, number, '0.1.0', 4, '{}', '{}', interval '1 h',
                         CASE number WHEN 2 THEN now() END, CASE number WHEN 2 THEN 'silent' END
                  FROM generate_series(1, 2) AS number";
    history.bed.query(silent, &[]).await;

    for path in ["/jobs", "/settings", "/kinds/charge_card", "/no/such/page"] {
        let page = history.browser(Access::loopback()).get(path).await;

        assert_eq!(number(&page, "queues"), said("2", ""), "{path}");
        assert_eq!(number(&page, "kinds"), said("2", ""), "{path}");
        assert_eq!(number(&page, "errors"), said("2", "bad"), "{path}");
        assert_eq!(number(&page, "workers"), said("1/2", "warn"), "{path}");
        assert_eq!((number(&page, "operations"), number(&page, "audit")), (None, None), "{path}");
    }
}

#[tokio::test]
async fn who_sees_a_part_is_offered_no_page_that_is_refused() {
    let history = History::new().await;
    let part = history.browser(Access::loopback().scope(Scope::all().queues(["critical"])));
    let all = history.browser(Access::loopback());

    for path in ["/overview", "/jobs", "/keys", "/settings", "/palette.json?q=doctor", "/no/such/page"] {
        let (part, all) = (part.get(path).await.body, all.get(path).await.body);

        assert!(!part.contains("Doctor") && all.contains("Doctor"), "{path}: {part}");
    }
    let offered = part.get("/jobs").await.attributes("data-page");
    assert!(offered.len() > 5, "{offered:?}");
    for page in offered {
        assert_eq!(part.get(&format!("/{page}")).await.status, 200, "{page}");
    }
    assert_eq!(part.get("/doctor").await.status, 403);
}

#[tokio::test]
async fn who_sees_a_part_is_told_no_number_and_an_empty_tower_has_none() {
    let history = History::new().await;

    let part = history.browser(Access::loopback().scope(Scope::all().queues(["critical"]))).get("/jobs").await;
    let empty = Desk::new().await.browser.get("/jobs").await;

    for page in [part, empty] {
        assert!(!page.body.contains("class=\"count "), "{}", page.body);
    }
}
