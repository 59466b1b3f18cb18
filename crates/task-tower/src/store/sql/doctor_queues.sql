-- Queues with due jobs that no living worker serves, up to $1 jobs of each priority. A strict worker leaves those
-- that have no priority with it.
WITH living AS MATERIALIZED (
    SELECT queues, queue_prioritization = 'strict' AS is_strict, queue_priorities FROM task_tower.worker
    WHERE ended_at IS NULL AND command IS NULL AND greatest(heartbeat_at, pg_postmaster_start_time()) >= clock_timestamp() - dead_after
),
lanes AS MATERIALIZED (
    SELECT DISTINCT lane.queue, lane.priority,
           EXISTS (SELECT FROM living WHERE living.queues = '{}' OR lane.queue = ANY (living.queues)) AS is_unlisted
    FROM task_tower.lane
    WHERE NOT EXISTS (
        SELECT FROM living
        WHERE (living.queues = '{}' OR lane.queue = ANY (living.queues))
          AND (NOT living.is_strict OR living.queue_priorities ? lane.queue)
    )
    ORDER BY lane.queue, lane.priority
    LIMIT 1000
)
SELECT lanes.queue AS name, count(*) AS jobs, min(waiting.run_at) AS oldest_since, bool_or(lanes.is_unlisted) AS is_unlisted
FROM lanes
CROSS JOIN LATERAL (
    SELECT job.run_at FROM task_tower.job
    WHERE job.queue = lanes.queue AND job.priority = lanes.priority AND job.state = 0 AND job.run_at <= now()
    ORDER BY job.run_at
    LIMIT $1::bigint
) AS waiting
GROUP BY lanes.queue
ORDER BY oldest_since
LIMIT 100
