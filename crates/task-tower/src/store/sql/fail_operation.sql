-- An operation cannot go on.
UPDATE task_tower.operation SET ended_at = clock_timestamp(), failure = $2
WHERE id = $1 AND ended_at IS NULL
RETURNING id
