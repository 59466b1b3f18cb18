-- Of the runs under way here ($1 ids, $2 leases): which were asked to stop (true), and which no
-- longer belong to this worker (false). One that has completed its job in a transaction of its own
-- still does: it may go on until it ends.
WITH missed AS MATERIALIZED (
    SELECT held.id, held.lease, job.id IS NOT NULL AS is_ours
    FROM unnest($1::uuid[], $2::bigint[]) AS held (id, lease)
    LEFT JOIN task_tower.job ON job.id = held.id AND job.lease = held.lease AND job.state = 1
    WHERE job.id IS NULL OR job.cancel_requested
)
SELECT id, lease, is_ours
FROM missed
-- Not by EXISTS, which the planner may answer by reading the whole history.
WHERE is_ours OR (
    SELECT completed.id
    FROM task_tower.history_completed AS completed
    WHERE completed.id = missed.id AND completed.lease = missed.lease
    LIMIT 1
) IS NULL
