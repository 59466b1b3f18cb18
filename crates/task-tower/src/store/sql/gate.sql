-- The first transaction that begins after the arming: older ones may not have seen it.
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint
