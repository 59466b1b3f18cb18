-- How these jobs have ended, of those that are kept: each ($1) not before a time of its own ($2), and none before $3, the first of
-- these times. That is said apart, since only what is known before the statement begins spares it the days of the history before:
-- to open them takes longer than to look into the others.
SELECT ended.id, ended.state, ended.attempted_at, ended.finished_at
FROM unnest($1::uuid[], $2::timestamptz[]) AS wanted (id, since)
CROSS JOIN LATERAL (
    SELECT id, CASE state WHEN 3 THEN 'completed' WHEN 4 THEN 'dead' ELSE 'cancelled' END AS state,
           CASE WHEN attempt > 0 THEN attempted_at END AS attempted_at, finished_at
    FROM task_tower.history
    WHERE history.id = wanted.id AND finished_at >= $3::timestamptz AND finished_at >= wanted.since
    LIMIT 1
) AS ended
