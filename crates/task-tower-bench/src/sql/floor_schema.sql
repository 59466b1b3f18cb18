-- The least that a queue written by hand can do with: one table, and an index that finds what waits.
CREATE TABLE IF NOT EXISTS job (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state       smallint    NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    payload     jsonb       NOT NULL
);
CREATE INDEX IF NOT EXISTS job_waiting ON job (id) WHERE state = 0;
