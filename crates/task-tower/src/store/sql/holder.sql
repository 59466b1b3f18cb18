-- The live job that has this unique key of a kind.
SELECT id FROM task_tower.job WHERE kind = $1::text AND unique_key = $2::text
