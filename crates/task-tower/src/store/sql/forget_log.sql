-- Removes the log and the progress of jobs of a state that ended on a day which is about to be dropped, see drop_partitions: of the
-- next 10,000 such jobs after the id $3, in the order of their ids. Returns the last of them; nothing when there are no more.
WITH old AS MATERIALIZED (
    SELECT id
    FROM task_tower.history
    WHERE state = $1::smallint
      AND finished_at < date_trunc('day', now() - make_interval(secs => $2::bigint / 1000.0), 'UTC')
      AND id > $3::uuid
    ORDER BY id
    LIMIT 10000
),
gone AS (
    DELETE FROM task_tower.log USING old WHERE log.job_id = old.id
),
forgotten AS (
    DELETE FROM task_tower.progress USING old WHERE progress.job_id = old.id
)
SELECT id FROM old ORDER BY id DESC LIMIT 1
