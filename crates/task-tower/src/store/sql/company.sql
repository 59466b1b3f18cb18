-- How many workers look for jobs by themselves in the queues $1, all of them where it is empty: those that live, were not asked to
-- claim no more, and do not sleep.
SELECT count(*)
FROM task_tower.worker
WHERE ended_at IS NULL
  AND command IS NULL
  AND (queues = '{}' OR $1::text[] = '{}' OR queues && $1)
  AND NOT EXISTS (SELECT FROM task_tower.armed WHERE armed.worker_id = worker.id)
