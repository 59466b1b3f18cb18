-- Writes down who did what.
INSERT INTO task_tower.audit (actor, address, request, action, target, operation_id, details)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb)
RETURNING id
