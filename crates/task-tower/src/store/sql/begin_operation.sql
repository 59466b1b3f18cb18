-- A person begins to change many jobs.
INSERT INTO task_tower.operation (name, actor, action, filter, scope, created_before, expected, undoes)
VALUES ($1, $2, $3::text::jsonb, $4, $5::text::jsonb, $6, $7, $8)
RETURNING id
