//! The way through a long list.

use axum::http::StatusCode;

use super::{ids, link, listed};
use crate::browser::{Desk, welcome};

/// The address of the next page in that direction.
fn onward(page: &crate::browser::Answer, way: &str) -> Option<String> {
    let (_, rest) = page.body.split_once(&format!("rel=\"{way}\" href=\""))?;
    Some(format!("/{}", rest.split('"').next().unwrap().replace("&#38;", "&")))
}

#[tokio::test]
async fn the_pages_there_and_back_show_every_job_once() {
    let desk = Desk::new().await;
    let mut expected = ids(&desk.client.enqueue_all((0..120).map(|_| welcome("ana"))).to_queue("mail").await.unwrap());
    expected.sort_unstable();
    expected.reverse();
    desk.client.enqueue(welcome("other")).await.unwrap();
    let mut pages = vec![desk.browser.get("/jobs?q=queue:mail&cols=run").await];

    while let Some(older) = onward(pages.last().unwrap(), "next") {
        pages.push(desk.browser.get(&older).await);
    }
    let mut back = vec![listed(pages.last().unwrap())];
    let mut newer = onward(pages.last().unwrap(), "prev");
    while let Some(path) = newer {
        let page = desk.browser.get(&path).await;
        newer = onward(&page, "prev");
        back.insert(0, listed(&page));
    }

    assert_eq!(pages.iter().map(|page| listed(page).len()).collect::<Vec<_>>(), [50, 50, 20]);
    assert_eq!(pages.iter().flat_map(listed).collect::<Vec<_>>(), expected);
    assert_eq!(back.concat(), expected);
    assert!(pages[2].body.contains("name=\"cols\" value=\"run\""), "{}", pages[2].body);
}

#[tokio::test]
async fn the_footer_says_what_is_shown_and_what_was_searched() {
    let desk = Desk::new().await;
    desk.client.enqueue_all((0..60).map(|_| welcome("ana"))).await.unwrap();

    let newest = desk.browser.get("/jobs").await;
    let oldest = desk.browser.get(&link(&newest, "Oldest first").replace("%3A", ":")).await;
    let second = desk.browser.get(&onward(&newest, "next").unwrap()).await;

    for (page, words) in [(&newest, "Newest 50 of 60."), (&oldest, "Oldest 50 of 60."), (&second, "10 of 60.")] {
        assert!(page.body.contains(words) && page.body.contains("Searched all rows."), "{words}: {}", page.body);
    }
    assert!(!newest.body.contains("Search everything"), "{}", newest.body);
}

#[tokio::test]
async fn a_living_page_keeps_its_jobs_and_counts_the_newcomers() {
    let desk = Desk::new().await;
    let first = desk.client.enqueue(welcome("ana")).await.unwrap();
    let before = desk.browser.get("/jobs").await;
    desk.client.enqueue_all((0..3).map(|_| welcome("bea"))).await.unwrap();

    let kept = desk.browser.get(&format!("/jobs?upto={first}")).await;

    assert_eq!(before.attributes("data-newer"), ["0"]);
    assert_eq!((listed(&kept), kept.attributes("data-newer")), (ids(&[first]), vec!["3".to_owned()]));
}

#[tokio::test]
async fn a_place_in_the_list_that_is_none_is_refused() {
    let desk = Desk::new().await;

    for path in ["/jobs?after=17", "/jobs?before=x", "/jobs?upto=x", "/jobs?q=a&q=b", "/jobs?state=dead&state=dead"] {
        let answer = desk.browser.get(path).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.body.contains("That cannot be read"), "{path}: {}", answer.body);
    }
}
