-- Unique enqueues. One that waits for somebody's open transaction would hold up those behind it, so it gives up soon.
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET jit = off;
SET statement_timeout = '30s';
SET lock_timeout = '50ms';
