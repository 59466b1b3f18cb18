-- Wakes the workers of the queues $1, whose jobs are committed already: for a client that could not tell them by Redis.
SELECT pg_notify(task_tower.channel(), queue)
FROM unnest($1::text[]) AS queue
