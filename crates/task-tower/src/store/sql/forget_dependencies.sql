-- Forgets which job followed which after $1 milliseconds, when they are gone, unless one still awaits the other.
DELETE FROM task_tower.dependency
WHERE created_at < clock_timestamp() - make_interval(secs => $1::bigint / 1000.0)
  AND NOT EXISTS (SELECT FROM task_tower.awaiting WHERE awaiting.job_id = dependency.child_id)
