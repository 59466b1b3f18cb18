-- Changes waiting jobs: queue $2, priority $3, time $4, payload $5, tags $6, retries $7; null leaves a thing
-- as it is. Ids come sorted. A lane that is new is noted, as for an insert, and workers are woken.
WITH wanted AS MATERIALIZED (
    SELECT job.id
    FROM task_tower.job
    JOIN unnest($1::uuid[]) AS wanted (id) ON wanted.id = job.id
    WHERE job.state = 0
    ORDER BY job.id
    FOR UPDATE OF job
),
changed AS (
    UPDATE task_tower.job
    SET queue = coalesce($2::text, job.queue),
        priority = coalesce($3::smallint, job.priority),
        run_at = coalesce($4::timestamptz, job.run_at),
        payload = coalesce($5::text::jsonb, job.payload),
        tags = coalesce($6::text[], job.tags),
        max_retries = coalesce($7::integer, job.max_retries)
    FROM wanted
    WHERE job.id = wanted.id
    RETURNING job.id, job.queue, job.priority, job.run_at
),
placed AS (
    INSERT INTO task_tower.lane (queue, priority)
    SELECT DISTINCT queue, priority
    FROM changed
    WHERE NOT EXISTS (SELECT FROM task_tower.lane WHERE lane.queue = changed.queue AND lane.priority = changed.priority)
    RETURNING queue
),
told AS MATERIALIZED (
    SELECT pg_notify(task_tower.channel(), '*lanes')::text FROM (SELECT FROM placed LIMIT 1) AS new
    UNION ALL
    SELECT pg_notify(task_tower.channel(), due.queue)::text
    FROM (SELECT DISTINCT queue FROM changed WHERE run_at <= clock_timestamp() + interval '5 s') AS due
)
SELECT id, (SELECT count(*) FROM told) FROM changed
