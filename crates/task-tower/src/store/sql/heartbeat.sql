-- A worker is alive. No row comes back when it was declared dead: its jobs then belong to others.
UPDATE task_tower.worker
SET heartbeat_at = clock_timestamp(),
    busy = $2
WHERE id = $1 AND ended_at IS NULL
RETURNING id
