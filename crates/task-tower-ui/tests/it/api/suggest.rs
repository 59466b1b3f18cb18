//! What may be meant by a filter, as far as the asking person may know it.

use serde_json::{Value, json};
use task_tower::{Client, JobDraft, TaskTower};
use task_tower_ui::{Access, Dashboard, Redact, Scope, Visitor};

use super::{get, refused, seen_by};
use crate::browser::{Browser, Desk, welcome};
use crate::support::TestBed;

fn texts(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap()).collect()
}

async fn charged(tower: &TaskTower, payload: Value) {
    let draft = JobDraft { kind: "charge_card".to_owned(), payload, ..JobDraft::default() };
    tower.console().enqueue(&draft).await.unwrap();
}

fn dashboard(tower: &TaskTower, redact: Redact) -> Browser {
    Browser::new(Dashboard::new(tower.console(), Access::loopback()).redact(redact).router())
}

async fn told(browser: &Browser, text: &str) -> Value {
    get(browser, &format!("/suggest?q={text}")).await
}

async fn mailed(client: &Client, queue: &str, user: &str) {
    client.enqueue(welcome(user)).to_queue(queue).tags([format!("of-{user}")]).await.unwrap();
}

#[tokio::test]
async fn keys_and_values_are_told_with_the_place_that_they_take() {
    let desk = Desk::new().await;
    mailed(&desk.client, "mail", "ana").await;

    let key = told(&desk.browser, "tag:a%20sta").await;
    let value = get(&desk.browser, "/suggest?q=queue:ma+state:dead&cursor=8").await;
    let field = told(&desk.browser, "args.user:").await;

    assert_eq!(key["items"], json!([{ "text": "state:", "note": null }]));
    assert_eq!(key["place"], json!({ "start": 6, "end": 9 }));
    assert_eq!((texts(&value), &value["place"]), (vec!["mail"], &json!({ "start": 6, "end": 8 })));
    assert_eq!((texts(&field), &field["sampled"]), (vec!["ana"], &json!(1)));
    refused(&desk.browser, "GET", "/suggest?q=%00", "", 400).await;
    refused(&desk.browser, "GET", "/suggest?cursor=-1", "", 400).await;
}

#[tokio::test]
async fn what_is_hidden_is_not_suggested() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let inside = r#"{"password": "hunter2"}"#;
    charged(&tower, json!({ "password": "hunter2", "card": { "number": 4242, "name": "ana" }, "raw": inside })).await;
    let browser = dashboard(&tower, Redact::default().path("charge_*", "card.number"));

    assert_eq!(texts(&told(&browser, "args.").await), ["card.name:", "raw:"]);
    assert_eq!(texts(&told(&browser, "args.card.").await), ["name:"]);
    for text in ["args.password:", "args.card.number:", "args.raw:", "args.card.number:42"] {
        assert_eq!(told(&browser, text).await["items"], json!([]), "{text}");
    }
    let shown = dashboard(&tower, Redact::nothing());
    assert_eq!(texts(&told(&shown, "args.password:").await), ["hunter2"]);
}

#[tokio::test]
async fn a_secret_of_a_job_is_suggested_as_nothing_else_of_it() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    let payload = json!({ "token": "hunter2", "note": "hunter2", "url": "https://a:hush@b", "user": "ana" });
    let tags = vec!["vip".to_owned(), "by-hunter2".to_owned()];
    let draft = JobDraft { kind: "charge_card".to_owned(), payload, tags, ..JobDraft::default() };
    tower.console().enqueue(&draft).await.unwrap();
    let browser = dashboard(&tower, Redact::default());

    for (text, expected) in [("tag:", "vip"), ("args.user:", "ana")] {
        assert_eq!(texts(&told(&browser, text).await), [expected], "{text}");
    }
    for text in ["args.note:", "args.url:"] {
        assert_eq!(told(&browser, text).await["items"], json!([]), "{text}");
    }
    let shown = dashboard(&tower, Redact::nothing());
    assert_eq!(texts(&told(&shown, "args.note:").await), ["hunter2"]);
}

#[tokio::test]
async fn where_a_function_hides_things_nothing_of_payloads_is_suggested() {
    let tower = TestBed::new().await.builder().build().await.unwrap();
    charged(&tower, json!({ "user": "ana" })).await;
    let browser = dashboard(&tower, Redact::nothing().by(|_, _| ()));

    for text in ["args.", "args.user:"] {
        assert_eq!(told(&browser, text).await["items"], json!([]), "{text}");
    }
    assert!(texts(&told(&browser, "queue:").await).contains(&"default"));
}

#[tokio::test]
async fn what_is_out_of_sight_is_not_suggested() {
    let desk = Desk::new().await;
    mailed(&desk.client, "mail", "ana").await;
    mailed(&desk.client, "images", "eve").await;
    let ben = seen_by(&desk.console, Visitor::new("ben").scope(Scope::all().queues(["mail"])));
    let none = seen_by(&desk.console, Visitor::new("ida").scope(Scope::all().kinds(["other_*"])));

    for (text, expected) in [("queue:", "mail"), ("tag:", "of-ana"), ("args.user:", "ana")] {
        assert_eq!(texts(&told(&ben, text).await), [expected], "{text}");
    }
    for text in ["tag:", "args.", "args.user:", "kind:"] {
        assert_eq!(told(&none, text).await["items"], json!([]), "{text}");
    }
}
