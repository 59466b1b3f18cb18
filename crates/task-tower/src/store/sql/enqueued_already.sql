-- Which of these jobs arrived: asked after a connection was lost in the middle of an enqueue. A
-- job may have run and ended since.
SELECT id FROM task_tower.job WHERE id = ANY ($1::uuid[])
UNION ALL
SELECT id FROM task_tower.history WHERE id = ANY ($1::uuid[])
