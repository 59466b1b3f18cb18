-- The recurring job that a job comes from, and the time that it is for.
SELECT recurring, tick_at FROM task_tower.tick WHERE job_id = $1
