-- Enqueues, and the question which of them have arrived. It is asked of tables that were empty a moment ago, too, as the
-- planner still believes.
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET jit = off;
SET statement_timeout = '30s';
