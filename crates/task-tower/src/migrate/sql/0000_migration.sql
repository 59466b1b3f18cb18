-- Which migrations this schema has had. Stands before all of them.
CREATE TABLE task_tower.migration (
    version    integer     PRIMARY KEY,
    name       text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE  task_tower.migration IS 'Migrations that this schema has had.';
COMMENT ON COLUMN task_tower.migration.version IS 'Its number.';
COMMENT ON COLUMN task_tower.migration.name IS 'Its name.';
COMMENT ON COLUMN task_tower.migration.applied_at IS 'When it was applied.';
