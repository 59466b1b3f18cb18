-- Sets a queue as the audit entry $1 says it was before, and wakes workers that sleep. One that was not set
-- at all runs. Nothing happens when somebody changed it since.
WITH entry AS (
    SELECT target, details -> 'before' AS before, details -> 'after' AS after
    FROM task_tower.audit
    WHERE id = $1 AND action IN ('pause_queue', 'resume_queue') AND at > clock_timestamp() - interval '10 min'
),
restored AS (
    UPDATE task_tower.queue
    SET paused_at = (entry.before ->> 'paused_at')::timestamptz,
        paused_reason = entry.before ->> 'paused_reason',
        paused_by = entry.before ->> 'paused_by'
    FROM entry
    WHERE queue.name = entry.target
      AND queue.paused_at IS NOT DISTINCT FROM (entry.after ->> 'paused_at')::timestamptz
    RETURNING queue.name
)
SELECT name, pg_notify(task_tower.channel(), name)::text FROM restored
