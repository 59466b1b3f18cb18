//! How long it is remembered what became of times.

use super::bed::{come, outcomes, sweep, ticks, yearly};
use crate::support::{TestBed, until};

#[tokio::test]
async fn old_times_go_with_their_jobs_but_the_latest_twenty() {
    let bed = TestBed::new().await;
    let tower = bed.builder().job(sweep).build().await.unwrap();
    let console = tower.console();
    console.add_recurring(&yearly("a")).await.unwrap();
    come(&bed, "a", 0).await;
    let running = tower.start().unwrap();
    outcomes(&console, "a", 1).await;
    running.stop().await;
    let kept = ticks(&console, "a").await[0].job.unwrap();
    // Fifty that are older than any job, and the one whose job is there.
    let sql = "INSERT INTO tower.tick (recurring, tick_at, job_id, outcome, noted_at)
               SELECT 'a', now() - make_interval(days => 100, hours => number), gen_random_uuid(), 'enqueued', now() - interval '100 days'
               FROM generate_series(1, 50) AS number";
    bed.query(sql, &[]).await;
    let sql = "UPDATE tower.tick SET noted_at = now() - interval '100 days', tick_at = now() - interval '200 days' WHERE job_id = $1";
    bed.query(sql, &[&kept.as_uuid()]).await;

    let running = tower.start().unwrap();

    until("old ones are gone", async || bed.number("SELECT count(*) FROM tower.tick").await == 21).await;
    assert_eq!(ticks(&console, "a").await.len(), 20);
    assert!(console.recurring_of(kept).await.unwrap().is_some(), "its job is kept");
    running.stop().await;
}
