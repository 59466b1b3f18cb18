-- Whether the history has its inverted index, whole on every partition.
SELECT EXISTS (
    SELECT FROM pg_index
    JOIN pg_class ON pg_class.oid = pg_index.indexrelid
    JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
    WHERE pg_namespace.nspname = 'task_tower' AND pg_class.relname = 'history_search' AND pg_index.indisvalid)
