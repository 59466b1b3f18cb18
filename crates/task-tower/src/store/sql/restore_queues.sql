-- Sets the queues of the audit entry $1 as it says they were before, and wakes workers that sleep. One that was not
-- set at all runs. One that somebody changed since is left alone.
WITH entry AS (
    SELECT changed.name, changed.before, changed.after
    FROM task_tower.audit
    CROSS JOIN LATERAL (
        SELECT audit.target AS name, audit.details -> 'before' AS before, audit.details -> 'after' AS after
        WHERE audit.action IN ('pause_queue', 'resume_queue')
        UNION ALL
        SELECT one.queue ->> 'name', one.queue -> 'before', one.queue -> 'after'
        FROM jsonb_array_elements(audit.details -> 'queues') AS one (queue)
        WHERE audit.action IN ('pause_queues', 'resume_queues')
    ) AS changed
    WHERE audit.id = $1 AND audit.at > clock_timestamp() - interval '10 min'
),
held AS MATERIALIZED (
    SELECT queue.name
    FROM task_tower.queue
    WHERE queue.name IN (SELECT name FROM entry)
    ORDER BY queue.name
    FOR UPDATE
),
restored AS (
    UPDATE task_tower.queue
    SET paused_at = (entry.before ->> 'paused_at')::timestamptz,
        paused_reason = entry.before ->> 'paused_reason',
        paused_by = entry.before ->> 'paused_by'
    FROM entry
    JOIN held ON held.name = entry.name
    WHERE queue.name = entry.name
      AND queue.paused_at IS NOT DISTINCT FROM (entry.after ->> 'paused_at')::timestamptz
    RETURNING queue.name
)
SELECT name, pg_notify(task_tower.channel(), name)::text FROM restored ORDER BY name
