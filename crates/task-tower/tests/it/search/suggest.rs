//! What could be meant while a filter is being written.

use serde_json::json;
use task_tower::{Console, JobFilter, SUGGESTIONS_MAX};

use super::fixture::{Archive, JOBS};

async fn told(console: &Console, text: &str) -> Vec<String> {
    let told = console.suggest(text, text.chars().count(), &JobFilter::new()).await.unwrap();
    told.suggestions.into_iter().map(|suggestion| suggestion.text).collect()
}

#[tokio::test]
async fn keys_states_queues_and_kinds_are_told_as_they_are_written() {
    let archive = Archive::new().await;
    archive.register_kinds().await;
    let console = archive.console();

    assert_eq!(told(&console, "s").await, ["state:", "sort:"]);
    assert_eq!(told(&console, "queue:mail -ta").await, ["tag:"]);
    assert_eq!(told(&console, "state:dead,c").await[..2], ["completed", "cancelled"]);
    assert_eq!(told(&console, "sort:").await, ["-created", "created"]);
    assert_eq!(told(&console, "queue:ma").await, ["mail", "mail-out"]);
    assert_eq!(told(&console, "kind:\"resize i").await, ["\"Resize Image\""]);
    assert!(told(&console, "colour:r").await.is_empty() && told(&console, "created:").await.is_empty());
}

#[tokio::test]
async fn hosts_of_workers_and_groups_of_errors_are_told_with_what_they_are() {
    let archive = Archive::new().await;
    archive.register_errors().await;
    let console = archive.console();

    assert_eq!(told(&console, "worker:we").await, ["web-1", "web-2"]);
    assert_eq!(told(&console, "worker:db").await, ["\"db 1\""]);
    assert_eq!(told(&console, "error:").await, ["3f9a1c0b7e21", "aaaaaaaaaaaa"]);
    assert_eq!(told(&console, "error:3F9").await, ["3f9a1c0b7e21"]);
    assert_eq!(told(&console, "error:\"the till").await, ["aaaaaaaaaaaa"]);
    let group = console.suggest("error:tim", 9, &JobFilter::new()).await.unwrap().suggestions.remove(0);
    assert_eq!(group.note.as_deref(), Some("Timeout: no answer within <n> s"));
    let within =
        |queue: &str, kind: &str| JobFilter::new().scoped(Some(vec![queue.to_owned()]), Some(vec![kind.to_owned()]));
    for (filter, expected) in [(within("ma*", "*"), 1), (within("*", "send_*"), 1), (within("mail", "send_*"), 0)] {
        assert_eq!(console.suggest("error:", 6, &filter).await.unwrap().suggestions.len(), expected);
    }
}

#[tokio::test]
async fn a_suggestion_takes_the_place_of_what_is_there() {
    let archive = Archive::new().await;

    let told = archive.console().suggest("größe -state:dead,fa queue:mail", 20, &JobFilter::new()).await.unwrap();

    assert_eq!((told.place, told.suggestions[0].text.as_str(), told.sampled), (18..20, "failed", None));
}

#[tokio::test]
async fn tags_fields_and_values_are_those_of_a_sample_and_say_so() {
    let archive = Archive::new().await;
    let console = archive.console();

    assert_eq!(told(&console, "tag:be").await, ["beta", "best"]);
    assert_eq!(told(&console, "tag:two").await, ["\"two words\""]);
    assert_eq!(told(&console, "args.u").await[..2], ["user.id:", "user.name:"]);
    assert_eq!(told(&console, "args.user.i").await, ["id:"]);
    assert_eq!(told(&console, "args.odd").await, ["\"odd key\".\"a.b\":"]);
    assert_eq!(told(&console, "args.answer:").await, ["42", "\"42\""]);
    assert_eq!(told(&console, "args.plan:").await, ["free", "\"pro plus\""]);
    assert_eq!(told(&console, "args.user.name:").await.len(), SUGGESTIONS_MAX);

    let value = console.suggest("args.user.id:4", 14, &JobFilter::new()).await.unwrap();
    assert_eq!((value.sampled, value.place), (Some(JOBS as u64), 13..14));
    let first = &value.suggestions[0];
    assert_eq!((first.path.as_deref(), &first.value), (Some(&["user".into(), "id".into()][..]), &Some(json!(4))));
}

#[tokio::test]
async fn every_value_that_is_suggested_finds_its_jobs() {
    let archive = Archive::new().await;
    let console = archive.console();

    for key in ["args.answer:", "args.flag:", "args.plan:", "args.\"odd key\".\"a.b\":", "tag:"] {
        for value in told(&console, key).await {
            assert!(!archive.find(&format!("{key}{value}")).await.is_empty(), "{key}{value}");
        }
    }
}

#[tokio::test]
async fn what_lies_outside_of_the_scope_is_not_told() {
    let archive = Archive::new().await;
    archive.register_kinds().await;
    let console = archive.console();
    let within = JobFilter::new().scoped(Some(vec!["mail*".into()]), Some(vec!["send_welcome".into()]));

    for (text, expected) in [("queue:", 2), ("kind:", 1)] {
        assert_eq!(console.suggest(text, 9, &within).await.unwrap().suggestions.len(), expected, "{text}");
    }
    let names = console.suggest("args.user.name:", 15, &within).await.unwrap().suggestions;
    let seen: Vec<String> = archive
        .made
        .iter()
        .filter(|job| job.queue.starts_with("mail") && job.kind == "send_welcome")
        .map(|job| format!("user {}", job.number))
        .collect();
    assert_eq!(names.len(), SUGGESTIONS_MAX);
    assert!(names.iter().all(|name| seen.contains(&name.value.as_ref().unwrap().as_str().unwrap().to_owned())));
}
