-- What a worker asks before it sleeps: the time, the oldest transaction still under way, and when
-- the next job of its lanes is due. Lanes and bounds as in claim.sql.
SELECT clock_timestamp(),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       (
           SELECT min(waiting.run_at)
           FROM unnest($1::text[], $2::smallint[], $3::timestamptz[]) AS lane (queue, priority, bound)
           CROSS JOIN LATERAL (
               SELECT job.run_at
               FROM task_tower.job
               WHERE job.queue = lane.queue
                 AND job.priority = lane.priority
                 AND job.run_at >= lane.bound
                 AND job.state = 0
               ORDER BY job.run_at
               LIMIT 1
           ) AS waiting
       )
