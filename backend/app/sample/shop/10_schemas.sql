-- Schemas, default rights, types of the shop.

CREATE SCHEMA catalog   AUTHORIZATION shop_app;
CREATE SCHEMA crm       AUTHORIZATION shop_app;
CREATE SCHEMA sales     AUTHORIZATION shop_app;
CREATE SCHEMA logistics AUTHORIZATION shop_app;
CREATE SCHEMA web       AUTHORIZATION shop_app;
CREATE SCHEMA hr        AUTHORIZATION hr_app;

COMMENT ON SCHEMA catalog   IS 'What we sell / 商品';
COMMENT ON SCHEMA crm       IS 'Customers / 客户';
COMMENT ON SCHEMA sales     IS 'Orders, money, reviews / 交易';
COMMENT ON SCHEMA logistics IS '仓储与配送';
COMMENT ON SCHEMA web       IS 'Clickstream of the web shop';

GRANT USAGE ON SCHEMA catalog, crm, sales, logistics, web, hr TO cadastre_reader;
GRANT USAGE ON SCHEMA catalog, crm, sales, logistics, web TO shop_link;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_app GRANT SELECT ON TABLES TO cadastre_reader, shop_link;
ALTER DEFAULT PRIVILEGES FOR ROLE hr_app   GRANT SELECT ON TABLES TO cadastre_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_app GRANT USAGE ON SCHEMAS TO cadastre_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_app GRANT SELECT ON SEQUENCES TO cadastre_reader;

SET LOCAL ROLE shop_app;

CREATE TYPE catalog.product_status AS ENUM ('draft', 'active', 'discontinued');
CREATE TYPE sales.payment_method   AS ENUM ('card', 'wallet', 'bank_transfer', 'gift_card', 'cash');
CREATE TYPE sales.sales_channel    AS ENUM ('web', 'app', 'store', 'phone');

CREATE DOMAIN sales.money_amount AS numeric(12, 2);
COMMENT ON DOMAIN sales.money_amount IS 'Amount of money, two decimals; the currency stands beside it';
CREATE DOMAIN catalog.sku AS text CHECK (VALUE ~ '^HP-[0-9]{5}$');
CREATE DOMAIN crm.percent AS numeric(5, 2) CHECK (VALUE BETWEEN 0 AND 100);
COMMENT ON DOMAIN crm.percent IS '百分比，0 到 100';
