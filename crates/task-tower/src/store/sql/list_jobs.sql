-- A page of jobs, newest first, after the id $1 (exclusive). $2: states by number, 0 scheduled,
-- 1 enqueued, 2 processing, 3 completed, 4 dead, 5 cancelled, 6 failed. $3 queue, $4 kind, $5 tag: null for any.
WITH page AS (
    (
        SELECT id, kind, queue, state, retrying, priority, attempt, failures, crashes, max_retries, tags, unique_key,
               timeout_ms, created_at, run_at, attempted_at, NULL::timestamptz AS finished_at, worker_id, cancel_requested,
               NULL::text AS reason, left(payload::text, 1000) AS payload, run_at <= clock_timestamp() AS due
        FROM task_tower.job
        WHERE id < $1
          AND CASE WHEN state = 1 THEN 2
                   WHEN run_at <= clock_timestamp() THEN 1
                   WHEN retrying THEN 6
                   ELSE 0 END = ANY ($2::smallint[])
          AND ($3::text IS NULL OR queue = $3)
          AND ($4::text IS NULL OR kind = $4)
          AND ($5::text IS NULL OR tags @> ARRAY[$5])
        ORDER BY id DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT id, kind, queue, state, false, priority, attempt, failures, crashes, max_retries, tags, unique_key,
               timeout_ms, created_at, run_at, attempted_at, finished_at, worker_id, false,
               reason, left(payload::text, 1000), true
        FROM task_tower.history
        WHERE id < $1
          AND state = ANY ($2::smallint[])
          AND ($3::text IS NULL OR queue = $3)
          AND ($4::text IS NULL OR kind = $4)
          AND ($5::text IS NULL OR tags @> ARRAY[$5])
        ORDER BY id DESC
        LIMIT $6
    )
    ORDER BY id DESC
    LIMIT $6
)
-- Names for people are looked up for the rows of the page only.
SELECT page.id, page.kind, kind.display_name, page.queue, page.state, page.retrying, page.priority, page.attempt,
       page.failures, page.crashes, page.max_retries, page.tags, page.unique_key, page.timeout_ms, page.created_at,
       page.run_at, page.attempted_at, page.finished_at, page.worker_id, page.cancel_requested, page.reason,
       page.payload, NULL::text AS context, NULL::text AS result, NULL::text AS events, page.due
FROM page
LEFT JOIN task_tower.kind ON kind.name = page.kind
ORDER BY page.id DESC
