-- The oldest 500 that nobody else is about to take.
UPDATE job
SET state = 1
WHERE id = ANY (ARRAY(
    SELECT waiting.id
    FROM job AS waiting
    WHERE waiting.state = 0
    ORDER BY waiting.id
    LIMIT 500
    FOR UPDATE SKIP LOCKED
))
RETURNING id, payload::text
