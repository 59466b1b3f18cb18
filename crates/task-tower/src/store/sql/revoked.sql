-- Of the runs under way here ($1 ids, $2 leases): which were asked to stop (true), and which no
-- longer belong to this worker (false).
SELECT held.id, job.id IS NOT NULL
FROM unnest($1::uuid[], $2::bigint[]) AS held (id, lease)
LEFT JOIN task_tower.job ON job.id = held.id AND job.lease = held.lease AND job.state = 1
WHERE job.id IS NULL OR job.cancel_requested
