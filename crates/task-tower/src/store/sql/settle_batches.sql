-- Adds up what was noted for up to $1 batches, ends those that are closed and have nothing left to wait for, and
-- enqueues their callbacks, all in one statement: it happens or it does not, and what is told when its answer is lost is
-- told by the next one. Returns how many batches there were, and how many callbacks.
--
-- A batch is worked on by one worker at a time: it holds its row, and others pass it by. What was noted is seen in the
-- order of the commits, so nobody sees the end of a job without having seen it come; that the batch was closed is
-- noted in the same way, and counts only with all that came before.
--
-- Lists of ids, and not joins, so that nothing is read beside what they name.
WITH told AS MATERIALIZED (
    SELECT DISTINCT batch_id
    FROM task_tower.batch_delta
    LIMIT $1
),
held AS MATERIALIZED (
    SELECT batch.id, batch.parent_id, batch.ended_at, batch.total, batch.completed, batch.dead, batch.cancelled,
           batch.is_sealed, batch.has_died, batch.counts_as
    FROM task_tower.batch
    WHERE batch.id = ANY (ARRAY(SELECT batch_id FROM told))
    ORDER BY batch.id
    FOR UPDATE OF batch SKIP LOCKED
),
taken AS (
    DELETE FROM task_tower.batch_delta
    WHERE batch_delta.batch_id = ANY (ARRAY(SELECT id FROM held))
    RETURNING batch_delta.batch_id, batch_delta.total, batch_delta.completed, batch_delta.dead, batch_delta.cancelled,
              batch_delta.closes
),
news AS (
    SELECT batch_id, sum(total)::bigint AS total, sum(completed)::bigint AS completed, sum(dead)::bigint AS dead,
           sum(cancelled)::bigint AS cancelled, bool_or(closes) AS closes, bool_or(dead > 0) AS dies
    FROM taken
    GROUP BY batch_id
),
added AS (
    SELECT held.id, held.parent_id, held.ended_at, held.counts_as AS counted_as,
           held.total + news.total AS total,
           held.completed + news.completed AS completed,
           held.dead + news.dead AS dead,
           held.cancelled + news.cancelled AS cancelled,
           held.is_sealed OR news.closes AS is_sealed,
           held.has_died OR news.dies AS has_died
    FROM held
    JOIN news ON news.batch_id = held.id
),
judged AS MATERIALIZED (
    SELECT id, parent_id, ended_at, counted_as, total, completed, dead, cancelled, is_sealed, has_died,
           (CASE WHEN NOT is_sealed OR completed + dead + cancelled < total THEN NULL
                 WHEN dead > 0 THEN 4
                 WHEN cancelled > 0 THEN 5
                 ELSE 3 END)::smallint AS counts_as
    FROM added
),
written AS (
    UPDATE task_tower.batch
    SET total = judged.total,
        completed = judged.completed,
        dead = judged.dead,
        cancelled = judged.cancelled,
        is_sealed = judged.is_sealed,
        has_died = judged.has_died,
        counts_as = judged.counts_as,
        ended_at = CASE WHEN judged.counts_as IS NOT NULL THEN coalesce(judged.ended_at, clock_timestamp()) END
    FROM judged
    WHERE batch.id = ANY (ARRAY(SELECT id FROM judged))
      AND batch.id = judged.id
),
passed_on AS (
    -- As one member of the batch around it.
    INSERT INTO task_tower.batch_delta (batch_id, completed, dead, cancelled)
    SELECT parent_id,
           coalesce(counts_as = 3, false)::integer - coalesce(counted_as = 3, false)::integer,
           coalesce(counts_as = 4, false)::integer - coalesce(counted_as = 4, false)::integer,
           coalesce(counts_as = 5, false)::integer - coalesce(counted_as = 5, false)::integer
    FROM judged
    WHERE parent_id IS NOT NULL AND counts_as IS DISTINCT FROM counted_as
),
called AS (
    UPDATE task_tower.batch_callback
    SET enqueued_at = clock_timestamp(),
        job_id = task_tower.new_id()
    FROM judged
    WHERE batch_callback.batch_id = ANY (ARRAY(SELECT id FROM judged))
      AND batch_callback.batch_id = judged.id
      AND batch_callback.enqueued_at IS NULL
      AND CASE batch_callback.event
              WHEN 'finished' THEN judged.counts_as IS NOT NULL
              WHEN 'success' THEN judged.counts_as = 3
              ELSE judged.has_died
          END
    RETURNING batch_callback.job, batch_callback.job_id
)
SELECT (SELECT count(*) FROM judged),
       (SELECT count(task_tower.enqueue_json(called.job, called.job_id)) FROM called)
