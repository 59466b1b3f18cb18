-- Completes one run by the documented function, in the caller's own transaction. Only plain types
-- are bound, so that every driver can.
SELECT task_tower.complete(id => $1::text::uuid, lease => $2::text::bigint, result => $3::text::jsonb)::text AS answer
