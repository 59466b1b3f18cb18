-- An interceptor failed: the death is told again after $4 milliseconds. Guarded by lease.
UPDATE task_tower.death
SET worker_id = 0,
    due_at = clock_timestamp() + make_interval(secs => $4::bigint / 1000.0)
WHERE job_id = $1 AND job_lease = $2 AND lease = $3
