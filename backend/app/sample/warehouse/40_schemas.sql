-- Schemas and default rights of the warehouse.

CREATE SCHEMA shop_ext AUTHORIZATION etl;
CREATE SCHEMA raw      AUTHORIZATION etl;
CREATE SCHEMA staging  AUTHORIZATION etl;
CREATE SCHEMA mart     AUTHORIZATION analytics;
CREATE SCHEMA ml       AUTHORIZATION data_science;

COMMENT ON SCHEMA shop_ext IS 'Windows into the shop database (foreign tables)';
COMMENT ON SCHEMA raw      IS 'As delivered, never corrected / 原始层';
COMMENT ON SCHEMA staging  IS 'Cleaned, one name for one thing / 清洗层';
COMMENT ON SCHEMA mart     IS 'For people and reports / 集市层';
COMMENT ON SCHEMA ml       IS 'Features for models';

GRANT USAGE ON SCHEMA shop_ext, raw, staging, mart, ml TO cadastre_reader;
GRANT USAGE ON SCHEMA staging TO analytics, data_science;
GRANT USAGE ON SCHEMA mart TO data_science;

ALTER DEFAULT PRIVILEGES FOR ROLE etl          GRANT SELECT ON TABLES TO cadastre_reader, analytics, data_science;
ALTER DEFAULT PRIVILEGES FOR ROLE analytics    GRANT SELECT ON TABLES TO cadastre_reader, data_science;
ALTER DEFAULT PRIVILEGES FOR ROLE data_science GRANT SELECT ON TABLES TO cadastre_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE etl          GRANT USAGE ON SCHEMAS TO cadastre_reader;
