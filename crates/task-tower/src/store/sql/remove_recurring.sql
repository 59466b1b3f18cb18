-- Removes a recurring job. What waited for the end of an earlier job of it is left out; what was enqueued stays.
WITH gone AS (
    DELETE FROM task_tower.recurring WHERE name = $1 RETURNING name
),
left_out AS (
    UPDATE task_tower.tick SET outcome = 'skipped' FROM gone WHERE tick.recurring = gone.name AND tick.outcome = 'queued'
)
SELECT name FROM gone
