-- What each of the workers $1 runs: of the jobs that it tells, in the order in which they began, the first $2, each by its
-- id, as long as it still runs there.
SELECT worker.id AS worker_id, job.id, job.kind, kind.display_name, job.queue, job.attempted_at
FROM task_tower.worker
CROSS JOIN LATERAL unnest(worker.running[:$2::integer]) WITH ORDINALITY AS held (id, place)
-- A join could as well read all jobs to find these.
CROSS JOIN LATERAL (
    SELECT job.id, job.kind, job.queue, job.attempted_at
    FROM task_tower.job
    WHERE job.id = held.id AND job.state = 1 AND job.worker_id = worker.id
    LIMIT 1
) AS job
LEFT JOIN task_tower.kind ON kind.name = job.kind
WHERE worker.id = ANY ($1::bigint[]) AND worker.ended_at IS NULL
ORDER BY worker.id, held.place
LIMIT $3
