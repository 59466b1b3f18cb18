-- Of which kinds some jobs of the queue $1 are: of at most $2 live ones, and of the newest $2 that ended.
SELECT kind, count(*)
FROM (
    (SELECT kind FROM task_tower.job WHERE queue = $1 LIMIT $2)
    UNION ALL
    (SELECT kind FROM task_tower.history WHERE queue = $1 ORDER BY id DESC LIMIT $2)
) AS found
GROUP BY kind
ORDER BY count(*) DESC, kind
