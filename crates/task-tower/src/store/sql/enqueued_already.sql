-- Which of these jobs arrived: asked after a connection was lost in the middle of an enqueue. A
-- job may have run and ended since. Each is looked up by its id, whatever the planner believes.
SELECT id
FROM unnest($1::uuid[]) AS wanted (id)
WHERE (SELECT job.id FROM task_tower.job WHERE job.id = wanted.id LIMIT 1) IS NOT NULL
   OR (SELECT history.id FROM task_tower.history WHERE history.id = wanted.id LIMIT 1) IS NOT NULL
