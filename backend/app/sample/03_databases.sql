-- Settings and rights of the two databases. Run in database postgres, as its superuser.

ALTER DATABASE shop      SET timezone = 'UTC';
ALTER DATABASE warehouse SET timezone = 'UTC';

COMMENT ON DATABASE shop      IS 'Harbour & Pine, the shop / 港松百货交易库';
COMMENT ON DATABASE warehouse IS 'Harbour & Pine, the warehouse / 港松百货数据仓库';

REVOKE ALL ON DATABASE shop, warehouse FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO cadastre_reader, shop_link;
GRANT CONNECT ON DATABASE warehouse TO cadastre_reader;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE shop TO shop_app, hr_app;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE warehouse TO etl, analytics, data_science;
