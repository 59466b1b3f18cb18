-- Of the runs under way here ($1 ids, $2 leases): which were asked to stop (true), and which no
-- longer belong to this worker (false). One that has completed its job in a transaction of its own still
-- does: it may go on until it ends.
SELECT held.id, job.id IS NOT NULL
FROM unnest($1::uuid[], $2::bigint[]) AS held (id, lease)
LEFT JOIN task_tower.job ON job.id = held.id AND job.lease = held.lease AND job.state = 1
WHERE job.cancel_requested
   OR (job.id IS NULL
       AND NOT EXISTS (SELECT FROM task_tower.history_completed AS completed WHERE completed.id = held.id AND completed.lease = held.lease))
