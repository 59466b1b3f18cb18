//! Each time makes one job, whatever the number of workers.

use std::collections::HashSet;
use std::time::Duration;

use task_tower::{JobFilter, JobState, RecurringJob};

use super::bed::{Sweep, come, outcomes, sweep, ticks, yearly};
use crate::support::house::House;
use crate::support::{TestBed, in_state, until};

#[tokio::test]
async fn a_job_recurs_and_carries_what_was_said() {
    let often = RecurringJob::new("often", "* * * * * *", Sweep { floor: 7 })
        .to_queue("cleaning")
        .tags(["night"])
        .priority(3)
        .max_retries(2)
        .timeout(Duration::from_secs(9));

    let house = House::new(|builder| builder.job(sweep).recurring(often)).await;

    until("it has run twice", async || {
        let ticks = ticks(&house.console, "often").await;
        ticks.iter().filter(|tick| tick.state == Some(JobState::Completed)).count() >= 2
    })
    .await;
    let ticks = ticks(&house.console, "often").await;
    let seconds: Vec<i64> = ticks.windows(2).map(|pair| (pair[1].at - pair[0].at).num_seconds()).collect();
    assert!(seconds.iter().all(|seconds| *seconds >= 1), "{ticks:#?}");
    let job = house.console.job(ticks[0].job.unwrap()).await.unwrap();
    assert_eq!((job.kind.as_str(), job.queue.as_str(), job.priority, job.max_retries), ("sweep", "cleaning", 3, 2));
    assert_eq!((&job.tags[..], job.payload), (&["night".to_owned()][..], serde_json::json!({ "floor": 7 })));
    assert_eq!(job.timeout_ms, Some(9_000));
    let from = house.console.recurring_of(job.id).await.unwrap().unwrap();
    assert_eq!(from, ("often".to_owned(), ticks[0].at));
    house.stop().await;
}

#[tokio::test]
async fn of_many_workers_one_enqueues() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(sweep).build().await.unwrap();
    let console = tower.console();
    let workers: Vec<_> = (0..6).map(|_| tower.start().unwrap()).collect();
    until("all are there", async || console.workers().await.unwrap().len() == 6).await;

    for number in 0..10 {
        let name = format!("job-{number}");
        console.add_recurring(&yearly(&name)).await.unwrap();
        come(&bed, &name, 0).await;
    }

    for number in 0..10 {
        assert_eq!(outcomes(&console, &format!("job-{number}"), 1).await, ["enqueued"]);
    }
    assert_eq!(bed.number("SELECT (SELECT count(*) FROM tower.jobs)").await, 10);
    for worker in workers {
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_time_that_was_dealt_with_makes_no_second_job() {
    let house = House::new(|builder| builder.job(sweep)).await;
    house.console.add_recurring(&yearly("once")).await.unwrap();
    come(&house.bed, "once", 0).await;
    outcomes(&house.console, "once", 1).await;
    let first = ticks(&house.console, "once").await[0].at;

    let sql = "UPDATE tower.recurring SET next_at = $1 WHERE name = 'once'";
    house.bed.query(sql, &[&first]).await;
    house.bed.query("SELECT pg_notify(tower.channel(), '*recurring')", &[]).await;
    until("it has moved on", async || {
        house.console.recurring_job("once").await.unwrap().recurring.next_at.is_some_and(|next| next > first)
    })
    .await;

    assert_eq!(ticks(&house.console, "once").await.len(), 1);
    assert_eq!(house.bed.number("SELECT count(*) FROM tower.jobs").await, 1);
    house.stop().await;
}

#[tokio::test]
async fn jitter_delays_a_job_by_an_amount_that_is_always_the_same() {
    let house = House::new(|builder| builder.job(sweep)).await;
    let mut draft = yearly("late");
    draft.jitter_ms = 3_600_000;
    house.console.add_recurring(&draft).await.unwrap();

    come(&house.bed, "late", 0).await;

    outcomes(&house.console, "late", 1).await;
    let tick = ticks(&house.console, "late").await.remove(0);
    let job = in_state(&house.console, tick.job.unwrap(), JobState::Scheduled).await;
    let delay = job.run_at - tick.at;
    assert!(delay.num_milliseconds() <= 3_600_000, "{delay}");
    house.stop().await;
}

#[tokio::test]
async fn the_filter_finds_the_jobs_of_a_recurring_one() {
    let house = House::new(|builder| builder.job(sweep)).await;
    for name in ["one", "other"] {
        house.console.add_recurring(&yearly(name)).await.unwrap();
        come(&house.bed, name, 0).await;
        outcomes(&house.console, name, 1).await;
    }
    house.console.run_recurring_now("one").await.unwrap();
    let plain = house.until(Sweep { floor: 1 }, JobState::Completed).await;

    let find = async |filter: JobFilter| -> HashSet<_> {
        house.console.jobs(&filter).await.unwrap().jobs.iter().map(|job| job.id).collect()
    };

    let of_one: HashSet<_> = ticks(&house.console, "one").await.iter().filter_map(|tick| tick.job).collect();
    assert_eq!(of_one.len(), 2);
    assert_eq!(find(JobFilter::new().recurring("one")).await, of_one);
    assert_eq!(find("recurring:one,other".parse().unwrap()).await.len(), 3);
    assert_eq!(find("recurring:o*".parse().unwrap()).await.len(), 3);
    assert_eq!(find("recurring:one* -recurring:other".parse().unwrap()).await, of_one);
    assert_eq!(find("-recurring:one,other".parse().unwrap()).await, HashSet::from([plain.id]));
    assert!(find("recurring:none".parse().unwrap()).await.is_empty());
    house.stop().await;
}
