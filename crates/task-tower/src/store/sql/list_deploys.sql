-- The versions of the program that first ran since $1, the oldest first; of more than 100 the newest.
SELECT app_version, first_at
FROM (
    SELECT app_version, first_at
    FROM task_tower.deploy
    WHERE first_at >= $1
    ORDER BY first_at DESC
    LIMIT 100
) AS newest
ORDER BY first_at
