-- The last lines of a job before one of them, by default those at its end, the latest first; the rest as in log_after.
SELECT lease, number, attempt, at, level, target, message
FROM task_tower.log
WHERE job_id = $1
  AND ($2::bigint IS NULL OR (lease, number) < ($2, $3::integer))
  AND ($4::integer IS NULL OR attempt = $4)
  AND level >= $5::smallint
ORDER BY lease DESC, number DESC
LIMIT $6
