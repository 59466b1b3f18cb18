-- The latest times of these recurring jobs that have come, $2 of each, the newest first, with what their jobs do that live. How the
-- others have ended, ends_of tells.
SELECT tick.recurring, tick.tick_at, tick.outcome, tick.missed AS missed_count, tick.job_id,
       tick.noted_at, live.state, live.attempted_at
FROM unnest($1::text[]) AS wanted (name)
CROSS JOIN LATERAL (
    SELECT * FROM task_tower.tick WHERE recurring = wanted.name ORDER BY tick_at DESC LIMIT $2
) AS tick
LEFT JOIN LATERAL (
    SELECT CASE WHEN state = 1 THEN 'processing'
                WHEN run_at <= statement_timestamp() THEN 'enqueued'
                WHEN retrying THEN 'failed'
                ELSE 'scheduled' END AS state,
           CASE WHEN attempt > 0 THEN attempted_at END AS attempted_at
    FROM task_tower.job WHERE job.id = tick.job_id
) AS live ON true
ORDER BY tick.recurring, tick.tick_at DESC
