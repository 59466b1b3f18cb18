-- Takes up to $3 deaths of the kinds $2 that interceptors have still to be told of, and that nobody
-- tells: no worker that lives has them, or this one ($1) has and does not know of it ($4 and $5 are
-- those it knows of), since the answer to an earlier claim was lost or the telling broke off.
--
-- As in claim.sql, rows are found and updated by ctid: one that another worker took in between is not
-- taken this time.
WITH picked AS MATERIALIZED (
    SELECT death.ctid AS row_at
    FROM task_tower.death
    WHERE death.due_at <= now()
      AND death.kind = ANY ($2::text[])
      AND NOT EXISTS (
          SELECT FROM unnest($4::uuid[], $5::bigint[]) AS known (job_id, job_lease)
          WHERE known.job_id = death.job_id AND known.job_lease = death.job_lease)
      AND (death.worker_id = $1
           OR NOT EXISTS (SELECT FROM task_tower.worker WHERE worker.id = death.worker_id AND worker.ended_at IS NULL))
      -- A worker that was declared dead takes nothing: nobody would know that it has it.
      AND EXISTS (SELECT FROM task_tower.worker WHERE worker.id = $1 AND worker.ended_at IS NULL)
    ORDER BY death.due_at
    LIMIT $3
    FOR UPDATE OF death SKIP LOCKED
)
UPDATE task_tower.death
SET worker_id = $1,
    lease = lease + 1,
    attempt = attempt + 1
WHERE ctid = ANY (ARRAY(SELECT row_at FROM picked))
RETURNING job_id, job_lease, lease, attempt, told, died_at
