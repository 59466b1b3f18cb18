-- What was in the queue $1 (null for all), minute by minute within $2 steps of $3 seconds until now. The first
-- column is when the first step begins; it comes also when nothing was sampled.
WITH range AS (
    SELECT to_timestamp((floor(extract(epoch FROM now()) / $3::bigint) - $2::bigint + 1) * $3::bigint) AS first_at
)
SELECT range.first_at, depth.at, sum(depth.scheduled) AS scheduled, sum(depth.enqueued) AS enqueued,
       sum(depth.processing) AS processing, sum(depth.failed) AS failed
FROM range
-- The row that says that a minute is taken counts nothing, and shows that it was sampled.
LEFT JOIN task_tower.depth ON depth.at >= range.first_at AND ($1::text IS NULL OR depth.queue IN ('', $1))
GROUP BY range.first_at, depth.at
ORDER BY depth.at
