-- Waits until no other transaction is at this point with unique jobs of this kind. Two of them that take many
-- keys in different orders would otherwise wait for each other. That a key is taken once is not due to this.
SELECT pg_advisory_xact_lock(hashtextextended('task_tower' || '.unique.' || $1::text, 0))
