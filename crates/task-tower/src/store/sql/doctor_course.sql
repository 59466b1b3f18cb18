-- How long the oldest transaction was open in each of the last 60 minutes that was sampled, with the number of the minute.
SELECT (extract(epoch FROM depth.at - range.first_at) / 60)::integer AS minute, depth.oldest_transaction_ms
FROM (SELECT date_trunc('minute', now(), 'UTC') - interval '59 min' AS first_at) AS range
JOIN task_tower.depth ON depth.at >= range.first_at AND depth.queue = ''
WHERE depth.oldest_transaction_ms IS NOT NULL
ORDER BY depth.at
