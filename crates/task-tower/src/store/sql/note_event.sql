-- Adds an event to a job, wherever it is. An event is a note: one that finds no job is dropped.
WITH live AS (
    UPDATE task_tower.job
    SET events = task_tower.append_event(events, jsonb_build_object('at', clock_timestamp()) || $2::text::jsonb)
    WHERE id = $1
    RETURNING id
)
UPDATE task_tower.history
SET events = task_tower.append_event(events, jsonb_build_object('at', clock_timestamp()) || $2::text::jsonb)
WHERE id = $1
