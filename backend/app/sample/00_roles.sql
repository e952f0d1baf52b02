-- The roles of the sample cluster. Run once, in database postgres, as its superuser.
--
-- The caller sets the reader's password for the session first; none lies in these files:
--   SELECT set_config('cadastre.reader_password', $1, false)

-- Owners. Nobody signs in as these.
CREATE ROLE shop_app     NOLOGIN;
CREATE ROLE hr_app       NOLOGIN;
CREATE ROLE etl          NOLOGIN;
CREATE ROLE analytics    NOLOGIN;
CREATE ROLE data_science NOLOGIN;

-- The nightly jobs write into the marts of their neighbours.
GRANT analytics, data_science TO etl;

COMMENT ON ROLE shop_app     IS 'Owns the shop database: the web shop and the tills';
COMMENT ON ROLE hr_app       IS 'Owns the staff tables / 人事系统';
COMMENT ON ROLE etl          IS 'Runs the nightly jobs; owns raw and staging / 数据加工';
COMMENT ON ROLE analytics    IS 'Owns the marts / 数据分析组';
COMMENT ON ROLE data_science IS 'Owns the feature tables';

-- How the warehouse reads the shop. Its password is drawn at random in warehouse/41 and kept nowhere else.
CREATE ROLE shop_link LOGIN NOINHERIT CONNECTION LIMIT 8;
COMMENT ON ROLE shop_link IS 'Foreign data wrapper of the warehouse, reads the shop';

-- What Cadastre crawls with: no superuser, no writing.
CREATE ROLE cadastre_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
ALTER ROLE cadastre_reader SET default_transaction_read_only = on;
COMMENT ON ROLE cadastre_reader IS 'Read-only: catalogue, profiles, samples, rules';

DO $$
BEGIN
  IF coalesce(current_setting('cadastre.reader_password', true), '') = '' THEN
    RAISE EXCEPTION 'cadastre.reader_password is not set: the caller chooses it';
  END IF;
  EXECUTE format('ALTER ROLE cadastre_reader PASSWORD %L', current_setting('cadastre.reader_password'));
END
$$;
