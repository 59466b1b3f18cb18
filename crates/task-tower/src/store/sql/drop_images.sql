-- Forgets the images of those of the jobs $2 that the operation did not change after all: all but $3.
DELETE FROM task_tower.operation_item
WHERE operation_id = $1 AND job_id = ANY ($2::uuid[]) AND NOT job_id = ANY ($3::uuid[])
