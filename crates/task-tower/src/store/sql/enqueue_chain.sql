-- Enqueues jobs each of which awaits the one before it, by the documented function. Only plain types are bound, so that every
-- driver can in the caller's own transaction. $1 is the list of the jobs as JSON, $2 their batch, and $3 a job of that on
-- whose behalf they come. The answer has their ids, joined by commas.
SELECT array_to_string(task_tower.enqueue_chain(
    chain => $1::text::jsonb,
    batch_id => $2::text::uuid,
    from_job => $3::text::uuid
), ',') AS answer
