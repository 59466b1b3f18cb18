-- One job, wherever it is.
SELECT job.id, job.kind, kind.display_name, job.queue, state, retrying, priority, attempt, failures, crashes, max_retries,
       tags, unique_key, timeout_ms, created_at, run_at, attempted_at, NULL::timestamptz AS finished_at, worker_id,
       cancel_requested, NULL::text AS reason, payload::text, context::text, NULL::text AS result, events::text,
       run_at <= clock_timestamp() AS due, job.error_group, job.xmin::text AS revision
FROM task_tower.job
LEFT JOIN task_tower.kind ON kind.name = job.kind
WHERE job.id = $1
UNION ALL
SELECT history.id, history.kind, kind.display_name, history.queue, state, false, priority, attempt, failures, crashes, max_retries,
       tags, unique_key, timeout_ms, created_at, run_at, attempted_at, finished_at, worker_id,
       false, reason, payload::text, context::text, result::text, events::text,
       true, history.error_group, history.xmin::text
FROM task_tower.history
LEFT JOIN task_tower.kind ON kind.name = history.kind
WHERE history.id = $1
