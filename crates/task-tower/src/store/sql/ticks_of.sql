-- The latest times of these recurring jobs that have come, $2 of each, the newest first, with what became of their jobs. A job ends
-- after it was enqueued, so that older days of the history are not looked at.
SELECT tick.recurring, tick.tick_at, tick.outcome, tick.missed, tick.job_id,
       coalesce(live.state, ended.state) AS state,
       coalesce(live.attempted_at, ended.attempted_at) AS attempted_at, ended.finished_at
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
LEFT JOIN LATERAL (
    SELECT CASE state WHEN 3 THEN 'completed' WHEN 4 THEN 'dead' ELSE 'cancelled' END AS state,
           CASE WHEN attempt > 0 THEN attempted_at END AS attempted_at, finished_at
    FROM task_tower.history
    WHERE history.id = tick.job_id AND history.finished_at >= tick.noted_at - interval '1 minute'
    ORDER BY finished_at DESC LIMIT 1
) AS ended ON live.state IS NULL
ORDER BY tick.recurring, tick.tick_at DESC
