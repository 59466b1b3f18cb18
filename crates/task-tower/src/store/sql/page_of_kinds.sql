-- A page of the kinds that are known or were counted, with what was counted in rows of $1 minutes within $2 steps of
-- $3 seconds until now: a row for each of the counted ones, one of nulls for a kind that did not run. $4: by name, or
-- those with the most runs, failed, dead or least successful ones first. $5: a part of the name or of what people
-- call it; $6: patterns of names, null for any. The page begins behind the kind $7, or ends before $8; null for the
-- first. $9: how many.
WITH range AS (
    SELECT to_timestamp((floor(extract(epoch FROM now()) / $3::bigint) - $2::bigint + 1) * $3::bigint) AS first_at
),
counted AS MATERIALIZED (
    SELECT name, sum(completed) AS completed, sum(failed) AS failed, sum(dead) AS dead,
           sum(completed + failed + dead + cancelled) AS ended
    FROM task_tower.tally
    WHERE axis = 'kind' AND step = $1::smallint AND at >= (SELECT first_at FROM range)
    GROUP BY name
),
known AS MATERIALIZED (
    SELECT coalesce(kind.name, counted.name) AS name, kind.display_name, coalesce(counted.ended, 0) AS ended,
           coalesce(CASE $4::text
               WHEN 'runs' THEN counted.ended
               WHEN 'failed' THEN counted.failed
               WHEN 'dead' THEN counted.dead
               WHEN 'success' THEN (counted.failed + counted.dead)
                    / nullif(counted.completed + counted.failed + counted.dead, 0)
           END, 0) AS weight
    FROM task_tower.kind
    FULL JOIN counted ON counted.name = kind.name
),
placed AS MATERIALIZED (
    SELECT name, display_name, ended, row_number() OVER (ORDER BY weight DESC, name COLLATE "C") AS place
    FROM known
    WHERE (strpos(lower(name), lower($5::text)) > 0 OR strpos(lower(display_name), lower($5)) > 0)
      AND ($6::text[] IS NULL OR EXISTS (
          SELECT
          FROM unnest($6) AS given (pattern)
          WHERE CASE WHEN pattern LIKE '%*' THEN starts_with(name, left(pattern, -1)) ELSE name = pattern END))
),
-- By name, also a kind that is not there any more has its place.
bounds AS (
    SELECT coalesce(max(place) FILTER (
               WHERE name = $7::text OR ($4 = 'name' AND name COLLATE "C" < $7)), 0) AS after_place,
           min(place) FILTER (
               WHERE name = $8::text OR ($4 = 'name' AND name COLLATE "C" > $8)) AS before_place
    FROM placed
),
page AS MATERIALIZED (
    SELECT placed.name, placed.display_name, placed.place
    FROM placed, bounds
    WHERE placed.place > CASE
              WHEN $8 IS NULL THEN after_place
              ELSE coalesce(before_place, (SELECT count(*) + 1 FROM placed)) - $9::bigint - 1
          END
      AND placed.place < CASE
              WHEN $8 IS NULL THEN after_place + $9 + 1
              ELSE coalesce(before_place, (SELECT count(*) + 1 FROM placed))
          END
)
SELECT page.name, page.display_name, tally.enqueued, tally.completed, tally.failed, tally.dead, tally.cancelled,
       tally.waits, tally.runs, page.place, (SELECT count(*) FROM placed) AS total,
       (SELECT max(ended)::bigint FROM placed) AS most
FROM page
LEFT JOIN task_tower.tally
    ON tally.axis = 'kind' AND tally.name = page.name AND tally.step = $1 AND tally.at >= (SELECT first_at FROM range)
ORDER BY page.place
