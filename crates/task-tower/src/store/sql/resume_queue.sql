-- Resumes a queue, and wakes workers that sleep.
WITH resumed AS (
    UPDATE task_tower.queue SET paused_at = NULL, paused_reason = NULL, paused_by = NULL
    WHERE name = $1
    RETURNING name
)
SELECT name, pg_notify(task_tower.channel(), name)::text FROM resumed
