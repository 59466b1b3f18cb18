-- The callbacks of a batch, in the order in which they can happen.
SELECT event, job ->> 'kind' AS kind, job_id, enqueued_at
FROM task_tower.batch_callback
WHERE batch_id = $1
ORDER BY array_position('{death,finished,success}'::text[], event)
