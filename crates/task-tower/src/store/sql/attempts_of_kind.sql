-- How many of the newest $2 jobs of the kind $1 that completed or died took so many runs; $3 stands for all that took
-- more. Those that never ran are left out.
SELECT least(attempt, $3::integer) AS attempts, count(*) FILTER (WHERE state = 3) AS completed,
       count(*) FILTER (WHERE state = 4) AS dead
FROM (
    SELECT attempt, state
    FROM task_tower.history
    WHERE kind = $1 AND state IN (3, 4)
    ORDER BY id DESC
    LIMIT $2
) AS newest
WHERE attempt > 0
GROUP BY 1
ORDER BY 1
