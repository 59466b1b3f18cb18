-- Finished jobs stay in the table, as their own history.
UPDATE job
SET state = 2, finished_at = now()
WHERE id = ANY ($1::bigint[])
