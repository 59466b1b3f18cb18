-- Makes waiting jobs due at once. Those that are due already keep their place. Retries that were used stay
-- used. Ids come sorted.
WITH wanted AS MATERIALIZED (
    SELECT job.id
    FROM task_tower.job
    JOIN unnest($1::uuid[]) AS wanted (id) ON wanted.id = job.id
    WHERE job.state = 0
    ORDER BY job.id
    FOR UPDATE OF job
),
hurried AS (
    UPDATE task_tower.job
    SET run_at = least(job.run_at, clock_timestamp())
    FROM wanted
    WHERE job.id = wanted.id
    RETURNING job.id, job.queue
),
told AS MATERIALIZED (
    SELECT pg_notify(task_tower.channel(), due.queue)::text FROM (SELECT DISTINCT queue FROM hurried) AS due
)
SELECT id, (SELECT count(*) FROM told) FROM hurried
