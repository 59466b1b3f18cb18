-- A page of jobs, newest first, after the id $1 (exclusive). $2: states by number, 0 scheduled,
-- 1 enqueued, 2 processing, 3 completed, 4 dead, 5 cancelled, 6 failed. $3 queue, $4 kind, $5 tag: null for any.
(
    SELECT id, kind, queue, state, retrying, priority, attempt, failures, crashes, max_retries, tags, timeout_ms,
           created_at, run_at, attempted_at, NULL::timestamptz AS finished_at, worker_id, cancel_requested,
           NULL::text AS reason, left(payload::text, 1000) AS payload, NULL::text AS context, NULL::text AS events,
           run_at <= clock_timestamp() AS due
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
    SELECT id, kind, queue, state, false, priority, attempt, failures, crashes, max_retries, tags, timeout_ms,
           created_at, run_at, attempted_at, finished_at, worker_id, false,
           reason, left(payload::text, 1000), NULL, NULL, true
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
