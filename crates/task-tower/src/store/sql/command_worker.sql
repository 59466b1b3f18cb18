-- Asks a worker to do something, and wakes it to hear of it. Whoever was asked to stop goes on stopping.
UPDATE task_tower.worker
SET command = CASE WHEN command = 'stop' THEN command ELSE $2::text END
WHERE id = $1 AND ended_at IS NULL
RETURNING id, pg_notify(task_tower.channel(), '*command')::text
