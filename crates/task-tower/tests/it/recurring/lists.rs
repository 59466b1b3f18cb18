//! Recurring jobs as people look for them.

use task_tower::{Console, Count, JobId, RECURRING_COUNTED_MAX, RecurringDraft, RecurringFilter};

use super::bed::yearly;
use crate::support::TestBed;

#[tokio::test]
async fn a_list_is_by_name_in_pages_and_can_be_narrowed_down() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    for (name, queue) in [("b-mail", "Mails"), ("a-mail", "other"), ("c", "images")] {
        console.add_recurring(&RecurringDraft { queue: Some(queue.to_owned()), ..yearly(name) }).await.unwrap();
    }
    console.pause_recurring("c", None, None).await.unwrap();
    let names = async |filter: RecurringFilter| -> Vec<String> {
        console.recurring_jobs(&filter).await.unwrap().into_iter().map(|recurring| recurring.name).collect()
    };

    assert_eq!(names(RecurringFilter::new()).await, ["a-mail", "b-mail", "c"]);
    assert_eq!(names(RecurringFilter::new().limit(2)).await, ["a-mail", "b-mail"]);
    assert_eq!(names(RecurringFilter::new().after("b-mail")).await, ["c"]);
    assert_eq!(names(RecurringFilter::new().containing(" MAILS ")).await, ["b-mail"]);
    assert_eq!(names(RecurringFilter::new().paused(true)).await, ["c"]);
    assert_eq!(names(RecurringFilter::new().paused(false)).await, ["a-mail", "b-mail"]);
    let scope = |queue: &str| RecurringFilter::new().scoped(Some(vec![queue.to_owned()]), None);
    assert_eq!(names(scope("images")).await, ["c"]);
    assert_eq!(names(scope("im*")).await, ["c"]);
    assert!(names(RecurringFilter::new().scoped(None, Some(vec!["else".to_owned()]))).await.is_empty());
}

#[tokio::test]
async fn what_comes_next_comes_first() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    for (name, expression) in
        [("a", "0 0 1 1 *"), ("b", "every 1 hour"), ("c", "every 1 second"), ("d", "every second")]
    {
        console.add_recurring(&RecurringDraft { expression: expression.to_owned(), ..yearly(name) }).await.unwrap();
    }
    console.pause_recurring("d", None, None).await.unwrap();

    let next = console.next_recurring(&RecurringFilter::new()).await.unwrap();

    let names: Vec<&str> = next.iter().map(|recurring| recurring.name.as_str()).collect();
    assert_eq!(names, ["c", "b", "a"]);
    assert_eq!(next[1].upcoming(10).len(), 10);
    assert_eq!(next[1].upcoming(10)[0].at(), next[1].next_at.unwrap());
}

/// One whose jobs end, or go on, as it is said: the oldest first.
async fn ran(bed: &TestBed, console: &Console, name: &str, ends: &[&str]) {
    console.add_recurring(&yearly(name)).await.unwrap();
    for end in ends {
        let id = console.run_recurring_now(name).await.unwrap();
        let sql = match *end {
            "dead" | "completed" => {
                console.discard(id, None).await.unwrap();
                "UPDATE tower.history SET state = CASE $2 WHEN 'dead' THEN 4 ELSE 3 END WHERE id = $1"
            }
            "failed" => "UPDATE tower.job SET retrying = true, failures = 1 WHERE id = $1 AND $2::text IS NOT NULL",
            _ => continue,
        };
        bed.query(sql, &[&JobId::as_uuid(&id), end]).await;
    }
}

#[tokio::test]
async fn one_fails_while_its_latest_run_failed_or_its_job_is_dead() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    ran(&bed, &console, "dead", &["completed", "dead"]).await;
    ran(&bed, &console, "failed", &["completed", "failed"]).await;
    ran(&bed, &console, "failed before", &["dead", "enqueued"]).await;
    ran(&bed, &console, "mended", &["dead", "completed"]).await;
    ran(&bed, &console, "never ran", &[]).await;
    console.pause_recurring("dead", None, None).await.unwrap();
    let names = async |filter: RecurringFilter| -> Vec<String> {
        console.recurring_jobs(&filter).await.unwrap().into_iter().map(|recurring| recurring.name).collect()
    };

    let failing = names(RecurringFilter::new().failing(true)).await;
    let counts = console.count_recurring(&RecurringFilter::new().failing(true).paused(false).after("x")).await.unwrap();

    assert_eq!(failing, ["dead", "failed", "failed before"]);
    assert_eq!(names(RecurringFilter::new().failing(false)).await, ["mended", "never ran"]);
    assert_eq!(names(RecurringFilter::new().failing(true).paused(false).limit(1)).await, ["failed"]);
    assert_eq!(names(RecurringFilter::new().failing(true).after("failed")).await, ["failed before"]);
    assert_eq!(
        (counts.all, counts.failing, counts.paused),
        (Count::Exact(5), Count::Exact(3), Count::Exact(1)),
        "what the filter says of these does not count"
    );
    assert_eq!(
        console.count_recurring(&RecurringFilter::new().containing("FAILED")).await.unwrap().all,
        Count::Exact(2)
    );
}

#[tokio::test]
async fn counting_ends_at_a_limit_and_a_list_goes_on_behind_it() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    ran(&bed, &console, "the last", &["dead"]).await;
    let sql = "INSERT INTO tower.recurring (name, kind, payload, queue, priority, max_retries, tags, expression, zone, missed,
                                            overlap, jitter_ms, skips_next, is_edited)
               SELECT 'one-' || number, kind, payload, queue, priority, max_retries, tags, expression, zone, missed, overlap,
                      jitter_ms, skips_next, is_edited
               FROM tower.recurring CROSS JOIN generate_series(1, $1::integer) AS number";
    bed.query(sql, &[&(RECURRING_COUNTED_MAX as i32)]).await;

    let counts = console.count_recurring(&RecurringFilter::new()).await.unwrap();
    let failing = console.recurring_jobs(&RecurringFilter::new().failing(true)).await.unwrap();

    assert_eq!((counts.all, counts.failing), (Count::AtLeast(RECURRING_COUNTED_MAX as u64), Count::AtLeast(0)));
    assert_eq!(failing.iter().map(|recurring| recurring.name.as_str()).collect::<Vec<_>>(), ["the last"]);
}
