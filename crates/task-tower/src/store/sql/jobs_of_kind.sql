-- All jobs of the kind $1, live and finished, in the order in which they came, each with whether its
-- payload is $2. For tests: it reads the whole history.
WITH found AS (
    SELECT id, kind, queue, state, retrying, priority, attempt, failures, crashes, max_retries, tags, batch_id, unique_key, timeout_ms,
           created_at, CASE WHEN run_at = 'infinity' THEN created_at ELSE run_at END AS run_at, run_at = 'infinity' AS is_awaiting,
           attempted_at, NULL::timestamptz AS finished_at, worker_id, cancel_requested,
           NULL::text AS reason, payload, context, NULL::jsonb AS result, events, run_at <= clock_timestamp() AS due
    FROM task_tower.job
    WHERE job.kind = $1
    UNION ALL
    SELECT id, kind, queue, state, false, priority, attempt, failures, crashes, max_retries, tags, batch_id, unique_key, timeout_ms,
           created_at, CASE WHEN run_at = 'infinity' THEN created_at ELSE run_at END, false, attempted_at, finished_at, worker_id, false, reason, payload, context, result, events, true
    FROM task_tower.history
    WHERE history.kind = $1
)
SELECT id, kind, NULL::text AS display_name, queue, state, retrying, priority, attempt, failures, crashes, max_retries,
       tags, batch_id, unique_key, timeout_ms, created_at, run_at, is_awaiting, attempted_at, finished_at, worker_id, cancel_requested, reason,
       payload::text, context::text, result::text, events::text, due, payload = $2::text::jsonb AS same
FROM found
ORDER BY id
