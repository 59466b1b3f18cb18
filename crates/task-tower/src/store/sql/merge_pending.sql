-- Moves what was added to the history from the pending lists of its inverted index to where it belongs, one process
-- at a time. An index that is not there, or is somebody else's, is left alone.
SELECT CASE
    WHEN pg_try_advisory_xact_lock(hashtextextended('task_tower' || '.merge_pending', 0))
    THEN (
        SELECT sum(gin_clean_pending_list(leaf.relid))
        FROM (
            SELECT tree.relid
            FROM pg_partition_tree(to_regclass(quote_ident('task_tower') || '.history_search')) AS tree
            JOIN pg_class ON pg_class.oid = tree.relid
            WHERE tree.isleaf AND pg_has_role(pg_class.relowner, 'USAGE')
            OFFSET 0
        ) AS leaf)
END
