-- A process begins to work.
INSERT INTO task_tower.worker (host, process_id, version, slots, kinds, queues, dead_after)
VALUES ($1, $2, $3, $4, $5, $6, make_interval(secs => $7::bigint / 1000.0))
RETURNING id
