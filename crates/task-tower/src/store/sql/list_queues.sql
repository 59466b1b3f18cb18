-- Every queue that ever held a job or was paused, with what waits in it, each count up to $1; or only the queue $2,
-- which is known as well when a worker was given it by its name, or a job that ended was moved into it. The order of a
-- lane makes its walk end where enough are found, and so does a time that does not go on meanwhile.
SELECT known.name,
       (SELECT count(*) FROM (
            SELECT
            FROM unnest(known.priorities) AS lane (priority)
            CROSS JOIN LATERAL (
                SELECT FROM task_tower.job
                WHERE job.queue = known.name AND job.priority = lane.priority
                  AND job.state = 0 AND job.run_at <= statement_timestamp()
                ORDER BY job.run_at LIMIT $1) AS due
            LIMIT $1) AS found) AS enqueued,
       later.scheduled, later.failed,
       (SELECT min(oldest.run_at)
        FROM unnest(known.priorities) AS lane (priority)
        CROSS JOIN LATERAL (
            SELECT job.run_at FROM task_tower.job
            WHERE job.queue = known.name AND job.priority = lane.priority AND job.state = 0
            ORDER BY job.run_at LIMIT 1) AS oldest
        WHERE oldest.run_at <= statement_timestamp()) AS oldest_since,
       queue.paused_at, queue.paused_reason, queue.paused_by, queue.late_after_ms
FROM (
    SELECT name, array_agg(DISTINCT priority) FILTER (WHERE priority IS NOT NULL) AS priorities
    FROM (
        SELECT queue AS name, priority FROM task_tower.lane WHERE $2::text IS NULL OR queue = $2
        UNION ALL
        SELECT name, NULL FROM task_tower.queue WHERE $2 IS NULL OR name = $2
        UNION ALL
        SELECT $2, NULL FROM task_tower.worker WHERE $2 = ANY (queues)
        UNION ALL
        SELECT $2, NULL WHERE $2 IS NOT NULL AND EXISTS (SELECT FROM task_tower.history WHERE queue = $2)
    ) AS named
    GROUP BY name
) AS known
LEFT JOIN task_tower.queue ON queue.name = known.name
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE NOT found.retrying) AS scheduled, count(*) FILTER (WHERE found.retrying) AS failed
    FROM (
        SELECT waiting.retrying
        FROM unnest(known.priorities) AS lane (priority)
        CROSS JOIN LATERAL (
            SELECT job.retrying FROM task_tower.job
            WHERE job.queue = known.name AND job.priority = lane.priority
              AND job.state = 0 AND job.run_at > statement_timestamp() AND job.run_at < 'infinity'
            ORDER BY job.run_at LIMIT $1) AS waiting
        LIMIT $1) AS found
) AS later
ORDER BY known.name
LIMIT 1000
