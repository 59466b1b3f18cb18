-- Removes jobs for good, finished or waiting, with what they logged and told. Jobs that run are left alone. A batch is
-- without those that had not ended, and for their followers they count as cancelled.
WITH wanted AS MATERIALIZED (
    SELECT job.id
    FROM task_tower.job
    JOIN unnest($1::uuid[]) AS wanted (id) ON wanted.id = job.id
    WHERE job.state = 0
    ORDER BY job.id
    FOR UPDATE OF job
),
live AS (
    DELETE FROM task_tower.job USING wanted WHERE job.id = wanted.id RETURNING job.id, job.batch_id, job.followed
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, total)
    SELECT batch_id, -count(*) FROM live WHERE batch_id IS NOT NULL GROUP BY batch_id
),
followed AS (
    INSERT INTO task_tower.parent_event (parent_id, state)
    SELECT id, 5 FROM live WHERE followed
),
finished AS (
    DELETE FROM task_tower.history
    USING unnest($1::uuid[]) AS wanted (id)
    WHERE history.id = wanted.id
    RETURNING history.id
),
gone AS (
    SELECT id FROM live
    UNION ALL
    SELECT id FROM finished
),
silenced AS (
    DELETE FROM task_tower.log USING gone WHERE log.job_id = gone.id
),
forgotten AS (
    DELETE FROM task_tower.progress USING gone WHERE progress.job_id = gone.id
)
SELECT id FROM gone
