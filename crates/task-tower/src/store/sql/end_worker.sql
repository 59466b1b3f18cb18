-- A worker stops. It has given back what it held.
WITH disarmed AS (
    DELETE FROM task_tower.armed WHERE worker_id = $1
)
UPDATE task_tower.worker
SET ended_at = clock_timestamp(),
    ended_how = 'stopped',
    busy = 0,
    running = '{}'
WHERE id = $1 AND ended_at IS NULL
