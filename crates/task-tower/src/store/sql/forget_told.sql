-- All interceptors have been told of this moment, or it was given up. Guarded by lease.
DELETE FROM task_tower.untold
WHERE id = $1 AND lease = $2
