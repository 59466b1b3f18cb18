-- Claims up to $1 due jobs, the lowest rank first and within a rank the longest waiting first: the
-- heads of all lanes are merged, then as many as asked are locked. Parameters as in claim.sql.
--
-- Twice as many heads are read as asked for, so that workers that look at the same moment find
-- something beyond what the other has just locked.
WITH open AS MATERIALIZED (
    SELECT lane.rank, lane.queue, lane.priority, lane.bound
    FROM unnest($2::integer[], $3::text[], $4::smallint[], $5::timestamptz[]) AS lane (rank, queue, priority, bound)
    WHERE NOT EXISTS (SELECT FROM task_tower.queue WHERE queue.name = lane.queue AND queue.paused_at IS NOT NULL)
),
heads AS MATERIALIZED (
    SELECT waiting.row_at, lane.rank, waiting.run_at
    FROM open AS lane
    CROSS JOIN LATERAL (
        SELECT job.ctid AS row_at, job.run_at
        FROM task_tower.job
        WHERE job.queue = lane.queue
          AND job.priority = lane.priority
          AND job.run_at >= lane.bound
          AND job.run_at <= now()
          AND job.state = 0
          AND job.kind = ANY ($6::text[])
        ORDER BY job.run_at
        LIMIT 2 * $1::integer
    ) AS waiting
    WHERE EXISTS (SELECT FROM task_tower.worker WHERE worker.id = $7 AND worker.ended_at IS NULL)
    ORDER BY lane.rank, waiting.run_at
    LIMIT 2 * $1::integer
),
picked AS MATERIALIZED (
    SELECT job.ctid AS row_at
    FROM heads
    JOIN task_tower.job ON job.ctid = heads.row_at
    WHERE job.state = 0
    ORDER BY heads.rank, heads.run_at
    LIMIT $1::integer
    FOR UPDATE OF job SKIP LOCKED
)
UPDATE task_tower.job
SET state = 1,
    attempt = attempt + 1,
    lease = lease + 1,
    attempted_at = now(),
    worker_id = $7
WHERE ctid = ANY (ARRAY(SELECT row_at FROM picked))
RETURNING id, lease, queue, priority, run_at, kind, attempt, failures, crashes, max_retries, timeout_ms,
          created_at, tags, payload::text, context::text, attempted_at, trace_context
