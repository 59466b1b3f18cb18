-- Asks an open operation to stop after the chunk at work.
UPDATE task_tower.operation SET cancel_requested = true
WHERE id = $1 AND ended_at IS NULL
RETURNING id
