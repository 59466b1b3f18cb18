-- Asks to be woken: from now on whoever enqueues into these queues sends a NOTIFY.
INSERT INTO task_tower.armed (queue, worker_id)
SELECT queue, $2 FROM unnest($1::text[]) AS queue
ON CONFLICT DO NOTHING
