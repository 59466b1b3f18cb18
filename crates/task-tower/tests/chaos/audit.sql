-- Notes every accepted change of hands and every accepted end, in the order in which each job's
-- row allowed them.
CREATE TABLE tower.witness (
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    job      uuid     NOT NULL,
    change   text     NOT NULL,
    lease    bigint   NOT NULL,
    worker   bigint   NOT NULL,
    attempt  integer  NOT NULL,
    refunded boolean  NOT NULL DEFAULT false,
    state    smallint NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION tower.note_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.state = 0 AND NEW.state = 1 THEN
        INSERT INTO tower.witness (job, change, lease, worker, attempt, state)
        VALUES (NEW.id, 'claimed', NEW.lease, NEW.worker_id, NEW.attempt, NEW.state);
    ELSIF OLD.state = 1 AND NEW.state = 0 THEN
        INSERT INTO tower.witness (job, change, lease, worker, attempt, refunded, state)
        VALUES (NEW.id, CASE WHEN NEW.crashed_at IS DISTINCT FROM OLD.crashed_at THEN 'rescued' ELSE 'returned' END,
                OLD.lease, OLD.worker_id, OLD.attempt, NEW.attempt < OLD.attempt, NEW.state);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION tower.note_end() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO tower.witness (job, change, lease, worker, attempt, state)
    VALUES (NEW.id, 'ended', NEW.lease, NEW.worker_id, NEW.attempt, NEW.state);
    RETURN NULL;
END
$$;

CREATE TRIGGER note_change AFTER UPDATE ON tower.job FOR EACH ROW EXECUTE FUNCTION tower.note_change();
CREATE TRIGGER note_end AFTER INSERT ON tower.history FOR EACH ROW EXECUTE FUNCTION tower.note_end();
