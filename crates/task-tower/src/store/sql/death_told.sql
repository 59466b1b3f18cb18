-- One more of the interceptors has been told of this death. Guarded by lease.
UPDATE task_tower.death
SET told = $3
WHERE job_id = $1 AND lease = $2
