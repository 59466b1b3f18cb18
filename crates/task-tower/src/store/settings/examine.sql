-- A look at how everything fares. It changes nothing and ends soon, and does not read a large table from its beginning for
-- want of statistics.
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET jit = off;
SET statement_timeout = '2s';
SET lock_timeout = '500ms';
SET default_transaction_read_only = on;
