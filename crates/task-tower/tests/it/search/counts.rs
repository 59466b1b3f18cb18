//! How many jobs are in each state, and how exact that is.

use std::collections::BTreeMap;

use task_tower::{Actor, Console, Count, JobState};

use crate::support::{TestBed, until};

/// In two queues and at two priorities: three that are scheduled, four that are due, two that wait for their retry and
/// one that does no longer; one that runs, as its worker tells.
const LIVE: &str = "
    WITH told AS (
        INSERT INTO tower.worker (host, process_id, version, slots, busy, kinds, queues, dead_after)
        VALUES ('web-1', 1, '1', 4, 1, '{}', '{}', interval '1 hour')
    )
    INSERT INTO tower.job (id, kind, queue, priority, state, run_at, retrying, error_group)
    SELECT tower.new_id(), 'probe', CASE number % 2 WHEN 0 THEN 'mail' ELSE 'default' END, number % 3, state,
           now() + hours * interval '1 hour', retrying, CASE WHEN retrying THEN '3f9a1c0b7e21' END
    FROM (VALUES (3, 0, 1, false), (4, 0, -1, false), (2, 0, 1, true), (1, 0, -1, true), (1, 1, -1, false))
        AS part (jobs, state, hours, retrying)
    CROSS JOIN LATERAL generate_series(1, jobs) AS number";

async fn counts(console: &Console, filter: &str) -> BTreeMap<JobState, Count> {
    console.counts(&filter.parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn of_everything_and_of_a_part_each_live_state_is_counted_exactly() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();

    bed.query(LIVE, &[]).await;

    for filter in ["", "kind:probe", "queue:mail,default", "id:0*"] {
        let counts = counts(&console, filter).await;
        let expected = [
            (JobState::Scheduled, 3),
            (JobState::Enqueued, 5),
            (JobState::Processing, 1),
            (JobState::Failed, 2),
            (JobState::Completed, 0),
        ];
        for (state, number) in expected {
            assert_eq!(counts[&state], Count::Exact(number), "{filter:?}: {state}");
        }
    }
}

/// More of each waiting state than are counted, and no two due at the same time.
const MANY: &str = "
    INSERT INTO tower.job (id, kind, run_at, retrying, error_group)
    SELECT tower.new_id(), 'probe', now() + (number - 15000.5) * interval '1 s', number % 2 = 0,
           CASE number % 2 WHEN 0 THEN '3f9a1c0b7e21' END
    FROM generate_series(1, 45000) AS number";

#[tokio::test]
async fn of_many_it_is_said_that_there_are_more() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();

    bed.query(MANY, &[]).await;

    for filter in ["", "kind:probe"] {
        let counts = counts(&console, filter).await;
        for state in [JobState::Scheduled, JobState::Enqueued, JobState::Failed] {
            assert_eq!(counts[&state], Count::AtLeast(10_000), "{filter:?}: {state}");
        }
        assert_eq!(counts[&JobState::Dead], Count::Exact(0), "{filter:?}");
    }
}

/// More live jobs than are counted anew for everybody.
const LARGE: &str = "INSERT INTO tower.job (id, kind) SELECT tower.new_id(), 'probe' FROM generate_series(1, 2001)";
const ONE_MORE: &str = "INSERT INTO tower.job (id, kind) VALUES (tower.new_id(), 'probe')";
/// An answer is told again for two seconds: a test that was held up for longer than that tries again.
const TRIES: usize = 20;

async fn waiting(console: &Console) -> u64 {
    counts(console, "kind:probe").await[&JobState::Enqueued].number()
}

async fn in_queues(console: &Console) -> u64 {
    console.queues().await.unwrap().iter().map(|queue| queue.enqueued).sum()
}

/// Whether what is told does not change though a job has come.
async fn is_told_again(bed: &TestBed, told: impl AsyncFn() -> u64) -> bool {
    for _ in 0..TRIES {
        let before = told().await;
        bed.query(ONE_MORE, &[]).await;
        if told().await == before {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn large_numbers_are_told_again_for_a_moment_if_that_is_wanted() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    let remembering = console.remembering();

    bed.query(LARGE, &[]).await;

    assert!(is_told_again(&bed, async || waiting(&remembering).await).await);
    assert!(is_told_again(&bed, async || in_queues(&remembering).await).await);
    assert!(!is_told_again(&bed, async || waiting(&console).await).await);
    assert!(!is_told_again(&bed, async || in_queues(&console).await).await);
    let newest = waiting(&console).await;
    until("it is counted anew", async || waiting(&remembering).await == newest).await;
    until("they are counted anew", async || in_queues(&remembering).await == newest).await;
}

#[tokio::test]
async fn small_numbers_are_always_those_of_now() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console().remembering();

    for number in 1..=3 {
        bed.query(ONE_MORE, &[]).await;

        assert_eq!((waiting(&console).await, in_queues(&console).await), (number, number));
    }
}

#[tokio::test]
async fn what_is_changed_by_hand_is_seen_at_once() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console().remembering();
    bed.query(LARGE, &[]).await;
    let (counted, queued) = (waiting(&console).await, in_queues(&console).await);
    let job = console.jobs(&"kind:probe".parse().unwrap()).await.unwrap().jobs[0].id;

    console.acting(Actor::new("ana")).cancel(job, None).await.unwrap();

    assert_eq!((waiting(&console).await, in_queues(&console).await), (counted - 1, queued - 1));
}
