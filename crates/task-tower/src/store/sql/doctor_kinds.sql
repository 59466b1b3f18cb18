-- Kinds of due jobs that no living worker knows, among the $1 jobs that wait longest in each lane: what nobody
-- can take stays there, and what is taken leaves.
WITH known AS MATERIALIZED (
    SELECT DISTINCT unnest(kinds) AS kind FROM task_tower.worker
    WHERE ended_at IS NULL AND command IS NULL AND greatest(heartbeat_at, pg_postmaster_start_time()) >= clock_timestamp() - dead_after
),
lanes AS MATERIALIZED (
    SELECT DISTINCT queue, priority FROM task_tower.lane ORDER BY queue, priority LIMIT 200
)
SELECT waiting.kind AS name, count(*) AS jobs, min(waiting.run_at) AS oldest_since, false AS is_unlisted
FROM lanes
CROSS JOIN LATERAL (
    SELECT job.kind, job.run_at FROM task_tower.job
    WHERE job.queue = lanes.queue AND job.priority = lanes.priority AND job.state = 0 AND job.run_at <= now()
    ORDER BY job.run_at
    LIMIT $1::bigint
) AS waiting
WHERE NOT EXISTS (SELECT FROM known WHERE known.kind = waiting.kind)
GROUP BY waiting.kind
ORDER BY oldest_since
LIMIT 100
