//! Among more jobs than a search reads.

use task_tower::{Console, Count, JobFilter, JobState, Page, SEARCH_MAX};

use crate::support::TestBed;

/// As many finished jobs as a search reads at the most, and some older ones, the oldest of them for user 42.
const CROWD: &str = "
    INSERT INTO tower.history (id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
                               max_retries, priority, state, kind, queue, tags, error_group, payload)
    SELECT (lpad(to_hex(1800000000000 + number), 12, '0') || '70008000000000000000')::uuid, now(), now(), now(), now(), 1, 1, 1,
           0, 0, 10, 0, 3, CASE number WHEN 1 THEN 'rare' ELSE 'common' END, CASE number WHEN 1 THEN 'rare' ELSE 'mail' END,
           CASE number WHEN 1 THEN '{rare}'::text[] ELSE '{common}' END,
           CASE number WHEN 1 THEN '3f9a1c0b7e21' END,
           jsonb_build_object('user', jsonb_build_object('id', CASE number WHEN 1 THEN 42 ELSE -number END), 'odd', number = 1)
    FROM generate_series(1, 101000) AS number";

async fn crowd() -> (TestBed, Console) {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    bed.query(CROWD, &[]).await;
    (bed, console)
}

async fn jobs(console: &Console, filter: &str) -> Page {
    console.jobs(&filter.parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn what_an_index_answers_is_found_however_old_it_is() {
    let (bed, console) = crowd().await;

    for analyzed in [false, true] {
        if analyzed {
            bed.query("ANALYZE tower.history", &[]).await;
        }
        for filter in [
            "args.user.id:42",
            "kind:rare",
            "queue:rare",
            "tag:rare",
            "kind:rare,other",
            "error:3f9a1c0b7e21",
            "error:3f9a1c0b7e21 kind:rare",
            "args.odd:true state:completed",
        ] {
            let page = jobs(&console, filter).await;
            assert_eq!((page.jobs.len(), page.searched.complete), (1, true), "{filter}, analyzed: {analyzed}");
        }
    }
}

#[tokio::test]
async fn what_no_index_answers_is_searched_so_far_and_on_from_there() {
    let (_bed, console) = crowd().await;
    let filter: JobFilter = "kind:rar*".parse().unwrap();

    let first = console.jobs(&filter).await.unwrap();
    let second = console.jobs(&filter.clone().after(first.next.unwrap())).await.unwrap();
    let whole = console.jobs(&filter.clone().exhaustive()).await.unwrap();
    let back = console.jobs(&filter.clone().before(second.jobs[0].id)).await.unwrap();

    assert_eq!((first.jobs.len(), first.searched.rows, first.searched.complete), (0, Some(SEARCH_MAX), false));
    assert_eq!((second.jobs.len(), second.next, second.searched.complete), (1, None, true));
    assert_eq!((whole.jobs.len(), whole.next, whole.searched.rows), (1, None, None));
    assert_eq!((back.jobs.len(), back.searched.complete), (0, false));
    assert_eq!(console.counts(&filter).await.unwrap()[&JobState::Completed], Count::AtLeast(0));
}

/// As many waiting jobs as a search reads at the most, and some older ones, of which two run: one of them is told by
/// its worker.
const BACKLOG: &str = "
    WITH told AS (
        INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, running)
        VALUES ('web-1', 1, '1', 1, '{}', '{}', interval '1 hour', ARRAY['01a30000000170008000000000000000']::uuid[])
    )
    INSERT INTO tower.job (id, kind, state)
    SELECT (lpad(to_hex(1799591297024 + number), 12, '0') || '70008000000000000000')::uuid, 'rare',
           CASE WHEN number <= 2 THEN 1 ELSE 0 END
    FROM generate_series(1, 101000) AS number";

#[tokio::test]
async fn what_a_worker_runs_is_found_however_old_it_is() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    bed.query(BACKLOG, &[]).await;

    let first = jobs(&console, "state:processing kind:rar*").await;
    let filter: JobFilter = "state:processing kind:rar*".parse().unwrap();
    let second = console.jobs(&filter.after(first.next.unwrap())).await.unwrap();

    assert_eq!((first.jobs.len(), first.searched.complete), (1, false));
    assert_eq!((second.jobs.len(), second.searched.complete), (2, true));
    assert_eq!(first.jobs[0].id, second.jobs[1].id);
}

#[tokio::test]
async fn live_jobs_that_were_not_looked_at_are_said_to_be_left_out() {
    let bed = TestBed::new().await;
    let console = bed.builder().build().await.unwrap().console();
    bed.query(BACKLOG, &[]).await;

    for filter in ["kind:rar*", "created:<1h"] {
        let counts = console.counts(&filter.parse().unwrap()).await.unwrap();

        assert_eq!(counts[&JobState::Enqueued], Count::AtLeast(10_000), "{filter}");
        assert_eq!(counts[&JobState::Failed], Count::AtLeast(0), "{filter}");
    }
}

#[tokio::test]
async fn more_than_an_index_can_sort_are_met_on_the_way() {
    let (_bed, console) = crowd().await;

    let page = jobs(&console, "tag:common").await;

    assert_eq!((page.jobs.len(), page.searched.complete), (50, true));
    assert!(page.jobs.is_sorted_by_key(|job| std::cmp::Reverse(job.id)));
    let counts = console.counts(&"tag:common".parse().unwrap()).await.unwrap();
    assert_eq!(counts[&JobState::Completed], Count::AtLeast(10_000));
}

#[tokio::test]
async fn without_its_index_a_search_says_how_far_it_went() {
    let (bed, console) = crowd().await;
    bed.query("DROP INDEX tower.history_search", &[]).await;

    let page = jobs(&console, "args.user.id:42").await;

    assert_eq!((page.jobs.len(), page.searched.rows, page.searched.complete), (0, Some(SEARCH_MAX), false));
}

#[tokio::test]
async fn a_question_that_takes_too_long_is_given_up_and_says_what_to_do() {
    let (bed, console) = crowd().await;
    // A view in the place of the live jobs that takes a minute to read.
    bed.execute(&format!(
        "ALTER TABLE {schema}.job RENAME TO hidden;
         CREATE VIEW {schema}.job AS SELECT * FROM {schema}.hidden, LATERAL (SELECT pg_sleep(60) IS NULL) AS sleep (slept)
         UNION ALL SELECT hidden.*, true FROM (SELECT pg_sleep(60)) AS sleep LEFT JOIN {schema}.hidden ON true",
        schema = bed.quoted()
    ))
    .await;

    let error = console.jobs(&JobFilter::new()).await.unwrap_err();

    assert!(error.is_too_slow() && !error.is_unavailable(), "{error:?}");
    assert!(error.to_string().contains("narrow it down"), "{error}");
}

#[tokio::test]
async fn questions_have_connections_of_their_own() {
    let bed = TestBed::new().await;
    let mut url = bed.url.clone();
    url.push_str(if url.contains('?') { "&" } else { "?" });
    url.push_str(&format!("application_name={}", bed.schema));
    let console = bed.builder().connection_string(&url).build().await.unwrap().console();

    console.jobs(&JobFilter::new()).await.unwrap();

    let readers = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
    let count: i64 = bed.query(readers, &[&format!("{}-ui", bed.schema)]).await[0].get(0);
    assert_eq!(count, 1);
}
