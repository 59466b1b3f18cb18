-- Many jobs at once, as `JobBuilder::spawn` makes each.
SELECT mq_insert(array_agg(
    ROW(uuid_generate_v4(), interval '0', 4, interval '1 second', '', '', NULL, false, 'errand', payload, NULL)::mq_new_t
))
FROM unnest($1::text[]) AS payload
