-- Up to $2 batches inside of the batch $1, the oldest first, with their numbers as list_batches.sql has them.
SELECT batch.id, batch.parent_id, batch.name, batch.created_at, batch.closed_at, batch.ended_at,
       batch.total + coalesce(news.total, 0) AS total,
       batch.completed + coalesce(news.completed, 0) AS completed,
       batch.dead + coalesce(news.dead, 0) AS dead,
       batch.cancelled + coalesce(news.cancelled, 0) AS cancelled
FROM (
    SELECT id, parent_id, name, created_at, closed_at, ended_at, total, completed, dead, cancelled
    FROM task_tower.batch
    WHERE parent_id = $1
    ORDER BY id
    LIMIT $2
) AS batch
LEFT JOIN LATERAL (
    SELECT sum(total)::bigint AS total, sum(completed)::bigint AS completed, sum(dead)::bigint AS dead,
           sum(cancelled)::bigint AS cancelled
    FROM task_tower.batch_delta
    WHERE batch_delta.batch_id = batch.id
) AS news ON true
ORDER BY batch.id
