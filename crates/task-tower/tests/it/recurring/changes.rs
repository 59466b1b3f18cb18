//! What programs and people do to recurring jobs while all runs.

use chrono::{TimeDelta, Utc};
use task_tower::{Actor, AuditFilter, JobState, RecurringDraft, RecurringJob};

use super::bed::{Sweep, come, outcomes, sweep, ticks, yearly};
use crate::support::TestBed;
use crate::support::house::House;

#[tokio::test]
async fn a_sleeping_worker_hears_of_a_new_one() {
    let house = House::new(|builder| builder.job(sweep)).await;
    house.until(Sweep { floor: 1 }, JobState::Completed).await;

    house.client.set_recurring(RecurringJob::new("fresh", "every second", Sweep { floor: 2 })).await.unwrap();

    // It would look by itself once a minute, which is longer than this waits.
    assert_eq!(outcomes(&house.console, "fresh", 1).await[0], "enqueued");
    house.stop().await;
}

#[tokio::test]
async fn a_client_adds_changes_and_removes() {
    let bed = TestBed::new().await;
    let tower = bed.builder().build().await.unwrap();
    let (client, console) = (tower.client(), tower.console());
    let hourly = || RecurringJob::new("a", "@hourly", Sweep { floor: 1 });

    assert!(client.set_recurring(hourly()).await.unwrap());
    assert!(!client.set_recurring(hourly()).await.unwrap(), "it is so already");
    assert!(client.set_recurring(hourly().zone("Asia/Kathmandu")).await.unwrap());

    let recurring = console.recurring_job("a").await.unwrap().recurring;
    assert_eq!((recurring.zone.as_str(), recurring.source.as_deref()), ("Asia/Kathmandu", None));
    assert_eq!(recurring.next_at.unwrap().timestamp() % 3_600, 900, "the hours of Nepal begin at a quarter past");
    client.remove_recurring("a").await.unwrap();
    assert!(console.recurring_job("a").await.unwrap_err().is_not_found());
    assert!(client.remove_recurring("a").await.unwrap_err().is_not_found());
    let audit = console.audit(&AuditFilter::new()).await.unwrap();
    let told: Vec<_> = audit.iter().map(|entry| (entry.actor.as_str(), entry.action.as_str())).collect();
    assert_eq!(told, [("program", "remove_recurring"), ("program", "set_recurring"), ("program", "set_recurring")]);
}

#[tokio::test]
async fn a_pause_leaves_times_out_until_it_is_resumed() {
    let house = House::new(|builder| builder.job(sweep)).await;
    let ana = house.console.acting(Actor::new("ana"));
    ana.add_recurring(&yearly("a")).await.unwrap();

    ana.pause_recurring("a", None, Some("the hall is closed")).await.unwrap();

    let paused = ana.recurring_job("a").await.unwrap().recurring;
    assert_eq!(
        (paused.paused_by.as_deref(), paused.paused_reason.as_deref()),
        (Some("ana"), Some("the hall is closed"))
    );
    assert!(paused.next_at.is_none() && paused.is_paused(Utc::now()));
    assert!(paused.upcoming(10).is_empty());
    ana.resume_recurring("a").await.unwrap();
    let resumed = ana.recurring_job("a").await.unwrap().recurring;
    assert!(resumed.next_at.is_some_and(|next| next > Utc::now()) && resumed.paused_at.is_none());
    assert!(ana.resume_recurring("a").await.unwrap_err().is_conflict());
    assert!(ticks(&house.console, "a").await.is_empty(), "nothing is made up for");
    house.stop().await;
}

#[tokio::test]
async fn a_pause_with_an_end_is_over_by_itself() {
    let house = House::new(|builder| builder.job(sweep)).await;
    let mut draft = yearly("a");
    draft.expression = "every 1 hour".to_owned();
    house.console.add_recurring(&draft).await.unwrap();
    let until = Utc::now() + TimeDelta::days(2);

    house.console.pause_recurring("a", Some(until), None).await.unwrap();

    let paused = house.console.recurring_job("a").await.unwrap().recurring;
    let next = paused.next_at.unwrap();
    assert!(next >= until && next < until + TimeDelta::hours(1), "{next} after {until}");
    assert_eq!(house.console.recurring_jobs(&task_tower::RecurringFilter::new().paused(true)).await.unwrap().len(), 1);
    // Two days later.
    house.bed.query("UPDATE tower.recurring SET paused_until = paused_until - interval '3 days'", &[]).await;
    come(&house.bed, "a", 0).await;
    outcomes(&house.console, "a", 1).await;
    let after = house.console.recurring_job("a").await.unwrap().recurring;
    assert!(after.paused_at.is_none() && after.paused_until.is_none());
    let past = house.console.pause_recurring("a", Some(Utc::now() - TimeDelta::seconds(1)), None).await.unwrap_err();
    assert!(past.is_invalid(), "{past}");
    house.stop().await;
}

#[tokio::test]
async fn run_now_makes_a_job_beside_the_times() {
    let house = House::new(|builder| builder.job(sweep)).await;
    house.console.add_recurring(&yearly("a")).await.unwrap();
    let next = house.console.recurring_job("a").await.unwrap().recurring.next_at;
    house.console.pause_recurring("a", None, None).await.unwrap();

    let id = house.console.run_recurring_now("a").await.unwrap();

    house.in_state(id, JobState::Completed).await;
    assert_eq!(outcomes(&house.console, "a", 1).await, ["by_hand"]);
    house.client.resume_recurring("a").await.unwrap();
    assert_eq!(house.console.recurring_job("a").await.unwrap().recurring.next_at, next);
    assert!(house.client.run_recurring_now("b").await.unwrap_err().is_not_found());
    house.stop().await;
}

