//! In which order a worker serves queues, told by the order in which jobs begin. One slot makes the
//! order visible, and jobs that are there before the worker make it certain.

use task_tower::QueuePrioritization::{self, AlphaNumeric, Index, None as Fifo, Strict, Weighted};
use task_tower::{JobState, RunningTower, TaskTower};

use crate::support::stage::{Stage, step, stubborn};
use crate::support::{TestBed, in_state, until};

/// A tower that is not started yet, and the stage of its jobs.
struct House {
    tower: TaskTower,
    stage: Stage,
}

impl House {
    async fn new(strategy: QueuePrioritization, priorities: &[(&str, i32)], slots: usize) -> Self {
        let stage = Stage::default();
        let builder = stage.cast(TestBed::new().await.builder()).backend_concurrency(slots);
        let builder = builder.queue_prioritization(strategy).queue_priorities(priorities.iter().copied());
        Self { tower: builder.build().await.unwrap(), stage }
    }

    /// Enqueues jobs that are named after their queue, one after the other.
    async fn fill(&self, queues: &[&str]) {
        for queue in queues {
            self.tower.client().enqueue(step(*queue)).to_queue(*queue).await.unwrap();
        }
    }

    async fn fill_many(&self, queue: &str, count: usize) {
        let jobs = vec![step(queue); count];
        self.tower.client().enqueue_all(jobs).to_queue(queue).await.unwrap();
    }

    /// Runs until so many jobs have begun, and returns them in order.
    async fn play(&self, count: usize) -> Vec<String> {
        let running = self.tower.start().unwrap();
        self.seen(count).await;
        running.stop().await;
        self.stage.begun()
    }

    async fn seen(&self, count: usize) {
        until("the jobs have begun", async || self.stage.begun().len() >= count).await;
    }

    /// Starts with one job that holds the only slot until the stage opens.
    async fn start_with_held_slot(&self, queue: &str) -> RunningTower {
        self.tower.client().enqueue(stubborn("holder")).to_queue(queue).await.unwrap();
        let running = self.tower.start().unwrap();
        self.seen(1).await;
        running
    }
}

