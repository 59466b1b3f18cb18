-- The jobs that the job $1 awaits or awaited, in the order in which they were given, and then those that await or awaited
-- it, up to $2 of each. States by number, as in states_of.sql; null for a job that is gone.
WITH related AS (
    (
        SELECT true AS is_parent, parent_id AS id, outcome, place
        FROM task_tower.dependency
        WHERE child_id = $1
        ORDER BY place
        LIMIT $2
    )
    UNION ALL
    (
        SELECT false, child_id, outcome, 0
        FROM task_tower.dependency
        WHERE parent_id = $1
        ORDER BY child_id
        LIMIT $2
    )
)
SELECT related.is_parent, related.id, related.outcome, coalesce(job.kind, ended.kind) AS kind, kind.display_name,
       (CASE WHEN job.state = 1 THEN 2
             WHEN job.run_at = 'infinity' THEN 7
             WHEN job.run_at <= clock_timestamp() THEN 1
             WHEN job.retrying THEN 6
             WHEN job.state = 0 THEN 0
             ELSE ended.state END)::smallint AS number,
       coalesce(job.queue, ended.queue) AS queue
FROM related
LEFT JOIN task_tower.job ON job.id = related.id
LEFT JOIN LATERAL (
    SELECT history.kind, history.queue, history.state
    FROM task_tower.history
    WHERE history.id = related.id
    LIMIT 1
) AS ended ON true
LEFT JOIN task_tower.kind ON kind.name = coalesce(job.kind, ended.kind)
ORDER BY related.is_parent DESC, related.place, related.id
