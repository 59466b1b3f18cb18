-- Whether there is something to add up for batches, or to look after for jobs that await others.
SELECT EXISTS (SELECT FROM task_tower.batch_delta),
       EXISTS (SELECT FROM task_tower.parent_event)
