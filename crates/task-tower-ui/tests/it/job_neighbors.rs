//! From job to job of the list that one came from.

use axum::http::StatusCode;
use task_tower::{JobDraft, JobId};
use task_tower_ui::{Access, Scope, router};

use crate::browser::{Answer, Browser, Desk, welcome};
use crate::job_forms::filled;

/// The addresses of the jobs before and after, as the page links to them.
fn neighbors(page: &Answer) -> [Option<String>; 2] {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    ["prev", "next"].map(|rel| {
        let (_, link) = page.body.split_once(&format!(" rel=\"{rel}\" href=\""))?;
        Some(link.split('"').next().unwrap().to_owned())
    })
}

/// Three jobs in one queue, oldest first, with others between them.
async fn three(desk: &Desk) -> [JobId; 3] {
    let mut ids = Vec::new();
    for user in ["ana", "bea", "cas"] {
        ids.push(desk.client.enqueue(welcome(user)).to_queue("mail & more").await.unwrap());
        desk.client.enqueue(welcome(user)).to_queue("other").await.unwrap();
    }
    ids.try_into().unwrap()
}

const FROM: &str = "?from=queue:%22mail%20%26%20more%22";

#[tokio::test]
async fn the_rows_of_a_list_lead_to_jobs_that_lead_on_and_back() {
    let desk = Desk::new().await;
    let [oldest, middle, newest] = three(&desk).await;

    let list = desk.browser.get(&format!("/jobs?q={}", &FROM[6..])).await;
    let pages = [newest, middle, oldest].map(|id| format!("jobs/{id}{FROM}"));
    let links = list.attributes("href");
    assert!(pages.iter().all(|page| links.contains(page)), "{links:?}");

    let page = async |page: &str| desk.browser.get(&format!("/{page}")).await;
    let [first, second, third] = [page(&pages[0]).await, page(&pages[1]).await, page(&pages[2]).await];

    let link = |id: JobId| Some(format!("{id}{FROM}"));
    assert_eq!(neighbors(&first), [None, link(middle)]);
    assert_eq!(neighbors(&second), [link(newest), link(oldest)]);
    assert_eq!(neighbors(&third), [link(middle), None]);
    assert!(second.attributes("href").contains(&"../jobs?q=queue:%22mail%20%26%20more%22".to_owned()));
}

#[tokio::test]
async fn who_edits_or_copies_a_job_stays_in_the_list() {
    let desk = Desk::new().await;
    let [_, middle, _] = three(&desk).await;
    let page = desk.browser.get(&format!("/jobs/{middle}{FROM}")).await;
    let links = page.attributes("href");

    for (name, action) in
        [("edit", format!("../../jobs/{middle}/edit{FROM}")), ("copy", format!("../../jobs/new{FROM}"))]
    {
        assert!(links.contains(&format!("{middle}/{name}{FROM}")), "{links:?}");
        let form = desk.browser.get(&format!("/jobs/{middle}/{name}{FROM}")).await;
        let links = form.attributes("href");
        assert!(links.contains(&format!("../../jobs/{middle}{FROM}")), "{links:?}");
        assert!(links.contains(&"../../jobs?q=queue:%22mail%20%26%20more%22".to_owned()), "{links:?}");
        assert!(form.attributes("action").contains(&action), "{:?}", form.attributes("action"));
        let to = action.trim_start_matches("../..").to_owned();

        let refused = desk.browser.post(&to, &filled(&form, &[("priority", "high")])).await;
        let saved = desk.browser.post(&to, &filled(&form, &[("priority", "7")])).await;

        assert!(refused.body.contains(FROM.trim_start_matches('?')), "{}", refused.body);
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        assert!(saved.location().ends_with(FROM), "{}", saved.location());
    }
    let elsewhere = desk.browser.get(&format!("/jobs/{middle}/edit")).await;
    assert!(!elsewhere.body.contains("?from="), "{}", elsewhere.body);
}

#[tokio::test]
async fn the_order_is_that_of_the_list_and_all_jobs_are_a_list_too() {
    let desk = Desk::new().await;
    let [oldest, middle, newest] = three(&desk).await;

    let backwards = desk.browser.get(&format!("/jobs/{middle}{FROM}%20sort:created")).await;
    let of_all = desk.browser.get(&format!("/jobs/{newest}?from=")).await;
    let of_none = desk.browser.get(&format!("/jobs/{middle}")).await;

    let link = |id: JobId| Some(format!("{id}{FROM}%20sort:created"));
    assert_eq!(neighbors(&backwards), [link(oldest), link(newest)]);
    assert!(neighbors(&of_all).iter().all(|link| link.as_ref().is_some_and(|link| link.ends_with("?from="))));
    assert_eq!(neighbors(&of_none), [None, None]);
    assert!(!of_none.body.contains("neighbors"), "{}", of_none.body);
}

#[tokio::test]
async fn what_is_no_list_or_none_for_this_visitor_leads_nowhere() {
    let desk = Desk::new().await;
    let [_, middle, _] = three(&desk).await;
    let hidden = JobDraft { kind: "hidden".to_owned(), queue: Some("secret".to_owned()), ..JobDraft::default() };
    desk.console.enqueue(&hidden).await.unwrap();
    let scope = Access::loopback().scope(Scope::all().queues(["mail*"]));
    let guest = Browser::new(router(desk.console.clone(), scope));

    for from in ["stat:dead", "%22", "args.password:x", "a+a+a+a+a+a+a+a+a", "%3Cscript%3E%22%3E"] {
        let page = desk.browser.get(&format!("/jobs/{middle}?from={from}")).await;

        assert_eq!(neighbors(&page), [None, None], "{from}");
        assert!(!page.body.contains("<script>\""), "{}", page.body);
    }
    let seen = neighbors(&guest.get(&format!("/jobs/{middle}?from=")).await);
    let all = three_links(&guest).await;
    assert!(seen.iter().flatten().all(|link| all.contains(link)), "{seen:?} of {all:?}");
}

/// The jobs that the visitor's own list leads to.
async fn three_links(guest: &Browser) -> Vec<String> {
    let links = guest.get("/jobs").await.attributes("href");
    let ids = links.iter().filter_map(|link| Some(link.strip_prefix("jobs/")?.to_owned()));
    let ids: Vec<String> = ids.filter(|id| id != "new").collect();
    assert_eq!(ids.len(), 3);
    ids
}

#[tokio::test]
async fn what_is_done_to_a_job_does_not_leave_the_list() {
    let desk = Desk::new().await;
    let [_, middle, _] = three(&desk).await;

    let page = desk.browser.get(&format!("/jobs/{middle}{FROM}")).await;
    let cancelled = desk.browser.post(&format!("/jobs/{middle}/cancel{FROM}"), "").await;
    let deleted = desk.browser.post(&format!("/jobs/{middle}/delete{FROM}"), "").await;

    assert!(page.attributes("action").contains(&format!("{middle}/cancel{FROM}")), "{}", page.body);
    assert!(cancelled.location().starts_with(&format!("../{middle}{FROM}&undo=")), "{}", cancelled.location());
    let list = "../../jobs?q=queue:%22mail%20%26%20more%22&undo=";
    assert!(deleted.location().starts_with(list), "{}", deleted.location());
    let odd = desk.browser.post(&format!("/jobs/{middle}/requeue?from=%0d%0aset-cookie:x"), "").await;
    assert!(odd.status == StatusCode::NOT_FOUND, "{odd:?}");
}
