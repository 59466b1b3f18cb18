-- One job, and a worker that sleeps is woken by the commit.
WITH new AS (
    INSERT INTO job (payload)
    VALUES ($1::text::jsonb)
    RETURNING id
)
SELECT pg_notify('bench', '')
FROM new
