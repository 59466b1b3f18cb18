-- Pauses a queue. Nothing of it is claimed from this commit on.
INSERT INTO task_tower.queue (name, paused_at, paused_reason, paused_by)
VALUES ($1, clock_timestamp(), $2, $3)
ON CONFLICT (name) DO UPDATE
SET paused_at = coalesce(queue.paused_at, clock_timestamp()), paused_reason = $2, paused_by = $3
RETURNING name
