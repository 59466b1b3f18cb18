-- Takes a worker that no longer lives off the list, also one that nobody has found dead yet: should it live after all, it
-- registers anew. One whose jobs were not taken back stays, since their rescue wants to know of which deaths it had to
-- tell. To see that, it reads the whole table of live jobs: there must be no index on worker or state, see job_claim.
WITH removed AS (
    DELETE FROM task_tower.worker
    WHERE id = $1
      AND (ended_at IS NOT NULL OR greatest(heartbeat_at, pg_postmaster_start_time()) + dead_after < clock_timestamp())
      AND NOT EXISTS (SELECT FROM task_tower.job WHERE job.worker_id = worker.id AND job.state = 1)
    RETURNING id, host
),
disarmed AS (
    DELETE FROM task_tower.armed WHERE worker_id IN (SELECT id FROM removed)
)
SELECT host FROM removed
