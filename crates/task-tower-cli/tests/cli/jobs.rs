//! `task-tower jobs`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use task_tower::{Client, Console, Job, JobError, JobState, Output};

use crate::program::{Told, run_on};
use crate::support::{TestBed, in_state};

#[derive(Serialize, Deserialize)]
struct SendWelcome {
    user: String,
}

impl Job for SendWelcome {
    const KIND: &'static str = "send_welcome";
}

fn welcome(user: &str) -> SendWelcome {
    SendWelcome { user: user.to_owned() }
}

const UNKNOWN: &str = "0192f0c1-0000-7000-8000-000000000000";

struct Desk {
    bed: TestBed,
    client: Client,
    console: Console,
}

impl Desk {
    async fn new() -> Self {
        let bed = TestBed::new().await;
        let tower = bed.builder().build().await.unwrap();
        Self { bed, client: tower.client(), console: tower.console() }
    }

    fn jobs(&self, arguments: &[&str]) -> Told {
        run_on(&self.bed, &[&["jobs"], arguments].concat())
    }
}

#[tokio::test]
async fn jobs_are_listed_as_text_and_as_json() {
    let desk = Desk::new().await;
    let first = desk.client.enqueue(welcome("ana")).to_queue("mail").await.unwrap();
    let second = desk.client.schedule(welcome("bea")).in_hours(1).await.unwrap();

    let text = desk.jobs(&["list"]);
    let scheduled = desk.jobs(&["list", "--state", "scheduled,dead"]);
    let filtered = desk.jobs(&["list", "-queue:mail args.user:bea"]);
    let json = desk.jobs(&["list", "--json", "--limit", "1"]);

    let lines: Vec<&str> = text.output.lines().collect();
    assert!(lines[1].starts_with(&second.to_string()) && lines[1].contains("scheduled"), "{text:?}");
    assert!(lines[2].starts_with(&first.to_string()) && lines[2].contains("mail"), "{text:?}");
    assert_eq!(scheduled.output.lines().count(), 2, "{scheduled:?}");
    assert!(filtered.output.contains(&second.to_string()) && filtered.output.lines().count() == 2, "{filtered:?}");
    let page: Value = serde_json::from_str(&json.output).unwrap();
    assert_eq!(page["jobs"][0]["payload"]["user"], "bea");
    assert_eq!(page["next"], second.to_string());
}

#[tokio::test]
async fn the_next_page_begins_where_the_last_one_ended() {
    let desk = Desk::new().await;
    let first = desk.client.enqueue(welcome("ana")).await.unwrap();
    let second = desk.client.enqueue(welcome("bea")).await.unwrap();

    let told = desk.jobs(&["list", "--limit", "1", "--after", &second.to_string()]);

    assert!(told.output.contains(&first.to_string()) && !told.output.contains(&second.to_string()), "{told:?}");
}

#[tokio::test]
async fn a_job_is_shown_with_its_payload_and_history() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    desk.console.cancel(id, Some("not needed")).await.unwrap();

    let told = desk.jobs(&["show", &id.to_string()]);

    for text in ["send_welcome", "\"user\": \"ana\"", "enqueued", "cancelled", "not needed"] {
        assert!(told.output.contains(text), "{text} is not in {}", told.output);
    }
}

#[tokio::test]
async fn a_job_is_shown_with_its_result_the_name_of_its_kind_and_its_unique_key() {
    let bed = TestBed::new().await;
    let count = async |job: SendWelcome| Ok::<_, JobError>(Output(vec![job.user.len()]));
    let builder = bed.builder().job_with(count, |config| config.display_name("Possibly Failing Task"));
    let tower = builder.build().await.unwrap();
    let id = tower.client().enqueue(welcome("ana")).await.unwrap();
    let running = tower.start().unwrap();
    in_state(&tower.console(), id, JobState::Completed).await;
    running.stop().await;
    bed.execute(&format!("UPDATE {}.history SET unique_key = 'user 1'", bed.quoted())).await;

    let shown = run_on(&bed, &["jobs", "show", &id.to_string()]);
    let listed = run_on(&bed, &["jobs", "list"]);

    let texts =
        ["name      Possibly Failing Task", "kind      send_welcome", "unique    user 1", "\nresult\n[\n  3\n]\n"];
    for text in texts {
        assert!(shown.output.contains(text), "{text} is not in {}", shown.output);
    }
    assert!(listed.output.contains("  Possibly Failing Task  "), "{}", listed.output);
    assert!(!listed.output.contains("send_welcome"), "{}", listed.output);
}

#[tokio::test]
async fn tags_are_added_to_a_job() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).tags(["mail"]).await.unwrap();
    let name = id.to_string();

    let told = desk.jobs(&["tag", &name, "vip", "mail", "two words"]);
    let refused = desk.jobs(&["tag", &name, "a,b"]);
    let unknown = desk.jobs(&["tag", UNKNOWN, "vip"]);

    assert_eq!((told.code, &*told.output), (Some(0), &*format!("tagged {name}\n")), "{}", told.errors);
    assert_eq!(desk.console.job(id).await.unwrap().tags, ["mail", "vip", "two words"]);
    assert_eq!((refused.code, unknown.code), (Some(1), Some(1)));
    assert!(refused.errors.starts_with(&format!("error: could not tag job {name}\n")), "{}", refused.errors);
    assert!(refused.errors.contains("has a comma"), "{}", refused.errors);
    assert!(unknown.errors.contains("does not exist"), "{}", unknown.errors);
}

#[tokio::test]
async fn each_deed_changes_the_state() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap();
    let name = id.to_string();

    for (deed, past, state) in [
        (vec!["cancel", &name, "--reason", "not needed"], "cancelled", JobState::Cancelled),
        (vec!["requeue", &name], "requeued", JobState::Enqueued),
        (vec!["discard", &name], "discarded", JobState::Dead),
    ] {
        let told = desk.jobs(&deed);

        assert_eq!((told.code, &*told.output), (Some(0), &*format!("{past} {name}\n")), "{}", told.errors);
        assert_eq!(desk.console.job(id).await.unwrap().state, state);
    }

    let told = desk.jobs(&["delete", &name]);

    assert_eq!(told.code, Some(0), "{}", told.errors);
    assert!(desk.console.job(id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_refusal_says_why() {
    let desk = Desk::new().await;
    let id = desk.client.enqueue(welcome("ana")).await.unwrap().to_string();
    desk.jobs(&["cancel", &id]);

    let again = desk.jobs(&["cancel", &id]);
    let unknown = desk.jobs(&["show", UNKNOWN]);

    assert_eq!(again.code, Some(1));
    assert!(again.errors.starts_with(&format!("error: could not cancel job {id}\n")), "{}", again.errors);
    assert!(again.errors.contains("it is cancelled"), "{}", again.errors);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.errors.contains("does not exist") && unknown.errors.contains("hint: "), "{}", unknown.errors);
}

#[tokio::test]
async fn of_several_jobs_those_that_can_not_are_named_and_the_others_done() {
    let desk = Desk::new().await;
    let ended = desk.client.enqueue(welcome("ana")).await.unwrap();
    let waiting = desk.client.enqueue(welcome("bea")).await.unwrap();
    desk.console.cancel(ended, None).await.unwrap();

    let told = desk.jobs(&["cancel", &ended.to_string(), &waiting.to_string()]);

    assert_eq!(told.code, Some(1));
    assert_eq!(told.output, format!("cancelled {waiting}\n"));
    assert!(told.errors.starts_with(&format!("skipped {ended}")), "{}", told.errors);
}
