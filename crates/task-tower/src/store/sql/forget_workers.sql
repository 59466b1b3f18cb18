-- Removes workers that ended more than a day ago, unless a job still names them.
DELETE FROM task_tower.worker WHERE ended_at < clock_timestamp() - interval '1 day'
