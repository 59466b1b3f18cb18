-- Every pair of queue and priority that ever held a job.
SELECT DISTINCT queue, priority FROM task_tower.lane