#[tokio::test]
async fn the_next_time_is_left_out_once() {
    let house = House::new(|builder| builder.job(sweep)).await;
    house.console.add_recurring(&yearly("a")).await.unwrap();

    house.console.skip_next_recurring("a", true).await.unwrap();

    assert!(house.console.recurring_job("a").await.unwrap().recurring.skips_next);
    come(&house.bed, "a", 20).await;
    outcomes(&house.console, "a", 1).await;
    come(&house.bed, "a", 10).await;
    assert_eq!(outcomes(&house.console, "a", 2).await, ["skipped", "enqueued"]);
    house.client.skip_next_recurring("a", true).await.unwrap();
    house.client.skip_next_recurring("a", false).await.unwrap();
    come(&house.bed, "a", 0).await;
    assert_eq!(outcomes(&house.console, "a", 3).await[2], "enqueued");
    house.client.pause_recurring("a", None, None).await.unwrap();
    assert!(house.client.skip_next_recurring("a", true).await.unwrap_err().is_conflict());
    house.stop().await;
}

#[tokio::test]
async fn an_edit_keeps_the_next_time_unless_it_is_about_times() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    console.add_recurring(&yearly("a")).await.unwrap();
    let before = console.recurring_job("a").await.unwrap().recurring;
    let stale = console.if_unchanged(&before.revision);

    stale.change_recurring(&RecurringDraft { queue: Some("cleaning".to_owned()), ..before.draft() }).await.unwrap();

    let after = console.recurring_job("a").await.unwrap().recurring;
    assert_eq!((after.queue.as_str(), after.next_at), ("cleaning", before.next_at));
    let conflict = stale.change_recurring(&before.draft()).await.unwrap_err();
    assert!(conflict.is_conflict(), "{conflict}");
    console.change_recurring(&RecurringDraft { expression: "every 1 hour".to_owned(), ..after.draft() }).await.unwrap();
    let hourly = console.recurring_job("a").await.unwrap().recurring;
    assert!(hourly.next_at.unwrap() - Utc::now() <= TimeDelta::hours(1));
    assert!(console.add_recurring(&yearly("a")).await.unwrap_err().is_conflict());
    assert!(console.change_recurring(&yearly("b")).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_place() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let refused = async |change: fn(&mut RecurringDraft)| {
        let mut draft = yearly("nightly");
        change(&mut draft);
        let error = console.add_recurring(&draft).await.unwrap_err();
        assert!(error.is_invalid(), "{error}");
        error.to_string()
    };

    assert_eq!(
        refused(|draft| draft.expression = "0 25 * * *".to_owned()).await,
        "recurring job \"nightly\", column 3: hour 25 is not within 0 to 23\n    0 25 * * *\n      ^"
    );
    assert_eq!(
        refused(|draft| draft.zone = "Europe/Berln".to_owned()).await,
        "recurring job \"nightly\", there is no time zone \"Europe/Berln\"; did you mean \"Europe/Berlin\"?"
    );
    assert_eq!(
        refused(|draft| draft.name = "a,b".to_owned()).await,
        "recurring job \"a,b\" has a comma, a star or a control character in it"
    );
    assert_eq!(refused(|draft| draft.jitter_ms = 3_600_001).await, "jitter of 3600001 ms is longer than an hour");
    assert_eq!(
        refused(|draft| draft.missed = task_tower::MissedRuns::All(0)).await,
        "missed all:0 is not within 1 to 100"
    );
    assert_eq!(bed.number("SELECT count(*) FROM tower.recurring").await, 0);
    assert_eq!(bed.number("SELECT count(*) FROM tower.audit").await, 0);
}

#[tokio::test]
async fn each_change_by_hand_is_in_the_audit_without_the_payload() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console().acting(Actor::new("ana"));
    let mut draft = yearly("a");
    draft.payload = serde_json::json!({ "password": "hunter2" });

    console.add_recurring(&draft).await.unwrap();
    console.change_recurring(&RecurringDraft { expression: "@daily".to_owned(), ..draft }).await.unwrap();
    console.skip_next_recurring("a", true).await.unwrap();
    console.pause_recurring("a", None, Some("a fire")).await.unwrap();
    console.resume_recurring("a").await.unwrap();
    console.run_recurring_now("a").await.unwrap();
    console.remove_recurring("a").await.unwrap();

    let audit = console.audit(&AuditFilter::new().target("a")).await.unwrap();
    let actions: Vec<&str> = audit.iter().rev().map(|entry| entry.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "add_recurring",
            "change_recurring",
            "skip_recurring",
            "pause_recurring",
            "resume_recurring",
            "run_recurring",
            "remove_recurring"
        ]
    );
    assert!(audit.iter().all(|entry| entry.actor == "ana" && !entry.details.to_string().contains("hunter2")));
    assert_eq!(audit[5].details["before"]["expression"], "0 0 1 1 *");
    assert_eq!(audit[5].details["after"]["expression"], "@daily");
}
