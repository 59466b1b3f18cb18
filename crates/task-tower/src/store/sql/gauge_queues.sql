-- What waits in the first $1 queues by name: how much, as it was counted at the last full minute, if that is not longer
-- ago than three, and how many milliseconds the oldest job that is due has waited. Nothing is counted here: it is one
-- probe for each lane.
WITH known AS MATERIALIZED (
    SELECT queue AS name, array_agg(DISTINCT priority) AS priorities
    FROM task_tower.lane
    GROUP BY queue
    ORDER BY queue
    LIMIT $1
),
counted AS MATERIALIZED (
    SELECT max(at) AS at FROM task_tower.depth WHERE at > now() - interval '3 minutes' AND queue = ''
)
SELECT known.name, counted.at IS NOT NULL AS is_counted,
       coalesce(depth.enqueued, 0) AS enqueued, coalesce(depth.scheduled, 0) AS scheduled,
       coalesce(depth.failed, 0) AS failed,
       coalesce((extract(epoch FROM now() - (
           SELECT min(oldest.run_at)
           FROM unnest(known.priorities) AS lane (priority)
           CROSS JOIN LATERAL (
               SELECT job.run_at FROM task_tower.job
               WHERE job.queue = known.name AND job.priority = lane.priority AND job.state = 0
               ORDER BY job.run_at LIMIT 1) AS oldest
           WHERE oldest.run_at <= now())) * 1000)::bigint, 0) AS oldest_age_ms,
       queue.paused_at IS NOT NULL AS is_paused
FROM known
CROSS JOIN counted
LEFT JOIN task_tower.depth ON depth.at = counted.at AND depth.queue = known.name
LEFT JOIN task_tower.queue ON queue.name = known.name
ORDER BY known.name
