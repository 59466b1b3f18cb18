-- What may be wrong with workers and with what they run: a row for each worker that lives, and for the 100 that fell
-- silent last, within the last hour; and one for each run that takes longer than its kind says, or, where that says
-- nothing, longer than $1 milliseconds. Of each worker only the 100 longest runs are looked at, which it tells first.
-- $2 is by how much of its dead_after one may be late. The longest run of each worker comes before the second of any, so
-- that the limit hides none of the workers.
SELECT clock_timestamp() AS now,
       worker.id, worker.host, worker.process_id, told.heard_at,
       CASE WHEN worker.ended_at IS NULL AND told.heard_at + worker.dead_after < clock_timestamp()
            THEN told.heard_at + worker.dead_after
            ELSE worker.ended_at END AS died_at,
       worker.ended_at IS NOT NULL AS is_buried,
       told.heard_at + worker.dead_after * $2::float8 < clock_timestamp() AS is_silent,
       worker.rescued,
       run.id AS job_id, run.lease, run.kind, run.queue, run.attempted_at, run.expected_ms
FROM task_tower.worker
CROSS JOIN LATERAL (SELECT greatest(worker.heartbeat_at, pg_postmaster_start_time()) AS heard_at) AS told
LEFT JOIN LATERAL (
    SELECT held.place, job.id, job.lease, job.kind, job.queue, job.attempted_at, kind.expected_ms
    FROM unnest(worker.running[:100]) WITH ORDINALITY AS held (id, place)
    -- Each by its id: a join could as well read all jobs to find these.
    CROSS JOIN LATERAL (
        SELECT job.id, job.lease, job.kind, job.queue, job.attempted_at
        FROM task_tower.job
        WHERE job.id = held.id AND job.state = 1 AND job.worker_id = worker.id
        LIMIT 1
    ) AS job
    LEFT JOIN task_tower.kind ON kind.name = job.kind
    WHERE job.attempted_at < now() - coalesce(kind.expected_ms, $1::bigint) * interval '1 millisecond'
) AS run ON worker.ended_at IS NULL
WHERE worker.ended_at IS NULL
   OR worker.id IN (
       SELECT dead.id
       FROM task_tower.worker AS dead
       WHERE dead.ended_how = 'silent' AND dead.ended_at > now() - interval '1 hour'
       ORDER BY dead.ended_at DESC
       LIMIT 100)
ORDER BY run.place NULLS FIRST, worker.id
LIMIT 2000
