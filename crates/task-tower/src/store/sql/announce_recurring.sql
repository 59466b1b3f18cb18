-- Tells the workers, once the change is committed, that recurring jobs have changed.
SELECT pg_notify(task_tower.channel(), '*recurring')
