-- Which version of a job's row stands there, held until its change is done.
WITH live AS MATERIALIZED (
    SELECT xmin::text AS revision FROM task_tower.job WHERE id = $1 FOR UPDATE
)
SELECT revision FROM live
UNION ALL
SELECT xmin::text FROM task_tower.history WHERE id = $1
