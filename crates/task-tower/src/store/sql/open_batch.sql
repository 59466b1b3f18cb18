-- Opens a batch by the documented function. Only plain types are bound, so that every driver can in the caller's own
-- transaction. $1 is its name, $2 to $4 are its callbacks as JSON, $5 is the batch around it, $6 the job on whose behalf
-- it is opened there, and $7 its id.
SELECT task_tower.open_batch(
    name => $1::text,
    on_finished => $2::text::jsonb,
    on_success => $3::text::jsonb,
    on_death => $4::text::jsonb,
    parent => $5::text::uuid,
    from_job => $6::text::uuid,
    id => $7::text::uuid
)::text AS answer
