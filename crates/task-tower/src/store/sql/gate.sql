-- The first transaction that begins from now on: older ones may not have seen that the worker is armed.
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint
