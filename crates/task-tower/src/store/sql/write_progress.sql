-- Notes how far runs are, as their handlers told last. A worker that was declared dead, whose jobs belong to others, notes
-- nothing more: each names the worker of its run. Counts that something was written, as write_log does.
WITH told AS MATERIALIZED (
    SELECT job_id, lease, attempt, done, total, text, worker_id
    FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[])
        AS told (job_id, lease, attempt, done, total, text, worker_id)
    WHERE EXISTS (SELECT FROM task_tower.worker WHERE worker.id = told.worker_id AND worker.ended_at IS NULL)
),
counted AS (
    INSERT INTO task_tower.flush AS flush (worker_id, part, number)
    SELECT DISTINCT worker_id, 'log', 1
    FROM told
    ON CONFLICT (worker_id, part) DO UPDATE SET number = flush.number + 1
)
INSERT INTO task_tower.progress AS progress (job_id, lease, attempt, done, total, text)
SELECT DISTINCT ON (job_id) job_id, lease, attempt, done, total, text
FROM told
ORDER BY job_id, lease DESC
ON CONFLICT (job_id) DO UPDATE
SET lease = excluded.lease,
    attempt = excluded.attempt,
    done = excluded.done,
    total = excluded.total,
    text = excluded.text,
    at = excluded.at
WHERE progress.lease <= excluded.lease
