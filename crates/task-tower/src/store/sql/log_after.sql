-- The first lines of a job after one of them, by default from the first on. $2 and $3 name that line, $4 an attempt
-- where only one is wanted, $5 the lowest level.
SELECT lease, number, attempt, at, level, target, message
FROM task_tower.log
WHERE job_id = $1
  AND ($2::bigint IS NULL OR (lease, number) > ($2, $3::integer))
  AND ($4::integer IS NULL OR attempt = $4)
  AND level >= $5::smallint
ORDER BY lease, number
LIMIT $6
