-- How many live jobs are in each state, each counted up to 10,001, in no time that grows with the backlog: those
-- that are due, those that are not, and those that await others lie apart in the lanes of the claim's index, and those that wait for their retry
-- under their group of errors. The running ones are as many as the workers told with their last heartbeats. The last
-- column is for a walk of some rows, which may end before it has seen all of them; this one never does.
WITH lane AS MATERIALIZED (
    SELECT DISTINCT queue, priority FROM task_tower.lane
)
-- The order makes each walk end where enough are found: a bitmap would be made of a whole index first.
SELECT (SELECT count(*) FROM (
            SELECT
            FROM lane
            CROSS JOIN LATERAL (
                SELECT FROM task_tower.job
                WHERE job.queue = lane.queue AND job.priority = lane.priority
                  AND job.state = 0 AND job.run_at > statement_timestamp() AND job.run_at < 'infinity' AND NOT job.retrying
                ORDER BY job.run_at
                LIMIT 10001) AS later
            LIMIT 10001) AS found) AS scheduled,
       (SELECT count(*) FROM (
            SELECT
            FROM lane
            CROSS JOIN LATERAL (
                SELECT FROM task_tower.job
                WHERE job.queue = lane.queue AND job.priority = lane.priority
                  AND job.state = 0 AND job.run_at = 'infinity'
                ORDER BY job.run_at
                LIMIT 10001) AS bound
            LIMIT 10001) AS found) AS awaiting,
       (SELECT count(*) FROM (
            SELECT
            FROM lane
            CROSS JOIN LATERAL (
                SELECT FROM task_tower.job
                WHERE job.queue = lane.queue AND job.priority = lane.priority
                  AND job.state = 0 AND job.run_at <= statement_timestamp()
                ORDER BY job.run_at
                LIMIT 10001) AS due
            LIMIT 10001) AS found) AS enqueued,
       (SELECT coalesce(sum(busy), 0)::bigint FROM task_tower.worker WHERE ended_at IS NULL) AS processing,
       (SELECT count(*) FROM (
            SELECT FROM task_tower.job
            WHERE error_group IS NOT NULL AND retrying AND state = 0 AND run_at > statement_timestamp()
            ORDER BY error_group, id
            LIMIT 10001) AS found) AS failed,
       false AS is_cut
