-- Takes up to $3 deaths of the kinds $2 that interceptors have still to be told of, and that nobody
-- tells: no worker that lives has them, or this one ($1) has and does not know of it ($4 are those it
-- knows of), since the answer to an earlier claim was lost.
UPDATE task_tower.death
SET worker_id = $1,
    lease = lease + 1,
    attempt = attempt + 1
WHERE job_id IN (
    SELECT death.job_id
    FROM task_tower.death
    WHERE death.kind = ANY ($2::text[])
      AND death.due_at <= clock_timestamp()
      AND death.job_id <> ALL ($4::uuid[])
      AND (death.worker_id = $1
           OR NOT EXISTS (SELECT FROM task_tower.worker WHERE worker.id = death.worker_id AND worker.ended_at IS NULL))
      -- A worker that was declared dead takes nothing: nobody would know that it has it.
      AND EXISTS (SELECT FROM task_tower.worker WHERE worker.id = $1 AND worker.ended_at IS NULL)
    ORDER BY death.due_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
)
RETURNING job_id, lease, attempt, told
