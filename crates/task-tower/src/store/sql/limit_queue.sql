-- Says after how long a wait a queue is late; null takes that back. Returns what was said before.
WITH before AS MATERIALIZED (
    SELECT late_after_ms FROM task_tower.queue WHERE name = $1::text FOR UPDATE
)
INSERT INTO task_tower.queue (name, late_after_ms)
-- Looked at first: once the row is changed, what it was is not to be had.
SELECT $1, $2::bigint FROM (SELECT count(*) FROM before) AS looked_at
ON CONFLICT (name) DO UPDATE SET late_after_ms = excluded.late_after_ms
RETURNING (SELECT late_after_ms FROM before) AS before
