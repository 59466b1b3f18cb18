-- How many jobs of each queue run, by what the living workers told with their last heartbeats; at most 10,001 are
-- looked at.
SELECT job.queue, count(*)
FROM (
    SELECT unnest(worker.running) AS id
    FROM task_tower.worker
    WHERE worker.ended_at IS NULL
    LIMIT 10001
) AS held
-- Each by its id: a join could as well read all jobs to find these.
CROSS JOIN LATERAL (
    SELECT queue FROM task_tower.job WHERE id = held.id AND state = 1 LIMIT 1
) AS job
GROUP BY job.queue
