//! The dashboard under any path.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::StatusCode;
use task_tower::JobState;
use task_tower_ui::{Access, router};
use url::Url;

use crate::browser::{Answer, Browser, welcome};
use crate::support::TestBed;

const PREFIXES: [&str; 3] = ["", "/task-tower", "/a/b"];

fn mount(prefix: &str, dashboard: Router) -> Browser {
    Browser::new(match prefix {
        "" => dashboard,
        prefix => Router::new().nest(prefix, dashboard),
    })
}

/// Where a link of a page at `from` leads, as a path with its query.
fn resolve(from: &str, link: &str) -> String {
    let url = Url::parse("http://localhost:4700").unwrap().join(from).unwrap().join(link).unwrap();
    url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}

fn links(page: &Answer) -> Vec<String> {
    ["href", "src", "action"].iter().flat_map(|name| page.attributes(name)).collect()
}

#[tokio::test]
async fn every_link_stays_under_the_prefix_and_leads_somewhere() {
    for prefix in PREFIXES {
        let tower = TestBed::new().await.builder().build().await.unwrap();
        let id = tower.client().enqueue(welcome("ana")).to_queue("mail & more").tags(["a/b"]).await.unwrap();
        let browser = mount(prefix, router(tower.console(), Access::loopback()));
        let mut open = vec![
            format!("{prefix}/overview"),
            format!("{prefix}/jobs"),
            format!("{prefix}/jobs/nonsense"),
            format!("{prefix}/no/where/"),
        ];
        let mut seen: BTreeSet<String> = open.iter().cloned().collect();

        while let Some(path) = open.pop() {
            let page = browser.get(&path).await;
            assert!(page.status != StatusCode::NOT_FOUND || path.contains("/no/where/"), "{path}");
            if !page.body.starts_with("<!doctype html>") {
                continue;
            }
            for target in links(&page).iter().map(|link| resolve(&path, link)) {
                assert!(target.starts_with(&format!("{prefix}/")), "{path} leads to {target}");
                let is_form = ["requeue", "cancel", "discard", "delete", "pause", "resume", "pause-all", "limit"]
                    .iter()
                    .any(|deed| target.split('?').next().unwrap().ends_with(deed));
                // Filters, columns and parts of a timeline have no end: one step from a list, or from a job, is enough.
                let is_deeper = ["/jobs?", "zoom="].iter().any(|step| path.contains(step) && target.contains(step));
                if !is_form && !is_deeper && seen.insert(target.clone()) {
                    open.push(target);
                }
            }
        }

        for reached in
            ["/queues", "/queues/mail%20%26%20more", "/workers", &format!("/jobs/{id}"), "/jobs?q=state:dead"]
        {
            assert!(seen.contains(&format!("{prefix}{reached}")), "{reached} not among {seen:?}");
        }
    }
}

#[tokio::test]
async fn the_front_door_leads_to_the_overview() {
    for prefix in PREFIXES {
        let tower = TestBed::new().await.builder().build().await.unwrap();
        let browser = mount(prefix, router(tower.console(), Access::loopback()));
        let door = if prefix.is_empty() { "/" } else { prefix };

        let answer = browser.get(door).await;

        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{door}");
        assert_eq!(resolve(door, answer.location()), format!("{prefix}/overview"), "{door}");
    }
}

#[tokio::test]
async fn a_slash_after_the_prefix_does_no_harm_where_the_application_takes_one() {
    for door in ["/task-tower", "/task-tower/", "/a/b/"] {
        let tower = TestBed::new().await.builder().build().await.unwrap();
        let prefix = door.trim_end_matches('/');
        let dashboard = router(tower.console(), Access::loopback());
        let browser = Browser::new(Router::new().nest_service(prefix, dashboard));

        let answer = browser.get(door).await;

        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{door}");
        assert_eq!(resolve(door, answer.location()), format!("{prefix}/overview"), "{door}");
    }
}

#[tokio::test]
async fn a_button_works_and_leads_back_under_each_prefix() {
    for prefix in PREFIXES {
        let tower = TestBed::new().await.builder().build().await.unwrap();
        let id = tower.client().enqueue(welcome("ana")).await.unwrap();
        let browser = mount(prefix, router(tower.console(), Access::loopback()));
        let page = format!("{prefix}/jobs/{id}");
        let actions = browser.get(&page).await.attributes("action");
        let cancel = resolve(&page, actions.iter().find(|action| action.ends_with("cancel")).unwrap());

        let answer = browser.post(&cancel, "").await;

        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(resolve(&cancel, answer.location()).split('?').next(), Some(&*page));
        assert_eq!(tower.console().job(id).await.unwrap().state, JobState::Cancelled);
    }
}
