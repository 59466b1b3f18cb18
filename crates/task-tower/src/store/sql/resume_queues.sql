-- Resumes those of the queues $1 that are paused, and wakes workers that sleep. Rows are taken in the order of their
-- names, as always.
WITH paused AS MATERIALIZED (
    SELECT name, paused_at, paused_reason, paused_by
    FROM task_tower.queue
    WHERE name = ANY ($1::text[]) AND paused_at IS NOT NULL
    ORDER BY name
    FOR UPDATE
),
resumed AS (
    UPDATE task_tower.queue SET paused_at = NULL, paused_reason = NULL, paused_by = NULL
    FROM paused
    WHERE queue.name = paused.name
    RETURNING queue.name
)
SELECT paused.name,
       jsonb_build_object(
           'paused_at', paused.paused_at, 'paused_reason', paused.paused_reason, 'paused_by', paused.paused_by)::text AS before,
       '{}' AS after, pg_notify(task_tower.channel(), paused.name)::text
FROM paused
JOIN resumed ON resumed.name = paused.name
ORDER BY paused.name
