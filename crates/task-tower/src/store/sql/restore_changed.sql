-- Gives waiting jobs back the queue, priority and time that they had before the operation $1, if they still
-- have those that it gave them: queue $3, priority $4, time $5, null for what it did not change. One that awaited others
-- does so again if they have not ended, and is due else. Ids come sorted.
WITH item AS MATERIALIZED (
    SELECT before.id, before.queue, before.priority, before.run_at, before.lease
    FROM task_tower.operation_item
    CROSS JOIN LATERAL jsonb_populate_record(NULL::task_tower.job, image) AS before
    WHERE operation_id = $1 AND job_id = ANY ($2::uuid[])
),
bound AS MATERIALIZED (
    SELECT awaiting.job_id
    FROM task_tower.awaiting
    JOIN item ON item.id = awaiting.job_id
    ORDER BY awaiting.job_id
    FOR UPDATE OF awaiting
),
wanted AS MATERIALIZED (
    SELECT item.id, item.queue, item.priority, item.run_at
    FROM task_tower.job
    JOIN item ON item.id = job.id
    WHERE job.state = 0
      AND job.lease = item.lease
      AND ($3::text IS NULL OR job.queue = $3)
      AND ($4::smallint IS NULL OR job.priority = $4)
      AND ($5::timestamptz IS NULL OR job.run_at = $5)
    ORDER BY job.id
    FOR UPDATE OF job
)
UPDATE task_tower.job
SET queue = CASE WHEN $3::text IS NULL THEN job.queue ELSE wanted.queue END,
    priority = CASE WHEN $4::smallint IS NULL THEN job.priority ELSE wanted.priority END,
    run_at = CASE WHEN $5::timestamptz IS NULL THEN job.run_at
                  WHEN wanted.run_at = 'infinity' AND wanted.id NOT IN (SELECT job_id FROM bound) THEN clock_timestamp()
                  ELSE wanted.run_at END
FROM wanted
WHERE job.id = wanted.id
RETURNING job.id, (SELECT pg_notify(task_tower.channel(), wanted.queue)::text)
