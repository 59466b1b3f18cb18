-- Jobs :first to :last, a quarter as many finished ones, and what belongs to some of them. Ninety run; of the others each tenth is
-- scheduled, in a queue in which nothing else is, and each twentieth waits for a retry. Half of all are in one queue, the
-- rest in four others.
--
-- Nobody is woken for them, and nobody waits for a disk.
SET session_replication_role = replica;

CREATE FUNCTION pg_temp.id_of(number integer, kind text) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (lpad(to_hex(1700000000000 + number * 10::bigint), 12, '0') || '7' || kind || '8' || lpad(to_hex(number), 15, '0'))::uuid;

INSERT INTO task_tower.lane (queue, priority)
SELECT queue, priority
FROM unnest('{default,later,queue-1,queue-2,queue-3,queue-4}'::text[]) AS queue
CROSS JOIN generate_series(0, 1) AS priority
WHERE :first = 1;

INSERT INTO task_tower.job (
    id, run_at, created_at, worker_id, lease, attempt, failures, priority, state, retrying, kind, queue, payload, unique_key,
    error_group, batch_id)
SELECT pg_temp.id_of(number, '001'),
       now() + interval '10 ms' * number - interval '1 day'
           + CASE WHEN number % 10 = 3 OR number % 20 = 7 THEN interval '10 days' ELSE interval '0' END,
       now() - interval '1 day',
       CASE WHEN number <= 100 AND number % 10 <> 3 THEN :worker ELSE 0 END,
       CASE WHEN number <= 100 AND number % 10 <> 3 THEN 1 ELSE 0 END,
       CASE WHEN number <= 100 AND number % 10 <> 3 THEN 1 ELSE 0 END,
       (number % 20 = 7)::integer,
       (number % 100 = 1)::integer,
       CASE WHEN number <= 100 AND number % 10 <> 3 THEN 1 ELSE 0 END,
       number % 20 = 7,
       'probe',
       CASE WHEN number % 10 = 3 THEN 'later' WHEN number % 2 = 0 THEN 'default' ELSE 'queue-' || number % 4 + 1 END,
       '{"number": 1, "label": "a payload as most are, neither tiny nor large"}',
       CASE WHEN number % 100 = 5 THEN 'key-' || number END,
       CASE WHEN number % 20 = 7 THEN 'group-' || number % 1000 END,
       CASE WHEN number % 50 = 9 THEN pg_temp.id_of(number % 1000, '002') END
FROM generate_series(:first, :last) AS number;

INSERT INTO task_tower.history (
    id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes, max_retries, priority,
    state, kind, queue, tags, payload, error_group)
SELECT pg_temp.id_of(number, '000'), now(), now(), now(), now(), :worker, 1, 1, 0, 0, 10, 0,
       CASE WHEN number % 100 = 1 THEN 4 WHEN number % 100 = 5 THEN 5 ELSE 3 END,
       'probe', CASE WHEN number % 8 = 1 THEN 'default' ELSE 'queue-' || number % 4 + 1 END, '{}', '{"number": 1}',
       CASE WHEN number % 100 = 1 THEN 'group-' || number % 1000 END
FROM generate_series(:first, :last, 4) AS number;

UPDATE task_tower.worker
SET running = ARRAY(SELECT id FROM task_tower.job WHERE state = 1 ORDER BY id LIMIT 64)
WHERE :first = 1;

-- One in ten: as much as the planner needs to take it for a large table.
CREATE TEMPORARY TABLE few AS SELECT number FROM generate_series(:first, :last, 10) AS number;

INSERT INTO task_tower.untold (job_id, job_lease, stage, kind)
SELECT pg_temp.id_of(number, '000'), 1, 'death', 'probe' FROM few;

INSERT INTO task_tower.batch (id)
SELECT pg_temp.id_of(number, '002') FROM few;

INSERT INTO task_tower.batch_callback (batch_id, event, job)
SELECT pg_temp.id_of(number, '002'), 'finished', '{"kind": "probe"}' FROM few;

INSERT INTO task_tower.batch_delta (batch_id, total)
SELECT pg_temp.id_of(number, '002'), 1 FROM few;

INSERT INTO task_tower.dependency (child_id, parent_id, place)
SELECT pg_temp.id_of(number, '000'), pg_temp.id_of(number, '001'), 1 FROM few;

INSERT INTO task_tower.awaiting (job_id, pending, runs_anyway)
SELECT pg_temp.id_of(number, '000'), 1, false FROM few;

INSERT INTO task_tower.parent_event (parent_id, state)
SELECT pg_temp.id_of(number, '001'), 3 FROM few;

INSERT INTO task_tower.log (job_id, lease, number, attempt, at, level, target, message)
SELECT pg_temp.id_of(number, '000'), 1, 1, 1, now(), 3, 'probe', 'A line, as lines are.' FROM few;

INSERT INTO task_tower.progress (job_id, lease, attempt, done, total)
SELECT pg_temp.id_of(number, '000'), 1, 1, 1, 2 FROM few;

INSERT INTO task_tower.tally (axis, name, step, at, completed)
SELECT 'kind', 'probe-' || number, 1, now(), 1 FROM few;

INSERT INTO task_tower.error_group (fingerprint, kind, class, message, first_seen_at, last_seen_at, occurrences, sample_job, queues)
SELECT 'group-' || number, 'probe', 'Failure', 'It failed.', now(), now(), 1, pg_temp.id_of(number, '000'), '{}' FROM few
WHERE number <= 10000;

INSERT INTO task_tower.error_tally (fingerprint, step, at, count)
SELECT 'group-' || number, 1, now(), 1 FROM few;

INSERT INTO task_tower.depth (at, queue)
SELECT now() - interval '1 minute' * number, 'default' FROM few;

INSERT INTO task_tower.recurring (
    name, kind, payload, queue, priority, max_retries, tags, expression, zone, missed, overlap, jitter_ms, next_at, skips_next,
    is_edited)
SELECT 'recurring-' || number, 'probe', '{}', 'default', 0, 10, '{}', '@hourly', 'UTC', 'once', 'queue', 0,
       now() - interval '1 day' + interval '1 second' * number, false, false
FROM few WHERE number <= 10000;

INSERT INTO task_tower.tick (recurring, tick_at, job_id, outcome)
SELECT 'recurring-' || number % 100, now() - interval '2 days' + interval '1 ms' * number,
       CASE WHEN number % 100 < 50 THEN pg_temp.id_of(number, '000') END,
       CASE WHEN number % 100 < 50 THEN 'enqueued' ELSE 'overlap' END
FROM few;

INSERT INTO task_tower.tick (recurring, tick_at, outcome)
SELECT 'recurring-1', now(), 'queued' WHERE :first = 1;

INSERT INTO task_tower.audit (actor, action, target)
SELECT 'somebody', 'probe', 'a job' FROM few;
