//! `task-tower jobs requeue --filter …` and its like.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;
use task_tower::{AuditFilter, Console, JobFilter, JobState};

use crate::program::{Told, program_on, run_on, signal, type_on};
use crate::support::TestBed;

struct Desk {
    bed: TestBed,
    console: Console,
}

impl Desk {
    /// So many jobs wait in the queue `mail`, and three in `images`.
    async fn new(mails: u32) -> Self {
        let bed = TestBed::new().await;
        let console = bed.builder().build().await.unwrap().console();
        let fill = format!(
            "SELECT {0}.enqueue('send_mail', queue => 'mail') FROM generate_series(1, {mails});
             SELECT {0}.enqueue('resize', queue => 'images') FROM generate_series(1, 3)",
            bed.quoted()
        );
        bed.execute(&fill).await;
        Self { bed, console }
    }

    fn jobs(&self, arguments: &[&str]) -> Told {
        run_on(&self.bed, &[&["jobs"], arguments].concat())
    }

    fn typed(&self, arguments: &[&str], typed: &str) -> Told {
        type_on(&self.bed, &[&["jobs"], arguments].concat(), typed)
    }

    async fn count(&self, filter: &str, state: JobState) -> u64 {
        let filter: JobFilter = filter.parse().unwrap();
        self.console.counts(&filter).await.unwrap().get(&state).map_or(0, |count| count.number())
    }
}

#[tokio::test]
async fn a_filter_shows_what_it_finds_and_changes_nothing_without_a_yes() {
    let desk = Desk::new(2).await;

    for typed in ["", "no\n", "2\n"] {
        let told = desk.typed(&["cancel", "--filter", "queue:mail"], typed);

        assert_eq!((told.code, &*told.output), (Some(1), ""), "{told:?}");
        for words in
            ["2 jobs fit (queue:mail)", "enqueued", "send_mail", "To cancel 2 jobs, type yes:", "Nothing was changed"]
        {
            assert!(told.errors.contains(words), "{words} is not in {}", told.errors);
        }
    }
    assert_eq!(desk.count("queue:mail", JobState::Enqueued).await, 2);
    assert!(desk.console.audit(&AuditFilter::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_yes_does_it_to_all_that_fit_and_to_no_others() {
    let desk = Desk::new(2).await;

    let told = desk.typed(&["cancel", "--filter", "-queue:images", "--reason", "not needed"], "yes\n");
    let again = desk.jobs(&["requeue", "--filter", "state:cancelled kind:send_*", "--yes", "--json"]);

    assert_eq!((told.code, &*told.output), (Some(0), "cancelled 2 jobs\n"), "{told:?}");
    assert!(told.errors.contains("It can be undone for ten minutes"), "{told:?}");
    let record: Value = serde_json::from_str(&again.output).unwrap();
    assert_eq!((again.code, &record["done"], &record["action"]["action"]), (Some(0), &2.into(), &"requeue".into()));
    assert_eq!(desk.count("", JobState::Enqueued).await, 5);
    let audit = desk.console.audit(&AuditFilter::new()).await.unwrap();
    assert_eq!(audit.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(), ["requeue", "cancel"]);
}

#[tokio::test]
async fn a_deletion_wants_the_number_of_jobs() {
    let desk = Desk::new(2).await;

    let yes = desk.typed(&["delete", "--filter", "queue:images"], "yes\n");
    let number = desk.typed(&["delete", "--filter", "queue:images"], "3\n");

    assert_eq!(yes.code, Some(1), "{yes:?}");
    assert!(yes.errors.contains("To delete 3 jobs, type 3:"), "{yes:?}");
    assert_eq!((number.code, &*number.output), (Some(0), "deleted 3 jobs\n"), "{number:?}");
    assert_eq!(desk.count("", JobState::Enqueued).await, 2);
}

#[tokio::test]
async fn what_is_in_no_state_for_it_is_told_and_left_alone() {
    let desk = Desk::new(1).await;
    desk.jobs(&["discard", "--filter", "queue:mail", "--yes"]);

    let none = desk.jobs(&["discard", "--filter", "state:dead", "--yes"]);
    let some = desk.jobs(&["discard", "--filter", "", "--yes"]);

    assert_eq!((none.code, &*none.output), (Some(0), ""), "{none:?}");
    assert!(none.errors.contains("skipped: not discarded in this state"), "{none:?}");
    assert!(none.errors.contains("There is nothing to discard."), "{none:?}");
    assert_eq!(some.output, "discarded 3 jobs\n", "{some:?}");
    assert!(some.errors.contains("4 jobs fit (no filter: all jobs)"), "{some:?}");
    assert!(some.errors.contains("skipped 1 job: dead"), "{some:?}");
}

#[tokio::test]
async fn ctrl_c_stops_it_after_the_chunk_at_work() {
    let desk = Desk::new(30_000).await;
    let arguments = ["jobs", "cancel", "--filter", "queue:mail", "--yes"];
    let mut command = program_on(&desk.bed, &arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    errors.find(|line| line.starts_with("operation ")).unwrap();

    signal(child.id(), "INT");

    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(errors.any(|line| line.starts_with("Stopped: ")));
    let operation = desk.console.operations(None).await.unwrap().remove(0);
    assert!(operation.cancel_requested && operation.ended_at.is_some(), "{operation:?}");
    assert!(operation.done < 30_000 && operation.done.is_multiple_of(1_000), "{operation:?}");
}

#[tokio::test]
async fn ids_and_a_filter_are_not_given_together_and_one_is_needed() {
    let desk = Desk::new(1).await;
    let id = "0192f0c1-0000-7000-8000-000000000000";

    for arguments in [
        vec!["requeue"],
        vec!["requeue", id, "--filter", ""],
        vec!["delete", id, "--yes"],
        vec!["cancel", "--filter", "stat:dead"],
    ] {
        let told = desk.jobs(&arguments);

        assert_eq!(told.code, Some(2), "{arguments:?}: {told:?}");
    }
}
