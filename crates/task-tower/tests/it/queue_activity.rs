//! What moves in a queue, and who serves it.

use task_tower::{Console, JobEdit, JobState, QueuePrioritization};

use crate::support::house::House;
use crate::support::stage::{Stage, step, stubborn};
use crate::support::{TestBed, until};

/// What was counted of a queue as of so many minutes ago.
async fn counted(bed: &TestBed, queue: &str, minutes: i32, came: i64, gone: i64) {
    let sql = "INSERT INTO tower.tally (axis, name, step, at, enqueued, completed, failed)
               VALUES ('queue', $1, 1, date_trunc('minute', now() - interval '15 s' - make_interval(mins => $2), 'UTC'), $3, $4, 99)";
    bed.query(sql, &[&queue, &minutes, &came, &gone]).await;
}

async fn console(bed: &TestBed) -> Console {
    bed.builder().build().await.unwrap().console()
}

#[tokio::test]
async fn rates_are_means_of_five_whole_minutes_and_the_hour_is_told_by_minute() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    counted(&bed, "mail", 1, 50, 10).await;
    counted(&bed, "mail", 5, 0, 40).await;
    counted(&bed, "mail", 6, 700, 700).await;
    counted(&bed, "mail", 70, 700, 700).await;
    counted(&bed, "other", 1, 7, 7).await;

    let moves = console.queue_activity(&["mail", "still"]).await.unwrap();

    let mail = &moves["mail"];
    assert_eq!((mail.in_per_minute, mail.out_per_minute), (10.0, 10.0), "failed runs do not leave it");
    assert_eq!((mail.last_hour.len(), mail.last_hour.iter().sum::<u64>()), (60, 750));
    assert_eq!(moves.len(), 2);
    assert_eq!((moves["still"].out_per_minute, moves["still"].last_hour.len()), (0.0, 60));
}

#[tokio::test]
async fn what_ran_in_a_queue_is_told_for_each_minute_that_was_sampled() {
    let bed = TestBed::new().await;
    let console = console(&bed).await;
    let sql = "INSERT INTO tower.depth (at, queue, processing)
               SELECT date_trunc('minute', now() - make_interval(mins => minutes), 'UTC'), queue, processing
               FROM (VALUES (1, '', 0), (1, 'mail', 3), (2, '', 0), (4, '', 0), (4, 'mail', 7), (70, '', 0), (70, 'mail', 9))
                   AS part (minutes, queue, processing)";
    bed.query(sql, &[]).await;

    let moves = console.queue_activity(&["mail", "still"]).await.unwrap();

    let course = |queue: &str| moves[queue].running_last_hour[54..].to_vec();
    // A minute may have begun since.
    let (mail, still) = (course("mail"), course("still"));
    let first = mail.iter().position(Option::is_some).unwrap();
    assert_eq!(mail[first..first + 4], [Some(7), None, Some(0), Some(3)]);
    assert_eq!(still[first..first + 4], [Some(0), None, Some(0), Some(0)]);
    assert_eq!((moves["mail"].running_last_hour.len(), mail.iter().flatten().count()), (60, 3));
}

#[tokio::test]
async fn who_hears_that_a_minute_is_sampled_hears_when_the_next_one_is_due() {
    let bed = TestBed::new().await;
    console(&bed).await;
    let ask = include_str!("../../src/store/sql/sample_is_due.sql").replace("task_tower.", "tower.");
    let sample = include_str!("../../src/store/sql/sample.sql").replace("task_tower.", "tower.");
    assert_eq!(bed.number(&ask).await, 0);

    // In between, the next minute may have become due: then it is sampled, too.
    let mut next_ms = 0;
    for _ in 0..2 {
        bed.query(&sample, &[]).await;
        next_ms = next_ms.max(bed.number(&ask).await);
    }

    let passed_ms =
        bed.number("SELECT (extract(epoch FROM clock_timestamp() - interval '5 s') * 1000)::bigint % 60000").await;
    let due_ms = (passed_ms + next_ms) % 60_000;
    assert!(
        (1..=60_000).contains(&next_ms) && !(1_000..59_000).contains(&due_ms),
        "{next_ms} ms, {passed_ms} ms after it was due"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_tells_what_it_serves_how_it_picks_and_what_runs() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let builder = stage.cast(bed.builder()).backend_concurrency(4).queues(["mail", "images"]);
    let builder = builder.queue_prioritization(QueuePrioritization::Weighted).queue_priorities([("mail", 60)]);
    let tower = builder.build().await.unwrap();
    let console = tower.console();
    tower.client().enqueue(stubborn("holder")).to_queue("mail").await.unwrap();
    let running = tower.start().unwrap();

    let mail = async || console.queue_activity(&["mail", "other"]).await.unwrap();
    until("the worker tells that it runs the job", async || mail().await["mail"].running == 1).await;

    let worker = console.workers().await.unwrap().remove(0);
    assert_eq!((worker.queue_prioritization.as_str(), worker.queue_priorities["mail"]), ("weighted", 60));
    assert!(worker.serves("images") && !worker.serves("other"));
    let moves = mail().await;
    assert_eq!((moves["mail"].workers, moves["mail"].slots), (1, 4));
    assert_eq!((moves["other"].workers, moves["other"].slots), (0, 0));
    assert_eq!(console.queue("images").await.unwrap().enqueued, 0, "a queue is known that a worker was given");
    assert!(console.queue("other").await.unwrap_err().is_not_found());
    let dead = tower.client().enqueue(step("dead")).to_queue("later").await.unwrap();
    console.discard(dead, None).await.unwrap();
    console.edit(dead, &JobEdit { queue: Some("moved".to_owned()), ..JobEdit::default() }).await.unwrap();
    assert!(console.queue("moved").await.is_ok(), "and one that a job which ended was moved into");
    console.quiet_worker(worker.id).await.unwrap();
    assert_eq!(mail().await["mail"].workers, 0, "who was asked to be quiet serves nothing");
    stage.open();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_worker_serves_only_what_has_a_priority() {
    let (bed, stage) = (TestBed::new().await, Stage::default());
    let builder = stage.cast(bed.builder()).queue_prioritization(QueuePrioritization::Strict);
    let tower = builder.queue_priorities([("critical", 2)]).build().await.unwrap();
    let console = tower.console();
    let running = tower.start().unwrap();
    until("the worker is there", async || !console.workers().await.unwrap().is_empty()).await;

    let worker = console.workers().await.unwrap().remove(0);

    assert!(worker.serves("critical") && !worker.serves("low"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kinds_of_a_queue_are_told_by_number_and_the_census_counts_small_tables() {
    let house = House::new(|builder| Stage::default().cast(builder)).await;
    house.until(step("one"), JobState::Completed).await;
    house.until(step("two"), JobState::Completed).await;
    let bed = house.stop().await;
    let console = console(&bed).await;
    bed.query("SELECT tower.enqueue('other', '{}')", &[]).await;
    console.pause_queue("low", None).await.unwrap();

    let kinds = console.kinds_of_queue("default").await.unwrap();
    let census = console.census().await.unwrap();

    let told: Vec<u64> = kinds.iter().map(|share| share.jobs).collect();
    assert_eq!((told, kinds[1].kind.as_str()), (vec![2, 1], "other"));
    assert_eq!((census.queues, census.workers, census.silent_workers), (2, 0, 0));
    assert!(census.kinds > 0 && census.errors == 0 && census.operations == 0, "{census:?}");
    assert!(console.kinds_of_queue("none").await.unwrap().is_empty());
}
