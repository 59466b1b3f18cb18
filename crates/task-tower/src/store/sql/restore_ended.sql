-- Brings back jobs that the operation $1 cancelled, discarded or deleted, exactly as they were. Left out are
-- those that somebody has requeued, or whose unique key another job has by now. Ids come sorted.
WITH item AS MATERIALIZED (
    SELECT job_id, state, image
    FROM task_tower.operation_item
    WHERE operation_id = $1 AND job_id = ANY ($2::uuid[])
    ORDER BY job_id
),
ended AS MATERIALIZED (
    SELECT history.id
    FROM task_tower.history
    JOIN item ON item.job_id = history.id
    WHERE item.state = 0 AND history.lease = (item.image ->> 'lease')::bigint
    ORDER BY history.id
    FOR UPDATE OF history
),
missing AS (
    SELECT job_id AS id
    FROM item
    WHERE NOT EXISTS (SELECT FROM task_tower.job WHERE job.id = item.job_id)
      AND NOT EXISTS (SELECT FROM task_tower.history WHERE history.id = item.job_id)
),
living AS (
    INSERT INTO task_tower.job
    SELECT (jsonb_populate_record(NULL::task_tower.job, item.image)).*
    FROM item
    WHERE item.state = 0 AND item.job_id IN (SELECT id FROM ended UNION ALL SELECT id FROM missing)
    ORDER BY item.job_id
    ON CONFLICT DO NOTHING
    RETURNING id
),
removed AS (
    DELETE FROM task_tower.history
    USING living
    WHERE history.id = living.id
),
finished AS (
    INSERT INTO task_tower.history
    SELECT (jsonb_populate_record(NULL::task_tower.history, item.image)).*
    FROM item
    WHERE item.state <> 0 AND item.job_id IN (SELECT id FROM missing)
    RETURNING id
)
SELECT id FROM living
UNION ALL
SELECT id FROM finished
