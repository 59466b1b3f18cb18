-- What a worker asks before it sleeps: the time, the oldest transaction still under way, whether a
-- job of its lanes is due, and when the next one will be. Lanes and bounds as in claim.sql.
--
-- The two questions are apart because a job that is due may be one that nobody here can run: its
-- kind is not known, or its queue is paused. It must not hide the next one.
WITH lane AS MATERIALIZED (
    SELECT queue, priority, bound
    FROM unnest($1::text[], $2::smallint[], $3::timestamptz[]) AS lane (queue, priority, bound)
)
SELECT now(),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       EXISTS (
           SELECT
           FROM lane
           CROSS JOIN LATERAL (
               SELECT job.run_at
               FROM task_tower.job
               WHERE job.queue = lane.queue
                 AND job.priority = lane.priority
                 AND job.run_at >= lane.bound
                 AND job.run_at <= now()
                 AND job.state = 0
               ORDER BY job.run_at
               LIMIT 1
           ) AS waiting
       ),
       (
           SELECT min(waiting.run_at)
           FROM lane
           CROSS JOIN LATERAL (
               SELECT job.run_at
               FROM task_tower.job
               WHERE job.queue = lane.queue
                 AND job.priority = lane.priority
                 AND job.run_at > now()
                 -- Those that await others have no time yet.
                 AND job.run_at < 'infinity'
                 AND job.state = 0
               ORDER BY job.run_at
               LIMIT 1
           ) AS waiting
       )
