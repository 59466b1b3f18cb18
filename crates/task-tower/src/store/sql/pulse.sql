-- What changes when anything changes, cheap enough to be asked four times a second: the newest rows,
-- and what a worker told with its heartbeat, but not the heartbeat itself. A mark is a whole row as
-- text, so that a job which moves to the history makes another one.
--
-- Jobs that run change without a new row, and no index knows which run: it says whether some do.
WITH newest AS MATERIALIZED (
    SELECT (SELECT id FROM task_tower.job ORDER BY id DESC LIMIT 1) AS live,
           (SELECT id FROM task_tower.history ORDER BY id DESC LIMIT 1) AS ended,
           (SELECT id FROM task_tower.audit ORDER BY id DESC LIMIT 1) AS noted
),
working AS MATERIALIZED (
    SELECT coalesce(sum(busy), 0) AS busy, count(*) AS workers
    FROM task_tower.worker
    WHERE ended_at IS NULL AND heartbeat_at > clock_timestamp() - dead_after
),
due AS MATERIALIZED (
    SELECT EXISTS (
        SELECT
        FROM task_tower.lane
        CROSS JOIN LATERAL (
            SELECT job.run_at
            FROM task_tower.job
            WHERE job.queue = lane.queue
              AND job.priority = lane.priority
              AND job.run_at <= now()
            ORDER BY job.run_at
            LIMIT 1
        ) AS waiting
        WHERE NOT EXISTS (
            SELECT FROM task_tower.queue WHERE queue.name = lane.queue AND queue.paused_at IS NOT NULL
        )
    ) AS any
)
SELECT ROW (newest.live, newest.ended, newest.noted, due.any, working.busy)::text AS jobs,
       ROW (newest.noted, (
           SELECT string_agg(ROW (queue.name, queue.paused_at)::text, '' ORDER BY queue.name)
           FROM task_tower.queue
           WHERE queue.paused_at IS NOT NULL
       ))::text AS queues,
       ROW (working.workers, (
           SELECT string_agg(ROW (worker.id, worker.busy, worker.ended_at)::text, '' ORDER BY worker.id)
           FROM task_tower.worker
       ))::text AS workers,
       ROW (newest.noted, (
           SELECT string_agg(
               ROW (operation.id, operation.done, operation.skipped, operation.cancel_requested)::text, ''
               ORDER BY operation.id)
           FROM task_tower.operation
           WHERE operation.ended_at IS NULL
       ))::text AS operations,
       (SELECT coalesce(sum(number), 0) FROM task_tower.flush WHERE part = 'log')::text AS logs,
       working.busy > 0 OR (working.workers > 0 AND due.any) AS is_active
FROM newest, working, due
