-- The newest jobs, live and finished, for what people may want to find: a sample. Large payloads are left out.
SELECT queue, kind, tags, CASE WHEN pg_column_size(payload) <= 2000 THEN payload END AS payload
FROM (
    (SELECT id, queue, kind, tags, payload FROM task_tower.job ORDER BY id DESC LIMIT 10000)
    UNION ALL
    (SELECT id, queue, kind, tags, payload FROM task_tower.history ORDER BY id DESC LIMIT 10000)
) AS newest
ORDER BY id DESC
LIMIT 10000
