-- Takes up to $3 moments that interceptors have still to be told of, of the stages and kinds $2 (`stage:kind`), and
-- that nobody tells: no worker that lives has them, or this one ($1) has and does not know of it ($4 are those
-- it knows of), since the answer to an earlier claim was lost or the telling broke off.
--
-- As in claim.sql, rows are found and updated by ctid: one that another worker took in between is not
-- taken this time.
WITH picked AS MATERIALIZED (
    SELECT untold.ctid AS row_at
    FROM task_tower.untold
    WHERE untold.due_at <= now()
      AND untold.stage || ':' || untold.kind = ANY ($2::text[])
      AND NOT untold.id = ANY ($4::bigint[])
      AND (untold.worker_id = $1
           OR NOT EXISTS (SELECT FROM task_tower.worker WHERE worker.id = untold.worker_id AND worker.ended_at IS NULL))
      -- A worker that was declared dead takes nothing: nobody would know that it has it.
      AND EXISTS (SELECT FROM task_tower.worker WHERE worker.id = $1 AND worker.ended_at IS NULL)
    ORDER BY untold.due_at
    LIMIT $3
    FOR UPDATE OF untold SKIP LOCKED
)
UPDATE task_tower.untold
SET worker_id = $1,
    lease = lease + 1,
    attempt = attempt + 1
WHERE ctid = ANY (ARRAY(SELECT row_at FROM picked))
RETURNING id, job_id, job_lease, lease, attempt, told, happened_at, stage, reason
