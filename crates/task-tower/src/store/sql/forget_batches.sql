-- Forgets batches that ended longer ago than $1 milliseconds, when their jobs are gone, too, with their callbacks, and
-- what is noted for batches that are gone.
WITH gone AS (
    DELETE FROM task_tower.batch
    WHERE ended_at < clock_timestamp() - make_interval(secs => $1::bigint / 1000.0)
    RETURNING id
),
callbacks AS (
    DELETE FROM task_tower.batch_callback USING gone WHERE batch_callback.batch_id = gone.id
)
DELETE FROM task_tower.batch_delta
WHERE NOT EXISTS (SELECT FROM task_tower.batch WHERE batch.id = batch_delta.batch_id)
