-- Moves finished jobs to the history, each only if it still belongs to the run that finished it.
-- Ids come sorted, so that statements that touch the same jobs lock them in one order. Returns
-- the ids that moved: one that is missing was rescued meanwhile, and its result does not count.
WITH done AS (
    DELETE FROM task_tower.job
    USING unnest($1::uuid[], $2::bigint[]) AS finished (id, lease)
    WHERE job.id = finished.id AND job.lease = finished.lease AND job.state = 1
    RETURNING job.id, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
              job.failures, job.crashes, job.max_retries, job.priority, job.kind, job.queue, job.tags,
              job.payload, job.context, job.unique_key, job.timeout_ms, job.trace_context, job.events, job.error_group
)
INSERT INTO task_tower.history_completed (
    id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
    max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group)
SELECT id, run_at, created_at, attempted_at, now(), worker_id, lease, attempt, failures, crashes,
       max_retries, priority, 3, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, NULL, events, error_group
FROM done
RETURNING id
