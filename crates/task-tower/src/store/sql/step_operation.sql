-- A chunk of an operation is done: adds up what came of it, in the transaction of the chunk. It ends when
-- $6 says so, or when somebody asked it to stop; from then on it can be undone for ten minutes if $7.
UPDATE task_tower.operation
SET done = done + $2,
    skipped = skipped + $3,
    skipped_states = $4::text::jsonb,
    last_job = coalesce($5, last_job),
    stepped_at = clock_timestamp(),
    ended_at = CASE WHEN $6 OR cancel_requested THEN clock_timestamp() END,
    undo_until = CASE WHEN $7 AND ($6 OR cancel_requested) AND done + $2 > 0 THEN clock_timestamp() + interval '10 min' END
WHERE id = $1
RETURNING id
