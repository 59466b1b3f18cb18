//! What the code of programs says of recurring jobs.

use task_tower::{Console, RecurringDraft, RecurringJob, TowerBuilder};

use super::bed::{Sweep, yearly};
use crate::support::TestBed;

fn sweeping(name: &str, expression: &str) -> RecurringJob {
    RecurringJob::new(name, expression, Sweep { floor: 1 })
}

/// A program starts.
async fn start(builder: TowerBuilder) -> Console {
    builder.build().await.unwrap().console()
}

/// Names and expressions.
async fn set(console: &Console) -> Vec<(String, String)> {
    let all = console.recurring_jobs(&task_tower::RecurringFilter::new()).await.unwrap();
    all.into_iter().map(|recurring| (recurring.name, recurring.expression)).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, expression)| ((*name).to_owned(), (*expression).to_owned())).collect()
}

#[tokio::test]
async fn what_code_says_is_set_when_it_starts() {
    let bed = TestBed::new().await;
    let version_1 = || bed.builder().recurring(sweeping("a", "@hourly")).recurring(sweeping("b", "@daily"));

    let console = start(version_1()).await;

    assert_eq!(set(&console).await, pairs(&[("a", "@hourly"), ("b", "@daily")]));
    assert_eq!(console.recurring_job("a").await.unwrap().recurring.source.as_deref(), Some("code"));
    let before = bed.number("SELECT sum(revision)::bigint FROM tower.recurring").await;
    start(version_1()).await;
    assert_eq!(bed.number("SELECT sum(revision)::bigint FROM tower.recurring").await, before, "nothing is new");
    // Another version changes one, adds one, and says nothing of one.
    start(bed.builder().recurring(sweeping("a", "@weekly")).recurring(sweeping("c", "@daily"))).await;
    assert_eq!(set(&console).await, pairs(&[("a", "@weekly"), ("c", "@daily")]));
}

#[tokio::test]
async fn who_says_nothing_of_recurring_jobs_removes_none() {
    let bed = TestBed::new().await;
    let console = start(bed.builder().recurring(sweeping("a", "@hourly"))).await;
    console.add_recurring(&yearly("by-hand")).await.unwrap();

    start(bed.builder()).await;
    let after_nothing = set(&console).await;
    start(bed.builder().recurring_source("code")).await;

    assert_eq!(after_nothing.len(), 2);
    assert_eq!(set(&console).await, pairs(&[("by-hand", "0 0 1 1 *")]), "it said that there are none");
}

#[tokio::test]
async fn programs_are_told_apart_by_their_source() {
    let bed = TestBed::new().await;

    start(bed.builder().recurring_source("shop").recurring(sweeping("a", "@hourly"))).await;
    let console = start(bed.builder().recurring_source("mail").recurring(sweeping("b", "@daily"))).await;

    assert_eq!(set(&console).await, pairs(&[("a", "@hourly"), ("b", "@daily")]));
}

#[tokio::test]
async fn an_edit_holds_until_the_code_says_something_else() {
    let bed = TestBed::new().await;
    let console = start(bed.builder().recurring(sweeping("a", "@hourly"))).await;
    let recurring = console.recurring_job("a").await.unwrap().recurring;
    console.change_recurring(&RecurringDraft { expression: "@daily".to_owned(), ..recurring.draft() }).await.unwrap();
    console.pause_recurring("a", None, Some("a fire")).await.unwrap();

    start(bed.builder().recurring(sweeping("a", "@hourly"))).await;

    let edited = console.recurring_job("a").await.unwrap().recurring;
    assert_eq!((edited.expression.as_str(), edited.is_edited), ("@daily", true));
    start(bed.builder().recurring(sweeping("a", "@weekly"))).await;
    let said = console.recurring_job("a").await.unwrap().recurring;
    assert_eq!((said.expression.as_str(), said.is_edited), ("@weekly", false));
    assert_eq!(said.paused_reason.as_deref(), Some("a fire"), "a pause stays");
}

#[tokio::test]
async fn programs_that_start_at_once_agree() {
    let bed = TestBed::new().await;
    start(bed.builder()).await;
    let version = || {
        let all = (0..20).map(|number| sweeping(&format!("job-{number}"), "@hourly"));
        all.fold(bed.builder(), TowerBuilder::recurring)
    };

    let starts: Vec<_> = (0..4).map(|_| tokio::spawn(version().build())).collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }

    assert_eq!(bed.number("SELECT count(*) FROM tower.recurring WHERE revision = 1").await, 20);
    assert_eq!(bed.number("SELECT count(*) FROM tower.audit").await, 20);
}

#[tokio::test]
async fn what_cannot_be_stops_the_start() {
    let bed = TestBed::new().await;
    let fault = async |builder: TowerBuilder| builder.build().await.unwrap_err().to_string();

    assert_eq!(
        fault(bed.builder().recurring(sweeping("a", "*/5 * * *"))).await,
        "recurring job \"a\", column 10: these are 4 fields; cron has five, or six with seconds\n    */5 * * *\n             ^"
    );
    assert_eq!(
        fault(bed.builder().recurring(sweeping("a", "@daily")).recurring(sweeping("a", "@hourly"))).await,
        "recurring job \"a\": there are two of this name"
    );
    let too_large = RecurringJob::new("a", "@daily", Sweep { floor: 1 });
    assert_eq!(
        fault(bed.builder().payload_bytes_max(5).recurring(too_large)).await,
        "recurring job \"a\", payload has 11 bytes, at most 5 are allowed"
    );
}
