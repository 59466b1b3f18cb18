-- Cancels jobs: waiting ones end at once, running ones are asked to stop, and their event keeps the
-- reason until then. Ids come sorted. Returns each with whether it has ended.
WITH wanted AS MATERIALIZED (
    SELECT job.id, job.state
    FROM task_tower.job
    JOIN unnest($1::uuid[]) AS wanted (id) ON wanted.id = job.id
    ORDER BY job.id
    FOR UPDATE OF job
),
stopped AS (
    DELETE FROM task_tower.job
    USING wanted
    WHERE job.id = wanted.id AND wanted.state = 0
    RETURNING job.id, job.run_at, job.created_at, job.attempted_at, job.worker_id, job.lease, job.attempt,
              job.failures, job.crashes, job.max_retries, job.priority, job.kind, job.queue, job.tags,
              job.payload, job.context, job.unique_key, job.timeout_ms, job.trace_context, job.events, job.error_group,
              job.batch_id, job.followed
),
ended AS (
    INSERT INTO task_tower.history_cancelled (
        id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes,
        max_retries, priority, state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, reason, events, error_group,
        batch_id, followed)
    SELECT id, run_at, created_at, attempted_at, now(), worker_id, lease, attempt, failures, crashes,
           max_retries, priority, 5, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, coalesce($2::text, 'cancelled'),
           task_tower.append_event(events, jsonb_strip_nulls(jsonb_build_object(
               'event', 'cancelled', 'at', now(), 'note', $2::text))),
           error_group, batch_id, followed
    FROM stopped
    RETURNING id, lease, kind, reason
),
-- Interceptors are told by a worker that knows the kind; whether it has any, the kind's row says.
noted AS (
    INSERT INTO task_tower.untold (job_id, job_lease, stage, kind, reason)
    SELECT ended.id, ended.lease, 'cancel', ended.kind, ended.reason
    FROM ended
    JOIN task_tower.kind ON kind.name = ended.kind
    WHERE 'cancel' = ANY (kind.stages)
    RETURNING pg_notify(task_tower.channel(), '*untold')
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, cancelled)
    SELECT batch_id, count(*) FROM stopped WHERE batch_id IS NOT NULL GROUP BY batch_id
),
followed AS (
    INSERT INTO task_tower.parent_event (parent_id, state)
    SELECT id, 5 FROM stopped WHERE followed
),
asked AS (
    UPDATE task_tower.job
    SET cancel_requested = true,
        events = task_tower.append_event(job.events, jsonb_strip_nulls(jsonb_build_object(
            'event', 'cancelled', 'at', now(), 'note', $2::text)))
    FROM wanted
    WHERE job.id = wanted.id AND wanted.state = 1
    RETURNING job.id
)
SELECT id, true, NULL::text FROM ended
UNION ALL
SELECT id, false, pg_notify(task_tower.channel(), '*cancel')::text FROM asked
