-- What was counted of each queue within the last 60 minutes: what came in and what left it in the last five whole
-- ones whose arrivals are known, and what left it in each of all, with the number of the minute.
WITH range AS (
    SELECT date_trunc('minute', now(), 'UTC') - interval '59 min' AS first_at,
           date_trunc('minute', now() - interval '15 s', 'UTC') AS end_at
)
SELECT tally.name,
       coalesce(sum(tally.enqueued) FILTER (WHERE recent.counts), 0)::bigint AS arrived,
       coalesce(sum(gone.count) FILTER (WHERE recent.counts), 0)::bigint AS gone,
       array_agg((extract(epoch FROM tally.at - range.first_at) / 60)::integer ORDER BY tally.at) AS minutes,
       array_agg(gone.count ORDER BY tally.at) AS counts
FROM range
JOIN task_tower.tally ON tally.step = 1 AND tally.axis = 'queue' AND tally.at >= range.first_at
CROSS JOIN LATERAL (SELECT tally.completed + tally.dead + tally.cancelled AS count) AS gone
CROSS JOIN LATERAL (SELECT tally.at >= range.end_at - interval '5 min' AND tally.at < range.end_at AS counts) AS recent
GROUP BY tally.name
