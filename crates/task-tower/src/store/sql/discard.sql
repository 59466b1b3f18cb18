-- Gives waiting jobs up: they are dead, with the reason `discarded`. Jobs that run are left alone.
WITH wanted AS MATERIALIZED (
    SELECT job.id
    FROM task_tower.job
    JOIN unnest($1::uuid[]) AS wanted (id) ON wanted.id = job.id
    WHERE job.state = 0
    ORDER BY job.id
    FOR UPDATE OF job
),
given_up AS (
    DELETE FROM task_tower.job
    USING wanted
    WHERE job.id = wanted.id
    RETURNING job.id, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
              job.failures, job.crashes, job.max_retries, job.priority, job.kind, job.queue, job.tags,
              job.payload, job.context, job.unique_key, job.timeout_ms, job.trace_context, job.events, job.error_group,
              job.batch_id, job.followed
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, dead)
    SELECT batch_id, count(*) FROM given_up WHERE batch_id IS NOT NULL GROUP BY batch_id
),
followed AS (
    INSERT INTO task_tower.parent_event (parent_id, state)
    SELECT id, 4 FROM given_up WHERE followed
)
INSERT INTO task_tower.history_dead (
    id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
    max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group,
    batch_id, followed)
SELECT id, run_at, created_at, attempted_at, now(), worker_id, lease, attempt, failures, crashes,
       max_retries, priority, 4, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, 'discarded',
       task_tower.append_event(events, jsonb_strip_nulls(jsonb_build_object(
           'event', 'discarded', 'at', now(), 'note', $2::text))),
       error_group, batch_id, followed
FROM given_up
RETURNING id
