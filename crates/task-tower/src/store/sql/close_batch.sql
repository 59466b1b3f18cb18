-- Closes a batch by the documented function. Only plain types are bound, as in open_batch.sql.
SELECT task_tower.close_batch(id => $1::text::uuid)::text AS answer
