-- Whether no other living worker is older: for duties that one of them does for all.
SELECT NOT EXISTS (SELECT FROM task_tower.worker WHERE id < $1 AND ended_at IS NULL)
