-- Gives back what this worker holds in the database but not in its memory: jobs of a claim whose
-- answer was lost with the connection. They never began, so the run is refunded.
UPDATE task_tower.job
SET state = 0,
    lease = lease + 1,
    attempt = attempt - 1,
    run_at = clock_timestamp()
WHERE state = 1
  AND worker_id = $1
  AND id <> ALL ($2::uuid[])
RETURNING id
