-- What was counted by axis $1 and name $2, in rows of $3 minutes, within $4 steps of $5 seconds until now.
-- The first column is when the first step begins; it comes also when nothing was counted.
WITH range AS (
    SELECT to_timestamp((floor(extract(epoch FROM now()) / $5::bigint) - $4::bigint + 1) * $5::bigint) AS first_at
)
SELECT range.first_at, tally.at, tally.enqueued, tally.completed, tally.failed, tally.dead, tally.cancelled, tally.waits, tally.runs
FROM range
LEFT JOIN task_tower.tally ON tally.axis = $1 AND tally.name = $2 AND tally.step = $3::smallint AND tally.at >= range.first_at
ORDER BY tally.at
