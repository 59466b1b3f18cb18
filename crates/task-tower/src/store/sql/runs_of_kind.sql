-- The latest jobs of the kind $1 that ran to an end, at most $2, the newest first. They are looked for among
-- the newest 2,000 finished ones, so that a kind whose jobs are nearly all discarded is not read to its beginning.
SELECT id, state, (extract(epoch FROM finished_at - attempted_at) * 1000)::bigint AS took_ms
FROM (
    SELECT id, state, attempt, attempted_at, finished_at, reason
    FROM task_tower.history
    WHERE kind = $1 AND state IN (3, 4)
    ORDER BY id DESC
    LIMIT 2000
) AS newest
WHERE attempt > 0 AND reason IS DISTINCT FROM 'discarded'
ORDER BY id DESC
LIMIT $2
