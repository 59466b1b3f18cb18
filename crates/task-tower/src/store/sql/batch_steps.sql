-- What stands together among the jobs of the batch $1: those of one kind, in the order in which the first of each came, $3 kinds
-- at the most; the kinds of jobs outside of it that they await; and which of them await which, as rows of two sorts. Of a large batch the
-- $2 oldest and the $2 newest jobs are looked at, of each kind the $4 first and last are asked what they await, $5 jobs are
-- followed up, and $6 of those that are not among the ones looked at.
--
-- The time is that of the statement, and not of the clock, so that a job that is found twice is the same both times. BETWEEN and
-- not an equals sign, as the order is then only that of the index of the batch: by their ids alone, the jobs of all others would be passed.
WITH found AS MATERIALIZED (
    (
        SELECT id, kind, attempted_at, attempt, NULL::timestamptz AS finished_at,
               (CASE WHEN state = 1 THEN 2
                     WHEN run_at = 'infinity' THEN 7
                     WHEN run_at <= now() THEN 1
                     WHEN retrying THEN 6
                     ELSE 0 END)::smallint AS number
        FROM task_tower.job
        WHERE batch_id BETWEEN $1 AND $1
        ORDER BY batch_id, id
        LIMIT $2
    )
    UNION
    (
        SELECT id, kind, attempted_at, attempt, NULL::timestamptz,
               (CASE WHEN state = 1 THEN 2
                     WHEN run_at = 'infinity' THEN 7
                     WHEN run_at <= now() THEN 1
                     WHEN retrying THEN 6
                     ELSE 0 END)::smallint
        FROM task_tower.job
        WHERE batch_id BETWEEN $1 AND $1
        ORDER BY batch_id DESC, id DESC
        LIMIT $2
    )
    UNION
    (
        SELECT id, kind, attempted_at, attempt, finished_at, state
        FROM task_tower.history
        WHERE batch_id BETWEEN $1 AND $1
        ORDER BY batch_id, id
        LIMIT $2
    )
    UNION
    (
        SELECT id, kind, attempted_at, attempt, finished_at, state
        FROM task_tower.history
        WHERE batch_id BETWEEN $1 AND $1
        ORDER BY batch_id DESC, id DESC
        LIMIT $2
    )
),
placed AS (
    SELECT id, kind, attempted_at, attempt, finished_at, number,
           row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS all_found
    FROM found
),
members AS MATERIALIZED (
    SELECT id, kind, attempted_at, attempt, finished_at, number, place,
           row_number() OVER (PARTITION BY kind COLLATE "C" ORDER BY place) AS from_first,
           count(*) OVER (PARTITION BY kind COLLATE "C") AS of_kind
    FROM placed
    WHERE place <= $2 OR place > all_found - $2
),
kinds AS MATERIALIZED (
    SELECT kind, min(place) AS place
    FROM members
    GROUP BY kind
    ORDER BY place
    LIMIT $3
),
awaited AS MATERIALIZED (
    SELECT child.kind AS child_kind, dependency.parent_id
    FROM members AS child
    CROSS JOIN LATERAL (
        SELECT dependency.parent_id
        FROM task_tower.dependency
        WHERE dependency.child_id = child.id
        ORDER BY dependency.parent_id
        LIMIT 100
    ) AS dependency
    WHERE child.from_first <= $4 OR child.from_first > child.of_kind - $4
    LIMIT $5
),
others AS MATERIALIZED (
    SELECT DISTINCT awaited.child_kind, awaited.parent_id
    FROM awaited
    LEFT JOIN members ON members.id = awaited.parent_id
    WHERE members.id IS NULL
    LIMIT $6
),
strangers AS MATERIALIZED (
    SELECT others.child_kind, others.parent_id AS id,
           coalesce(job.batch_id, ended.batch_id) IS NOT DISTINCT FROM $1 AS is_member,
           coalesce(job.kind, ended.kind) AS kind,
           coalesce(job.attempted_at, ended.attempted_at) AS attempted_at,
           coalesce(job.attempt, ended.attempt) AS attempt,
           ended.finished_at,
           (CASE WHEN job.state = 1 THEN 2
                 WHEN job.run_at = 'infinity' THEN 7
                 WHEN job.run_at <= now() THEN 1
                 WHEN job.retrying THEN 6
                 WHEN job.state = 0 THEN 0
                 ELSE ended.state END)::smallint AS number
    FROM others
    LEFT JOIN task_tower.job ON job.id = others.parent_id
    LEFT JOIN LATERAL (
        SELECT history.batch_id, history.kind, history.attempted_at, history.attempt, history.finished_at, history.state
        FROM task_tower.history
        WHERE history.id = others.parent_id
        LIMIT 1
    ) AS ended ON true
    WHERE job.id IS NOT NULL OR ended.state IS NOT NULL
),
counted AS (
    SELECT false AS is_outside, kind, attempted_at, attempt, finished_at, number
    FROM members
    UNION ALL
    SELECT true, kind, attempted_at, attempt, finished_at, number
    FROM (SELECT DISTINCT id, kind, attempted_at, attempt, finished_at, number FROM strangers WHERE NOT is_member) AS stranger
),
steps AS (
    SELECT is_outside, kind,
           min(attempted_at) FILTER (WHERE attempt > 0) AS began_at,
           CASE WHEN count(*) = count(finished_at) THEN max(finished_at) END AS ended_at,
           ARRAY[
               count(*) FILTER (WHERE number = 0), count(*) FILTER (WHERE number = 1), count(*) FILTER (WHERE number = 2),
               count(*) FILTER (WHERE number = 3), count(*) FILTER (WHERE number = 4), count(*) FILTER (WHERE number = 5),
               count(*) FILTER (WHERE number = 6), count(*) FILTER (WHERE number = 7)
           ] AS numbers
    FROM counted
    GROUP BY is_outside, kind
),
edges AS (
    SELECT DISTINCT false AS from_outside, parent.kind AS from_kind, awaited.child_kind
    FROM awaited
    JOIN members AS parent ON parent.id = awaited.parent_id
    UNION
    SELECT NOT is_member, kind, child_kind
    FROM strangers
)
SELECT true AS is_step, steps.is_outside, steps.kind, kind.display_name, steps.began_at, steps.ended_at, steps.numbers, NULL::text AS child_kind,
       (SELECT count(*) FROM members) AS looked_at, coalesce(kinds.place, 0) AS place
FROM steps
LEFT JOIN kinds ON kinds.kind = steps.kind AND NOT steps.is_outside
LEFT JOIN task_tower.kind ON kind.name = steps.kind
WHERE steps.is_outside OR kinds.kind IS NOT NULL
UNION ALL
SELECT false, from_outside, from_kind, NULL, NULL, NULL, NULL, child_kind, 0, 0
FROM edges
ORDER BY is_step DESC, is_outside DESC, place, kind, child_kind
