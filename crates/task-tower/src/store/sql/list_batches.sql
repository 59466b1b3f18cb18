-- The batch $1, or else up to $3 batches before $2, the newest first, with what is noted for them and not added up yet.
SELECT batch.id, batch.parent_id, batch.name, batch.created_at, batch.closed_at, batch.ended_at,
       batch.total + coalesce(news.total, 0) AS total,
       batch.completed + coalesce(news.completed, 0) AS completed,
       batch.dead + coalesce(news.dead, 0) AS dead,
       batch.cancelled + coalesce(news.cancelled, 0) AS cancelled
FROM (
    SELECT id, parent_id, name, created_at, closed_at, ended_at, total, completed, dead, cancelled
    FROM task_tower.batch
    WHERE ($1::uuid IS NULL OR batch.id = $1) AND ($2::uuid IS NULL OR batch.id < $2)
    ORDER BY batch.id DESC
    LIMIT $3
) AS batch
LEFT JOIN LATERAL (
    SELECT sum(total)::bigint AS total, sum(completed)::bigint AS completed, sum(dead)::bigint AS dead,
           sum(cancelled)::bigint AS cancelled
    FROM task_tower.batch_delta
    WHERE batch_delta.batch_id = batch.id
) AS news ON true
ORDER BY batch.id DESC
