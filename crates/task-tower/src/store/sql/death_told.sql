-- These interceptors have been told of this death. Guarded by lease; returns nothing when another
-- worker has it by now.
UPDATE task_tower.death
SET told = $4
WHERE job_id = $1 AND job_lease = $2 AND lease = $3
RETURNING job_id
