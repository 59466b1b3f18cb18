-- Enqueues a job of a recurring one now, whatever its times are. It is noted under a time of its own, which is never
-- that of a whole second, as the job's own times are.
WITH noted AS (
    INSERT INTO task_tower.tick (recurring, tick_at, job_id, outcome)
    SELECT name, moment + CASE WHEN moment = date_trunc('second', moment) THEN interval '1 microsecond' ELSE interval '0' END,
           $2, 'by_hand'
    FROM task_tower.recurring CROSS JOIN clock_timestamp() AS moment
    WHERE name = $1
    RETURNING recurring, job_id
)
INSERT INTO task_tower.job (id, kind, payload, queue, priority, max_retries, tags, timeout_ms)
SELECT noted.job_id, kind, payload, queue, priority, max_retries, tags, timeout_ms
FROM noted JOIN task_tower.recurring ON recurring.name = noted.recurring
RETURNING id
