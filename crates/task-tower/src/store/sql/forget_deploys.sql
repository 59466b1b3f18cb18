-- Removes versions of the program of which no worker has begun for 31 days and none is listed, and the oldest when there are
-- more than 10,000.
DELETE FROM task_tower.deploy
WHERE (last_at < now() - interval '31 days'
       AND NOT EXISTS (SELECT FROM task_tower.worker WHERE worker.app_version = deploy.app_version))
   OR last_at < (SELECT last_at FROM task_tower.deploy ORDER BY last_at DESC OFFSET 10000 LIMIT 1)
