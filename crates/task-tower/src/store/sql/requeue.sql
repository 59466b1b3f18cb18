-- Puts jobs back into their queues, to run at once with all their retries: finished ones out of the
-- history, waiting ones by making them due. Ids come sorted. Jobs that run are left alone, and so are
-- those whose unique key another job has, be it one that others insert in this very moment; of those
-- with the same key the newest is taken. Batches do not count them as ended any more. $2 is a person's note.
WITH wanted AS MATERIALIZED (
    SELECT history.id, history.created_at, history.attempted_at, history.finished_at, history.worker_id,
           history.lease, history.attempt, history.state, history.max_retries, history.priority, history.kind,
           history.queue, history.tags, history.payload, history.context, history.unique_key, history.timeout_ms, history.trace_context, history.events, history.error_group,
           history.batch_id, history.followed
    FROM task_tower.history
    JOIN unnest($1::uuid[]) AS wanted (id) ON wanted.id = history.id
    ORDER BY history.id
    FOR UPDATE OF history
),
inserted AS (
    INSERT INTO task_tower.job (
        id, run_at, created_at, attempted_at, worker_id, lease, attempt, failures, crashes, max_retries, priority,
        state, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context, events, error_group, batch_id,
        followed)
    SELECT id, clock_timestamp(), created_at, attempted_at, worker_id, lease + 1, attempt, 0, 0, max_retries, priority,
           0, kind, queue, tags, payload, context, unique_key, timeout_ms, trace_context,
           task_tower.append_event(events, jsonb_strip_nulls(jsonb_build_object(
               'event', 'requeued', 'at', clock_timestamp(), 'note', $2::text, 'attempt', attempt,
               'started_at', CASE WHEN attempt > 0 THEN attempted_at END,
               'ended_as', CASE state WHEN 3 THEN 'completed' WHEN 4 THEN 'dead' ELSE 'cancelled' END,
               'ended_at', finished_at))),
           error_group, batch_id, followed
    FROM wanted
    -- In one order of the keys, so that two requeues do not wait for each other; the newest of a key first,
    -- but jobs without one as they came.
    ORDER BY kind, unique_key, CASE WHEN unique_key IS NULL THEN id END, id DESC
    ON CONFLICT (kind, unique_key) WHERE unique_key IS NOT NULL DO NOTHING
    RETURNING id, lease, kind
),
removed AS (
    DELETE FROM task_tower.history
    USING inserted
    WHERE history.id = inserted.id
    RETURNING history.batch_id, history.state
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, completed, dead, cancelled)
    SELECT batch_id, -count(*) FILTER (WHERE state = 3), -count(*) FILTER (WHERE state = 4), -count(*) FILTER (WHERE state = 5)
    FROM removed
    WHERE batch_id IS NOT NULL
    GROUP BY batch_id
),
hurried AS (
    UPDATE task_tower.job
    SET run_at = least(job.run_at, clock_timestamp()),
        failures = 0,
        crashes = 0,
        retrying = false,
        events = task_tower.append_event(job.events, jsonb_strip_nulls(jsonb_build_object(
            'event', 'requeued', 'at', clock_timestamp(), 'note', $2::text)))
    FROM unnest($1::uuid[]) AS wanted (id)
    WHERE job.id = wanted.id AND job.state = 0
    RETURNING job.id, job.lease, job.kind, job.queue
),
-- Interceptors are told by a worker that knows the kind; whether it has any, the kind's row says.
noted AS (
    INSERT INTO task_tower.untold (job_id, job_lease, stage, kind, reason)
    SELECT requeued.id, requeued.lease, 'requeue', requeued.kind, $2::text
    FROM (SELECT id, lease, kind FROM inserted UNION ALL SELECT id, lease, kind FROM hurried) AS requeued
    JOIN task_tower.kind ON kind.name = requeued.kind
    WHERE 'requeue' = ANY (kind.stages)
    RETURNING pg_notify(task_tower.channel(), '*untold')
)
SELECT id, NULL::text FROM inserted
UNION ALL
SELECT id, pg_notify(task_tower.channel(), queue)::text FROM hurried
