-- Declares workers dead whose heartbeat is older than they promised, by the database's clock
-- alone. From this commit on they claim nothing and their jobs are rescued.
WITH silent AS MATERIALIZED (
    SELECT id
    FROM task_tower.worker
    WHERE ended_at IS NULL AND heartbeat_at < clock_timestamp() - dead_after
    ORDER BY id
    FOR UPDATE SKIP LOCKED
),
disarmed AS (
    DELETE FROM task_tower.armed WHERE worker_id IN (SELECT id FROM silent)
)
UPDATE task_tower.worker
SET ended_at = clock_timestamp(),
    ended_how = 'silent',
    busy = 0
WHERE id IN (SELECT id FROM silent)
RETURNING id, host, process_id
