-- Tells the workers that there is something to settle for batches or for jobs that await others, when this change is
-- committed, if there is.
SELECT pg_notify(task_tower.channel(), '*batch')
WHERE EXISTS (SELECT FROM task_tower.batch_delta)
   OR EXISTS (SELECT FROM task_tower.parent_event)
