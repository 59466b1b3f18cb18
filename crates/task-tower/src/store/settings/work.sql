-- The engine's own statements. Their plans must not depend on statistics: one that was made while a table was empty
-- would be a sequential scan, and would stay. JIT would compile every plan that has a disabled, hence
-- expensive, node in it.
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET jit = off;
SET plan_cache_mode = force_generic_plan;
SET statement_timeout = '30s';
