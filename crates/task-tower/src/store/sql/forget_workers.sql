-- Removes workers that ended more than a day ago, unless a job still names them: its rescue wants to know
-- of which deaths and cancellations they had to tell.
DELETE FROM task_tower.worker
WHERE ended_at < clock_timestamp() - interval '1 day'
  AND NOT EXISTS (SELECT FROM task_tower.job WHERE job.worker_id = worker.id AND job.state = 1)
