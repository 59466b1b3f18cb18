//! Lists of jobs that people saved: by a form, seen by them or by all, and found by the palette.

use axum::http::StatusCode;
use axum::http::request::Parts;
use task_tower::{AuditFilter, Console};
use task_tower_ui::{Access, Decision, Gate, Permissions, Scope, Visitor, router};

use crate::browser::{Browser, Desk};

/// Lets everybody in as this visitor.
struct Letting(Visitor);

impl Gate for Letting {
    async fn check(&self, _parts: &Parts) -> Decision {
        Decision::Allow(self.0.clone())
    }
}

fn seen_by(console: &Console, visitor: Visitor) -> Browser {
    Browser::new(router(console.clone(), Access::gate(Letting(visitor))))
}

async fn save(browser: &Browser, form: &str) {
    let answer = browser.post("/views", form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

/// The addresses of lists that the menu and the settings lead to by this name.
async fn links(browser: &Browser, name: &str) -> Vec<String> {
    let mut links = Vec::new();
    for page in ["/jobs", "/settings"] {
        let page = browser.get(page).await;
        let pieces = page.body.split("<a ").filter(|piece| piece.split("</a>").next().unwrap().contains(name));
        links.extend(pieces.map(|piece| piece.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()));
    }
    links
}

#[tokio::test]
async fn a_list_is_saved_with_its_columns_and_leads_back_to_itself() {
    let desk = Desk::new().await;

    let answer = desk.browser.post("/views", "name=late+mails&q=queue%3Amail&cols=run").await;

    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "./jobs?q=queue:mail&cols=run"));
    let found = links(&desk.browser, "late mails").await;
    assert_eq!(found, ["jobs?q=queue:mail&#38;cols=run", "./jobs?q=queue:mail&#38;cols=run"]);
    let audit = desk.console.audit(&AuditFilter::new()).await.unwrap();
    assert_eq!((audit.len(), audit[0].action.as_str(), audit[0].target.as_str()), (1, "save_view", "late mails"));
}

#[tokio::test]
async fn a_view_is_renamed_and_deleted_in_the_settings() {
    let desk = Desk::new().await;
    save(&desk.browser, "name=mails&q=queue%3Amail").await;
    let settings = desk.browser.get("/settings").await;
    let forms = settings.attributes("action");
    let [rename, delete] = ["/rename", "/delete"].map(|deed| {
        let form = forms.iter().find(|action| action.ends_with(deed)).unwrap();
        form.trim_start_matches('.').to_owned()
    });

    let renamed = desk.browser.post(&rename, "name=letters").await;
    let after = links(&desk.browser, "letters").await;
    let deleted = desk.browser.post(&delete, "").await;

    assert_eq!((renamed.location(), deleted.location()), ("../../settings#views", "../../settings#views"));
    assert_eq!(after.len(), 2);
    assert!(links(&desk.browser, "letters").await.is_empty());
    assert_eq!(desk.browser.post(&delete, "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_may_only_look_sees_what_is_for_all_and_has_no_form() {
    let desk = Desk::new().await;
    save(&desk.browser, "name=own&q=queue%3Amail").await;
    save(&desk.browser, "name=common&q=queue%3Amail&shared=1").await;
    let reader = seen_by(&desk.console, Visitor::new("ben").permissions(Permissions::read_only()));

    let refused = reader.post("/views", "name=x&q=").await;

    assert_eq!((links(&reader, "common").await.len(), links(&reader, "own").await.len()), (2, 0));
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for page in ["/jobs", "/settings"] {
        let actions = reader.get(page).await.attributes("action");
        assert!(!actions.iter().any(|action| action.contains("views")), "{page}: {actions:?}");
    }
}

#[tokio::test]
async fn who_sees_a_part_of_the_jobs_sees_no_view_of_others_and_shares_none() {
    let desk = Desk::new().await;
    save(&desk.browser, "name=common&q=queue%3Aimages&shared=1").await;
    let shared = desk.console.views().await.unwrap().remove(0).id;
    let ben = seen_by(&desk.console, Visitor::new("ben").scope(Scope::all().queues(["mail"])));
    save(&ben, "name=of+ben&q=queue%3Amail").await;

    let sharing = ben.post("/views", "name=x&q=&shared=1").await;
    let deleting = ben.post(&format!("/views/{shared}/delete"), "").await;

    assert_eq!((links(&ben, "of ben").await.len(), links(&ben, "common").await.len()), (2, 0));
    assert_eq!((sharing.status, deleting.status), (StatusCode::FORBIDDEN, StatusCode::NOT_FOUND));
    assert!(!ben.get("/jobs").await.body.contains("name=\"shared\""));
}

#[tokio::test]
async fn a_filter_for_what_is_hidden_is_neither_saved_nor_shown() {
    let desk = Desk::new().await;
    let hidden = task_tower::ViewDraft::new("guess", &"args.password:x".parse().unwrap()).shared(true);
    desk.console.save_view(&hidden).await.unwrap();

    let saving = desk.browser.post("/views", "name=guess&q=args.password%3Ay").await;

    assert_eq!(saving.status, StatusCode::FORBIDDEN, "{}", saving.body);
    assert!(links(&desk.browser, "guess").await.is_empty());
}

#[tokio::test]
async fn the_palette_finds_a_view_by_its_name() {
    let desk = Desk::new().await;
    save(&desk.browser, "name=Late+mails&q=queue%3Amail").await;

    let found = desk.browser.get("/palette.json?q=late").await.body;

    assert!(
        found.contains(r#""word":"Saved views","items":[{"href":"jobs?q=queue:mail","title":"Late mails""#),
        "{found}"
    );
}

#[tokio::test]
async fn a_name_that_cannot_be_is_refused() {
    let desk = Desk::new().await;

    for form in ["name=&q=", "name=%0A+a%0Ab&q=", "name=a&q=stat%3Adead", "name=a&q=&cols=%3Cb%3E"] {
        let answer = desk.browser.post("/views", form).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}: {}", answer.body);
    }
    assert!(desk.console.views().await.unwrap().is_empty());
}
