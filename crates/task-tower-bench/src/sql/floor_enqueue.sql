-- One job, and nobody is told.
INSERT INTO job (payload)
VALUES ($1::text::jsonb)
