-- How many jobs of each queue run, by what the living workers told with their last heartbeats; at most 10,001 are
-- looked at.
SELECT job.queue, count(*)
FROM (
    SELECT unnest(worker.running) AS id
    FROM task_tower.worker
    WHERE worker.ended_at IS NULL
    LIMIT 10001
) AS held
JOIN task_tower.job ON job.id = held.id AND job.state = 1
GROUP BY job.queue
