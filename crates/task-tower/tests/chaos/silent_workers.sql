-- Two workers that have been silent since yesterday, the server being away. One may be silent for an
-- hour from when it is back, the other for a moment.
INSERT INTO tower.worker (host, process_id, version, slots, kinds, queues, dead_after, heartbeat_at)
VALUES
    ('patient', 1, '0', 1, '{}', '{}', interval '1 hour', now() - interval '1 day'),
    ('impatient', 2, '0', 1, '{}', '{}', interval '100 ms', now() - interval '1 day');
