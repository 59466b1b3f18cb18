-- Declares workers dead whose heartbeat is older than they promised, by the database's clock
-- alone. From this commit on they claim nothing and their jobs are rescued.
--
-- While the server was away nobody could be heard: from its start on, every worker has its full
-- time again. Else an outage would count as a crash of each job that was running, and the third of
-- them would make it poison.
WITH silent AS MATERIALIZED (
    SELECT id
    FROM task_tower.worker
    WHERE ended_at IS NULL AND greatest(heartbeat_at, pg_postmaster_start_time()) < clock_timestamp() - dead_after
    ORDER BY id
    FOR UPDATE SKIP LOCKED
),
disarmed AS (
    DELETE FROM task_tower.armed WHERE worker_id IN (SELECT id FROM silent)
)
UPDATE task_tower.worker
SET ended_at = clock_timestamp(),
    ended_how = 'silent',
    busy = 0,
    running = '{}'
WHERE id IN (SELECT id FROM silent)
RETURNING id, host, process_id
