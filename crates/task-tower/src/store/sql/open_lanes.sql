-- The first $1 lanes that hold anything, in their order: one step into the index for each, however many jobs it holds and however
-- many lanes there are. Entries of jobs long gone are walked, since no lane has a bound here.
WITH RECURSIVE open AS (
    (
        SELECT queue, priority
        FROM task_tower.job
        ORDER BY queue, priority
        LIMIT 1
    )
    UNION ALL
    SELECT following.queue, following.priority
    FROM open
    CROSS JOIN LATERAL (
        SELECT job.queue, job.priority
        FROM task_tower.job
        WHERE (job.queue, job.priority) > (open.queue, open.priority)
        ORDER BY job.queue, job.priority
        LIMIT 1
    ) AS following
)
SELECT queue, priority
FROM open
LIMIT $1
