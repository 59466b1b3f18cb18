-- Marks an operation as undone, once, while it can be: whoever gets the row begins the undoing.
UPDATE task_tower.operation SET undone_at = clock_timestamp()
WHERE id = $1 AND undone_at IS NULL AND undo_until > clock_timestamp()
RETURNING id
