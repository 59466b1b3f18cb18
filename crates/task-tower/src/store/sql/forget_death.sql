-- All interceptors have been told of this death, or it was given up. Guarded by lease.
DELETE FROM task_tower.death
WHERE job_id = $1 AND job_lease = $2 AND lease = $3
