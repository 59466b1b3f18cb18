-- Moves finished jobs to the history, each only if it still belongs to the run that finished it.
-- Ids come sorted, so that statements that touch the same jobs lock them in one order. Returns
-- the ids that moved, each with whether others wait for it: one that is missing was rescued meanwhile, and its result
-- does not count. Batches hear of their jobs, and the followers of a job of its end, in the same statement.
WITH done AS (
    DELETE FROM task_tower.job
    USING unnest($1::uuid[], $2::bigint[]) AS finished (id, lease)
    WHERE job.id = finished.id AND job.lease = finished.lease AND job.state = 1
    -- What is looked at in each row stands in front, where it is found at once.
    RETURNING job.id, job.batch_id, job.followed, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
              job.failures, job.crashes, job.max_retries, job.priority, job.kind, job.queue, job.tags,
              job.payload, job.context, job.unique_key, job.timeout_ms, job.trace_context, job.events, job.error_group
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, completed)
    SELECT batch_id, count(*) FROM done WHERE batch_id IS NOT NULL GROUP BY batch_id
),
followed AS (
    INSERT INTO task_tower.parent_event (parent_id, state)
    SELECT id, 3 FROM done WHERE followed
)
INSERT INTO task_tower.history_completed (
    id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
    max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group,
    batch_id, followed)
SELECT id, run_at, created_at, attempted_at, now(), worker_id, lease, attempt, failures, crashes,
       max_retries, priority, 3, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, NULL, events, error_group,
       batch_id, followed
FROM done
RETURNING id, batch_id IS NOT NULL OR followed IS NOT NULL AS is_awaited
