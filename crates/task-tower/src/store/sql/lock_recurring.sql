-- Waits until no other program sets the recurring jobs of its code; two of them would otherwise set one each, and wait
-- for each other.
SELECT pg_advisory_xact_lock(hashtextextended('task_tower' || '.recurring', 0))
