-- Whether to read all live jobs is a matter of a moment.
SELECT pg_relation_size(to_regclass(quote_ident('task_tower') || '.job')) <= 1024 * 1024
