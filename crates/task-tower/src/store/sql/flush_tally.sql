-- Adds what the worker $1 counted to the minute and to the hour. $2 is the number of the flush: one that
-- is here already, since its answer was lost, adds nothing. Rows come sorted, so that workers lock them in
-- one order.
WITH fresh AS (
    INSERT INTO task_tower.flush AS flush (worker_id, part, number)
    VALUES ($1, 'counts', $2)
    ON CONFLICT (worker_id, part) DO UPDATE SET number = excluded.number WHERE flush.number < excluded.number
    RETURNING number
)
INSERT INTO task_tower.tally AS tally (axis, name, step, at, completed, failed, dead, cancelled, waits, runs)
SELECT new.axis, new.name, span.step, date_trunc(span.unit, now(), 'UTC'),
       new.completed, new.failed, new.dead, new.cancelled, new.waits::integer[], new.runs::integer[]
FROM fresh
CROSS JOIN unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[])
    AS new (axis, name, completed, failed, dead, cancelled, waits, runs)
CROSS JOIN (VALUES (1::smallint, 'minute'), (60::smallint, 'hour')) AS span (step, unit)
ORDER BY new.axis, new.name, span.step
ON CONFLICT (axis, name, step, at) DO UPDATE
SET completed = tally.completed + excluded.completed,
    failed = tally.failed + excluded.failed,
    dead = tally.dead + excluded.dead,
    cancelled = tally.cancelled + excluded.cancelled,
    waits = task_tower.add_up(tally.waits, excluded.waits),
    runs = task_tower.add_up(tally.runs, excluded.runs)
