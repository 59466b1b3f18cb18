//! The five strategies, told by the order in which the jobs of the examples run.

use crate::support::example::Example;

/// Whether the example runs these errands in this order, and no others until it stops.
async fn assert_order(mut example: Example, errands: &[(u32, &str)]) {
    let order: Vec<String> =
        errands.iter().map(|(number, queue)| format!("errand {number} of queue {queue}")).collect();

    example.lines(order.len()).await;

    assert_eq!(example.stop().await, order);
}

#[tokio::test]
async fn priorities_fifo_goes_by_age_alone() {
    let example = Example::start("priorities_fifo").await;

    assert_order(example, &[(1, "low"), (2, "critical"), (3, "archive"), (4, "default"), (5, "critical")]).await;
}

#[tokio::test]
async fn priorities_alphanumeric_goes_by_name() {
    let example = Example::start("priorities_alphanumeric").await;

    assert_order(example, &[(3, "archive"), (2, "critical"), (5, "critical"), (4, "default"), (1, "low")]).await;
}

#[tokio::test]
async fn priorities_index_serves_the_unknown_queue_last() {
    let example = Example::start("priorities_index").await;

    let known = [(4, "critical"), (6, "critical"), (3, "default"), (2, "low"), (5, "low")];
    assert_order(example, &[&known[..], &[(1, "archive")]].concat()).await;
}

#[tokio::test]
async fn priorities_strict_leaves_the_unknown_queue_alone_even_when_idle() {
    let example = Example::start("priorities_strict").await;

    let known = [(4, "critical"), (6, "critical"), (3, "default"), (2, "low"), (5, "low")];
    assert_order(example, &[&known[..], &[(7, "low")]].concat()).await;
}

#[tokio::test]
async fn priorities_weighted_gives_each_queue_its_share() {
    let mut weighted = Example::start("priorities_weighted").await;

    let counts = weighted.until("the first 100 jobs: ").await;

    for (queue, share) in [("high", 60_i32), ("default", 30), ("low", 10)] {
        let (_, count) = counts.split_once(&format!("\"{queue}\": ")).unwrap();
        let count: String = count.chars().take_while(char::is_ascii_digit).collect();
        assert!((count.parse::<i32>().unwrap() - share).abs() <= 2, "{queue}: {counts}");
    }
    weighted.stop().await;
}
