-- Questions of people, and upkeep that reads whole tables.
SET jit = off;
SET statement_timeout = '30s';
