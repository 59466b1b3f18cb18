-- The next jobs that an operation changed, after the id $2 where there is one.
SELECT job_id
FROM task_tower.operation_item
WHERE operation_id = $1 AND ($2::uuid IS NULL OR job_id > $2)
ORDER BY job_id
LIMIT $3
