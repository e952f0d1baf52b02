-- Sequences behind the rows that came with their numbers, statistics, and the generator goes.

DO $$
DECLARE
  c record;
BEGIN
  FOR c IN
    SELECT table_schema, table_name, column_name FROM information_schema.columns
     WHERE is_identity = 'YES' AND identity_generation = 'BY DEFAULT'
  LOOP
    EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), (SELECT max(%I) FROM %I.%I))',
                   format('%I.%I', c.table_schema, c.table_name), c.column_name, c.column_name, c.table_schema, c.table_name);
  END LOOP;
END
$$;

SET LOCAL client_min_messages = warning;
DROP SCHEMA gen CASCADE;
ANALYZE;
