-- Forgets what was audited more than a year ago.
DELETE FROM task_tower.audit WHERE at < clock_timestamp() - interval '365 days'
