-- The audit, the newest first, before the id $1. $2 actor, $3 action, $4 target, $5 operation, $7 address, $8 request:
-- null for any.
SELECT id, at, actor, address, request, action, target, operation_id, details::text
FROM task_tower.audit
WHERE id < $1
  AND ($2::text IS NULL OR actor = $2)
  AND ($3::text IS NULL OR action = $3)
  AND ($4::text IS NULL OR target = $4)
  AND ($5::bigint IS NULL OR operation_id = $5)
  AND ($7::text IS NULL OR address = $7)
  AND ($8::text IS NULL OR request = $8)
ORDER BY id DESC
LIMIT $6