fn count(begun: &[String], queue: &str) -> usize {
    begun.iter().filter(|name| *name == queue).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_strategy_jobs_run_first_in_first_out_over_all_queues() {
    let house = House::new(Fifo, &[], 1).await;
    let queues = ["zebra", "apple", "zebra", "mail", "apple", "mail", "zebra", "default", "apple"];
    house.fill(&queues).await;

    let begun = house.play(queues.len()).await;

    assert_eq!(begun, queues);
}

#[tokio::test(flavor = "multi_thread")]
async fn first_in_first_out_holds_for_a_thousand_jobs_in_many_queues() {
    let house = House::new(Fifo, &[], 1).await;
    for name in 0..1_000 {
        house.tower.client().enqueue(step(format!("{name}"))).to_queue(format!("q{}", name % 7)).await.unwrap();
    }

    let begun = house.play(1_000).await;

    assert_eq!(begun, (0..1_000).map(|name| name.to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn alphanumeric_serves_queues_by_name() {
    let house = House::new(AlphaNumeric, &[], 1).await;
    house.fill(&["zebra", "b", "apple", "B", "zebra", "a1", "apple", "b"]).await;

    let begun = house.play(8).await;

    assert_eq!(begun, ["B", "a1", "apple", "apple", "b", "b", "zebra", "zebra"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn index_serves_the_highest_queue_first_and_unknown_queues_last() {
    let house = House::new(Index, &[("low", -5), ("critical", 10), ("default", 1)], 1).await;
    house.fill(&["unknown-b", "low", "unknown-a", "default", "critical", "low", "unknown-b", "critical"]).await;

    let begun = house.play(8).await;

    assert_eq!(
        begun,
        ["critical", "critical", "default", "low", "low", "unknown-b", "unknown-a", "unknown-b"],
        "unknown queues are first in, first out among themselves"
    );
}

/// The queues of the examples in the README.
const CRITICAL_DEFAULT_LOW: [(&str, i32); 3] = [("critical", 3), ("default", 2), ("low", 1)];

#[tokio::test(flavor = "multi_thread")]
async fn index_with_critical_3_default_2_low_1_serves_them_in_this_order_and_an_unknown_queue_last() {
    let house = House::new(Index, &CRITICAL_DEFAULT_LOW, 1).await;
    house.fill(&["unknown", "low", "default", "critical", "unknown", "low", "default", "critical"]).await;

    let begun = house.play(8).await;

    assert_eq!(begun, ["critical", "critical", "default", "default", "low", "low", "unknown", "unknown"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_with_critical_3_default_2_low_1_serves_them_in_this_order_and_an_unknown_queue_never() {
    let house = House::new(Strict, &CRITICAL_DEFAULT_LOW, 1).await;
    let unknown = house.tower.client().enqueue(step("unknown")).to_queue("unknown").await.unwrap();
    house.fill(&["low", "default", "critical", "low", "default", "critical"]).await;

    let begun = house.play(6).await;

    assert_eq!(begun, ["critical", "critical", "default", "default", "low", "low"]);
    let job = house.tower.console().job(unknown).await.unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Enqueued, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_never_serves_an_unknown_queue() {
    let house = House::new(Strict, &[("critical", 10), ("default", 1)], 1).await;
    let unknown = house.tower.client().enqueue(step("unknown")).to_queue("unknown").await.unwrap();
    house.fill(&["default", "critical", "default", "critical"]).await;

    let begun = house.play(4).await;

    assert_eq!(begun, ["critical", "critical", "default", "default"]);
    let job = house.tower.console().job(unknown).await.unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Enqueued, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_serves_a_higher_queue_that_fills_again_before_the_lower_ones_go_on() {
    let house = House::new(Strict, &[("critical", 10), ("default", 1)], 1).await;
    house.fill(&["default", "default", "default"]).await;
    let running = house.start_with_held_slot("critical").await;

    house.fill(&["critical"]).await;
    house.stage.open();
    house.seen(5).await;

    assert_eq!(house.stage.begun(), ["holder", "critical", "default", "default", "default"]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_higher_queue_waits_for_no_more_than_what_was_claimed_already() {
    let house = House::new(Strict, &[("critical", 10), ("default", 1)], 1).await;
    house.fill_many("default", 5_000).await;
    let running = house.tower.start().unwrap();
    house.seen(200).await;

    house.fill(&["critical"]).await;
    let lower_before = count(&house.stage.begun(), "default");
    house.seen(5_001).await;

    let begun = house.stage.begun();
    let place = begun.iter().position(|name| name == "critical").unwrap();
    // Two claims of at most 512: one in the buffer, one under way when the job was committed.
    assert!(place <= lower_before + 1_024, "it began as number {place}, enqueued after {lower_before}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn weighted_with_high_60_default_30_low_10_shares_within_two_percent_with_one_slot() {
    weighted_shares_hold(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn weighted_with_high_60_default_30_low_10_shares_within_two_percent_with_sixteen_slots() {
    weighted_shares_hold(16).await;
}

/// More jobs than are measured, so that none of the queues runs dry within the 10,000.
async fn weighted_shares_hold(slots: usize) {
    let house = House::new(Weighted, &[("high", 60), ("default", 30), ("low", 10)], slots).await;
    for (queue, count) in [("low", 1_300), ("default", 3_400), ("high", 6_500)] {
        house.fill_many(queue, count).await;
    }

    let begun = house.play(10_000).await;

    let measured = &begun[..10_000];
    for (queue, share) in [("high", 6_000), ("default", 3_000), ("low", 1_000)] {
        let got = count(measured, queue);
        assert!(got.abs_diff(share) <= 200, "{queue} got {got} of 10,000 instead of {share}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weighted_shares_hold_from_the_beginning_on() {
    let house = House::new(Weighted, &[("high", 60), ("default", 30), ("low", 10)], 1).await;
    for queue in ["low", "default", "high"] {
        house.fill_many(queue, 200).await;
    }

    let begun = house.play(200).await;

    for (queue, share) in [("high", 60_usize), ("default", 30), ("low", 10)] {
        let got = count(&begun[..100], queue);
        assert!(got.abs_diff(share) <= 5, "{queue} got {got} of the first 100 instead of {share}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_share_of_an_empty_weighted_queue_goes_to_the_others() {
    let house = House::new(Weighted, &[("high", 60), ("default", 30), ("low", 10)], 1).await;
    house.fill_many("default", 1_000).await;
    house.fill_many("low", 1_000).await;

    let begun = house.play(2_000).await;

    let default = count(&begun[..1_000], "default");
    assert!(default.abs_diff(750) <= 20, "default got {default} of 1,000 instead of 750");
    assert_eq!(count(&begun, "low"), 1_000, "no share is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_without_a_weight_run_when_all_weighted_ones_are_empty() {
    let house = House::new(Weighted, &[("high", 60), ("low", 10)], 1).await;
    house.fill(&["other-b", "other-a", "other-b"]).await;
    house.fill(&["low", "low", "high", "low", "high"]).await;

    let begun = house.play(8).await;

    assert_eq!(begun[5..], ["other-b", "other-a", "other-b"], "all of them: {begun:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_higher_priority_runs_first_within_a_queue_and_equals_in_their_order() {
    for strategy in [Fifo, AlphaNumeric, Index, Strict, Weighted] {
        let house = House::new(strategy, &[("mail", 1)], 1).await;
        for (name, priority) in [("c1", 0), ("a", 100), ("d", -100), ("b1", 5), ("c2", 0), ("b2", 5)] {
            house.tower.client().enqueue(step(name)).to_queue("mail").priority(priority).await.unwrap();
        }

        let begun = house.play(6).await;

        assert_eq!(begun, ["a", "b1", "b2", "c1", "c2", "d"], "{strategy:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_serves_only_the_queues_it_is_given() {
    let stage = Stage::default();
    let builder = stage.cast(TestBed::new().await.builder()).queues(["mail", "default"]);
    let tower = builder.build().await.unwrap();
    let client = tower.client();
    let foreign = client.enqueue(step("foreign")).to_queue("reports").await.unwrap();
    client.enqueue(step("first")).to_queue("mail").await.unwrap();
    let running = tower.start().unwrap();
    until("the first has begun", async || stage.begun().len() == 1).await;

    let last = client.enqueue(step("last")).await.unwrap();
    in_state(&tower.console(), last, JobState::Completed).await;

    assert_eq!(stage.begun(), ["first", "last"]);
    let job = tower.console().job(foreign).await.unwrap();
    assert_eq!((job.state, job.attempt), (JobState::Enqueued, 0));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_queue_is_not_served_and_does_not_hold_up_the_others() {
    for strategy in [Fifo, AlphaNumeric, Index, Strict, Weighted] {
        let house = House::new(strategy, &[("first", 9), ("second", 1)], 1).await;
        house.tower.console().pause_queue("first", None).await.unwrap();
        house.fill(&["first", "second", "first", "second"]).await;

        let begun = house.play(2).await;

        assert_eq!(begun, ["second", "second"], "{strategy:?}");
    }
}
