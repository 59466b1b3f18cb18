//! Views: saved by one, seen by them or by all, and each change in the audit.

use task_tower::{Actor, AuditFilter, Console, JobFilter, VIEWS_MAX, ViewDraft};

use crate::support::TestBed;

async fn console() -> Console {
    TestBed::new().await.builder().build().await.unwrap().console()
}

fn draft(name: &str, filter: &str) -> ViewDraft {
    ViewDraft::new(name, &filter.parse::<JobFilter>().unwrap())
}

async fn names(console: &Console) -> Vec<String> {
    console.views().await.unwrap().into_iter().map(|view| view.name).collect()
}

#[tokio::test]
async fn each_sees_their_own_views_first_and_those_that_are_shared() {
    let console = console().await;
    let [ana, bob] = ["ana", "bob"].map(|name| console.acting(Actor::new(name)));
    ana.save_view(&draft("dead mails", "state:dead queue:mail").columns("args,run")).await.unwrap();
    ana.save_view(&draft("all", "").shared(true)).await.unwrap();
    bob.save_view(&draft("zebra", "kind:zebra")).await.unwrap();

    let (of_ana, of_bob) = (ana.views().await.unwrap(), names(&bob).await);

    assert_eq!(of_bob, ["zebra", "all"]);
    let told = |view: &task_tower::SavedView| (view.name.clone(), view.filter.clone(), view.columns.clone());
    let told: Vec<_> = of_ana.iter().map(told).collect();
    let own = |texts: [&str; 3]| texts.map(str::to_owned).into();
    assert_eq!(told, [own(["all", "", ""]), own(["dead mails", "state:dead queue:mail", "args,run"])]);
}

#[tokio::test]
async fn a_view_saved_again_takes_the_place_of_the_one_before() {
    let console = console().await;
    let first = console.save_view(&draft("mails", "queue:mail").shared(true)).await.unwrap();

    let second = console.save_view(&draft("mails", "queue:mail state:dead")).await.unwrap();

    let views = console.views().await.unwrap();
    assert_eq!((first, views.len()), (second, 1));
    assert_eq!((views[0].filter.as_str(), views[0].is_shared), ("queue:mail state:dead", false));
}

#[tokio::test]
async fn who_did_not_save_a_view_changes_it_only_when_it_is_shared() {
    let console = console().await;
    let [ana, bob] = ["ana", "bob"].map(|name| console.acting(Actor::new(name)));
    let own = ana.save_view(&draft("own", "queue:mail")).await.unwrap();
    let shared = ana.save_view(&draft("shared", "queue:mail").shared(true)).await.unwrap();

    let refused = [bob.rename_view(own, "mine").await, bob.delete_view(own).await];
    bob.rename_view(shared, "of all").await.unwrap();
    ana.rename_view(own, "of ana").await.unwrap();

    for refusal in refused {
        assert!(refusal.unwrap_err().is_not_found());
    }
    assert_eq!((names(&ana).await, names(&bob).await), (vec!["of all".into(), "of ana".into()], vec!["of all".into()]));
    bob.delete_view(shared).await.unwrap();
    assert_eq!(names(&ana).await, ["of ana"]);
}

#[tokio::test]
async fn a_name_that_is_taken_or_no_name_is_refused() {
    let console = console().await;
    let one = console.save_view(&draft("one", "")).await.unwrap();
    console.save_view(&draft("two", "")).await.unwrap();

    let taken = console.rename_view(one, "two").await.unwrap_err();
    let empty = console.rename_view(one, " ").await.unwrap_err();

    assert!(taken.is_conflict() && empty.is_invalid(), "{taken}, {empty}");
    assert_eq!(names(&console).await, ["one", "two"]);
}

#[tokio::test]
async fn there_is_an_end_to_them() {
    let console = console().await;
    for number in 0..VIEWS_MAX {
        console.save_view(&draft(&format!("view {number}"), "")).await.unwrap();
    }

    let refused = console.save_view(&draft("one more", "")).await.unwrap_err();
    console.save_view(&draft("view 0", "queue:mail")).await.unwrap();
    console.acting(Actor::new("ana")).save_view(&draft("one more", "")).await.unwrap();

    assert!(refused.is_conflict(), "{refused}");
    assert_eq!(names(&console).await.len(), VIEWS_MAX);
}

#[tokio::test]
async fn every_change_of_a_view_leaves_one_entry_and_a_refused_one_none() {
    let console = console().await.acting(Actor::new("ana"));
    let id = console.save_view(&draft("mails", "queue:mail")).await.unwrap();
    console.rename_view(id, "letters").await.unwrap();
    console.rename_view(id, "").await.unwrap_err();
    console.delete_view(id).await.unwrap();
    console.delete_view(id).await.unwrap_err();

    let audit = console.audit(&AuditFilter::new()).await.unwrap();

    let told: Vec<_> = audit.iter().map(|entry| (entry.action.as_str(), entry.target.as_str())).collect();
    assert_eq!(told, [("delete_view", "letters"), ("rename_view", "letters"), ("save_view", "mails")]);
    assert!(audit.iter().all(|entry| entry.actor == "ana"));
    assert_eq!(audit[0].details["filter"], "queue:mail");
}
