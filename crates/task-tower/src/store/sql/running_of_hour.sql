-- How many jobs of each queue ran in each of the last 60 minutes that was sampled, with the number of the minute. The queue
-- with the empty name tells which ones were.
SELECT depth.queue,
       array_agg((extract(epoch FROM depth.at - range.first_at) / 60)::integer ORDER BY depth.at) AS minutes,
       array_agg(depth.processing ORDER BY depth.at) AS running
FROM (SELECT date_trunc('minute', now(), 'UTC') - interval '59 min' AS first_at) AS range
JOIN task_tower.depth ON depth.at >= range.first_at
GROUP BY depth.queue
