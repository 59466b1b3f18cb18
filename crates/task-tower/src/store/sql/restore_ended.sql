-- Brings back jobs that the operation $1 cancelled, discarded or deleted, exactly as they were. Left out are
-- those that somebody has requeued, or whose unique key another job has by now. Ids come sorted. Batches do not count
-- them as ended any more, and have those back that were deleted. One that awaited others does so again if they have not
-- ended, and is due else.
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
bound AS MATERIALIZED (
    SELECT awaiting.job_id
    FROM task_tower.awaiting
    JOIN item ON item.job_id = awaiting.job_id
    ORDER BY awaiting.job_id
    FOR UPDATE OF awaiting
),
living AS (
    INSERT INTO task_tower.job
    SELECT (jsonb_populate_record(
        NULL::task_tower.job,
        CASE WHEN item.image ->> 'run_at' = 'infinity' AND item.job_id NOT IN (SELECT job_id FROM bound)
             THEN item.image || jsonb_build_object('run_at', clock_timestamp())
             ELSE item.image END)).*
    FROM item
    WHERE item.state = 0 AND item.job_id IN (SELECT id FROM ended UNION ALL SELECT id FROM missing)
    ORDER BY item.job_id
    ON CONFLICT DO NOTHING
    RETURNING id, batch_id
),
removed AS (
    DELETE FROM task_tower.history
    USING living
    WHERE history.id = living.id
    RETURNING history.id, history.state
),
counted AS (
    INSERT INTO task_tower.batch_delta (batch_id, total, dead, cancelled)
    SELECT living.batch_id, count(*) FILTER (WHERE removed.state IS NULL), -count(*) FILTER (WHERE removed.state = 4),
           -count(*) FILTER (WHERE removed.state = 5)
    FROM living
    LEFT JOIN removed ON removed.id = living.id
    WHERE living.batch_id IS NOT NULL
    GROUP BY living.batch_id
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
