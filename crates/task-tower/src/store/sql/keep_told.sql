-- These interceptors have been told of this moment. Guarded by lease; returns nothing when another
-- worker has it by now.
UPDATE task_tower.untold
SET told = $3
WHERE id = $1 AND lease = $2
RETURNING id
