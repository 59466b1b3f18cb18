-- Keeps jobs as they are before an operation changes them, and holds them until it has. Running ones are
-- not kept: what becomes of a run cannot be undone. Ids come sorted.
WITH live AS MATERIALIZED (
    SELECT job.id, to_jsonb(job) AS image
    FROM task_tower.job
    JOIN unnest($2::uuid[]) AS wanted (id) ON wanted.id = job.id
    WHERE job.state = 0
    ORDER BY job.id
    FOR UPDATE OF job
),
finished AS MATERIALIZED (
    SELECT history.id, history.state, to_jsonb(history) AS image
    FROM task_tower.history
    JOIN unnest($2::uuid[]) AS wanted (id) ON wanted.id = history.id
    WHERE $3::boolean
    ORDER BY history.id
    FOR UPDATE OF history
)
INSERT INTO task_tower.operation_item (operation_id, job_id, state, image)
SELECT $1::bigint, id, 0::smallint, image FROM live
UNION ALL
SELECT $1::bigint, id, state, image FROM finished
