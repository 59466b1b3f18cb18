-- The batch of a job that runs: the one of which it is a member, or else the one whose callback it is; null if it has none.
SELECT coalesce(
    (SELECT job.batch_id FROM task_tower.job WHERE job.id = $1),
    (SELECT batch_callback.batch_id FROM task_tower.batch_callback WHERE batch_callback.job_id = $1 LIMIT 1)
) AS batch_id
