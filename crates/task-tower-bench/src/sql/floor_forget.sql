-- Finished jobs leave no trace.
DELETE FROM job
WHERE id = ANY ($1::bigint[])
