-- Every kind that is known or was counted, with what was counted in rows of $1 minutes within $2 steps of
-- $3 seconds until now; a row of nulls for those that did not run.
WITH range AS (
    SELECT to_timestamp((floor(extract(epoch FROM now()) / $3::bigint) - $2::bigint + 1) * $3::bigint) AS first_at
),
counted AS MATERIALIZED (
    SELECT name, enqueued, completed, failed, dead, cancelled, waits, runs
    FROM task_tower.tally
    WHERE axis = 'kind' AND step = $1::smallint AND at >= (SELECT first_at FROM range)
)
SELECT coalesce(kind.name, counted.name) AS name, kind.display_name,
       counted.enqueued, counted.completed, counted.failed, counted.dead, counted.cancelled, counted.waits, counted.runs
FROM task_tower.kind
FULL JOIN counted ON counted.name = kind.name
