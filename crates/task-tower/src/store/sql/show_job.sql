-- One job, wherever it is.
SELECT job.id, job.kind, kind.display_name, job.queue, state, retrying, priority, job.attempt, failures, crashes, max_retries,
       tags, batch_id, unique_key, timeout_ms, created_at, CASE WHEN run_at = 'infinity' THEN created_at ELSE run_at END AS run_at,
       run_at = 'infinity' AS is_awaiting, EXISTS (SELECT FROM task_tower.dependency WHERE child_id = $1) AS is_follower,
       attempted_at, NULL::timestamptz AS finished_at, worker_id,
       cancel_requested, NULL::text AS reason, payload::text, context::text, NULL::text AS result, events::text,
       run_at <= clock_timestamp() AS due, job.error_group, job.xmin::text AS revision, job.trace_context,
       progress.done AS progress_done, progress.total AS progress_total, progress.attempt AS progress_attempt,
       progress.text AS progress_text, progress.at AS progress_at
FROM task_tower.job
LEFT JOIN task_tower.kind ON kind.name = job.kind
LEFT JOIN task_tower.progress ON progress.job_id = job.id
WHERE job.id = $1
UNION ALL
SELECT history.id, history.kind, kind.display_name, history.queue, state, false, priority, history.attempt, failures, crashes, max_retries,
       tags, batch_id, unique_key, timeout_ms, created_at, CASE WHEN run_at = 'infinity' THEN created_at ELSE run_at END,
       false, EXISTS (SELECT FROM task_tower.dependency WHERE child_id = $1), attempted_at, finished_at, worker_id,
       false, reason, payload::text, context::text, result::text, events::text,
       true, history.error_group, history.xmin::text, history.trace_context, progress.done, progress.total, progress.attempt, progress.text,
       progress.at
FROM task_tower.history
LEFT JOIN task_tower.kind ON kind.name = history.kind
LEFT JOIN task_tower.progress ON progress.job_id = history.id
WHERE history.id = $1
