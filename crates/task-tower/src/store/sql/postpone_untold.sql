-- An interceptor failed: the moment is told again after $3 milliseconds. Guarded by lease.
UPDATE task_tower.untold
SET worker_id = 0,
    due_at = clock_timestamp() + make_interval(secs => $3::bigint / 1000.0)
WHERE id = $1 AND lease = $2
