-- One job, wherever it is.
SELECT id, kind, queue, state, retrying, priority, attempt, failures, crashes, max_retries, tags, timeout_ms,
       created_at, run_at, attempted_at, NULL::timestamptz AS finished_at, worker_id, cancel_requested,
       NULL::text AS reason, payload::text, context::text, events::text, run_at <= clock_timestamp() AS due
FROM task_tower.job
WHERE id = $1
UNION ALL
SELECT id, kind, queue, state, false, priority, attempt, failures, crashes, max_retries, tags, timeout_ms,
       created_at, run_at, attempted_at, finished_at, worker_id, false,
       reason, payload::text, context::text, events::text, true
FROM task_tower.history
WHERE id = $1
