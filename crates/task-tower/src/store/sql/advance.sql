-- Lets $1 microseconds pass for everything that waits, by moving its times back: jobs with the time at
-- which they came, so that one which was scheduled still looks so, and moments that interceptors have to
-- be told of again. Only tests use it. Who sleeps is woken: what is due now may stand behind the place
-- up to which it has looked.
WITH passed AS (
    SELECT $1::bigint * interval '1 microsecond' AS time
),
jobs AS (
    UPDATE task_tower.job
    SET run_at = run_at - passed.time,
        created_at = created_at - passed.time
    FROM passed
    WHERE state = 0
    RETURNING queue
),
moments AS (
    UPDATE task_tower.untold
    SET due_at = due_at - passed.time
    FROM passed
)
SELECT pg_notify(task_tower.channel(), queue)::text
FROM (SELECT DISTINCT queue FROM jobs) AS moved
