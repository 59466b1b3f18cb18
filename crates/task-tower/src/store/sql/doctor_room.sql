-- How much room the database takes, and in which tablespaces our tables lie. What is left on a disk, the server does
-- not know.
SELECT pg_database_size(current_database()) AS database_bytes,
       (SELECT string_agg(DISTINCT spcname::text, ', ')
        FROM pg_class AS class
        JOIN pg_namespace ON pg_namespace.oid = class.relnamespace
        JOIN pg_database ON datname = current_database()
        JOIN pg_tablespace ON pg_tablespace.oid = coalesce(nullif(class.reltablespace, 0), dattablespace)
        WHERE nspname = 'task_tower' AND class.relkind IN ('r', 'i')) AS tablespaces
