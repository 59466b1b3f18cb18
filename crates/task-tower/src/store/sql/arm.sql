-- Asks to be woken: from now on whoever enqueues into these queues publishes by Redis ($3), or sends a NOTIFY.
INSERT INTO task_tower.armed (queue, worker_id, by_redis)
SELECT queue, $2, $3 FROM unnest($1::text[]) AS queue
ON CONFLICT (queue, worker_id) DO UPDATE SET by_redis = excluded.by_redis
WHERE armed.by_redis <> excluded.by_redis
