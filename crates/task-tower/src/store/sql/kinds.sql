-- The kinds that workers ever had, by name.
SELECT name
FROM task_tower.kind
ORDER BY name
LIMIT 10000
