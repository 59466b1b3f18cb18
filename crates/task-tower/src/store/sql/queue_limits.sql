-- After how long a wait queues are late for which somebody has said so.
SELECT name, late_after_ms
FROM task_tower.queue
WHERE late_after_ms IS NOT NULL
ORDER BY name
LIMIT 1000
