-- Puts jobs back into their queues, to run at once with all their retries: finished ones out of the
-- history, waiting ones by making them due. Ids come sorted. Jobs that run are left alone, and so are
-- those whose unique key a live job has, or one of them that comes before. $2 is a person's note.
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT ON (coalesce(history.unique_key, history.id::text)) history.id
    FROM task_tower.history
    JOIN unnest($1::uuid[]) AS wanted (id) ON wanted.id = history.id
    WHERE NOT EXISTS (SELECT FROM task_tower.job WHERE job.unique_key = history.unique_key)
    ORDER BY coalesce(history.unique_key, history.id::text), history.id DESC
),
returned AS (
    DELETE FROM task_tower.history
    USING wanted
    WHERE history.id = wanted.id
    RETURNING history.id, history.created_at, history.attempted_at, history.finished_at, history.worker_id,
              history.lease, history.attempt, history.state, history.max_retries, history.priority, history.kind,
              history.queue, history.tags, history.payload, history.context, history.unique_key, history.timeout_ms, history.events
),
inserted AS (
    INSERT INTO task_tower.job (
        id, run_at, created_at, attempted_at, worker_id, lease, attempt, failures, crashes, max_retries, priority,
        state, kind, queue, tags, payload, context, unique_key, timeout_ms, events)
    SELECT id, clock_timestamp(), created_at, attempted_at, worker_id, lease + 1, attempt, 0, 0, max_retries, priority,
           0, kind, queue, tags, payload, context, unique_key, timeout_ms,
           task_tower.append_event(events, jsonb_strip_nulls(jsonb_build_object(
               'event', 'requeued', 'at', clock_timestamp(), 'note', $2::text, 'attempt', attempt,
               'started_at', CASE WHEN attempt > 0 THEN attempted_at END,
               'ended_as', CASE state WHEN 3 THEN 'completed' WHEN 4 THEN 'dead' ELSE 'cancelled' END,
               'ended_at', finished_at)))
    FROM returned
    RETURNING id
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
    RETURNING job.id, job.queue
)
SELECT id, NULL::text FROM inserted
UNION ALL
SELECT id, pg_notify(task_tower.channel(), queue)::text FROM hurried
