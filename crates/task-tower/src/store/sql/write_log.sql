-- Adds lines that were logged in runs of this worker, and counts that it did, for whoever shows them. A worker that was
-- declared dead, whose jobs belong to others, adds nothing more: each line names the worker of its run. Lines that are
-- here already, since the answer was lost, stay as they are. Returns how many it added.
WITH line AS MATERIALIZED (
    SELECT job_id, lease, number, attempt, at, level, target, message, worker_id
    FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::integer[], $5::timestamptz[], $6::smallint[], $7::text[],
                $8::text[], $9::bigint[])
        AS line (job_id, lease, number, attempt, at, level, target, message, worker_id)
    WHERE EXISTS (SELECT FROM task_tower.worker WHERE worker.id = line.worker_id AND worker.ended_at IS NULL)
),
counted AS (
    INSERT INTO task_tower.flush AS flush (worker_id, part, number)
    SELECT DISTINCT worker_id, 'log', 1
    FROM line
    ON CONFLICT (worker_id, part) DO UPDATE SET number = flush.number + 1
),
added AS (
    INSERT INTO task_tower.log (job_id, lease, number, attempt, at, level, target, message)
    SELECT job_id, lease, number, attempt, at, level, target, message
    FROM line
    ORDER BY job_id, lease, number
    ON CONFLICT (job_id, lease, number) DO NOTHING
    RETURNING 1
)
SELECT count(*) FROM added
