-- Staging: tables that jobs fill, and views that need none.

SET LOCAL ROLE etl;

CREATE TABLE staging.stg_customers (
  customer_id integer PRIMARY KEY, customer_no text, full_name text, email text, email_is_valid boolean, phone text, birth_date date, gender text,
  language text, marketing boolean, is_test boolean, registered_at timestamptz, updated_at timestamptz, loaded_at timestamptz
);
CREATE TABLE staging.stg_products (
  product_id integer PRIMARY KEY, sku text, barcode text, name text, name_zh text, category_id integer, brand_id integer, status text,
  list_price numeric(12, 2), unit_cost numeric(12, 2), margin_pct numeric(6, 2), weight_kg numeric(8, 3), colour text, material text, launched_on date, loaded_at timestamptz
);
CREATE TABLE staging.stg_orders (
  order_id bigint PRIMARY KEY, order_no text, customer_id integer, channel text, store_id smallint, status text, status_as_sent text, currency text,
  subtotal numeric(12, 2), discount numeric(12, 2), shipping_fee numeric(12, 2), total_amount numeric(12, 2), ordered_at timestamptz, ordered_on date, loaded_at timestamptz
);
CREATE TABLE staging.stg_payments (
  payment_id bigint PRIMARY KEY, order_id bigint, method text, amount numeric(12, 2), currency text, state text, paid_at timestamptz, paid_on date, loaded_at timestamptz
);
CREATE TABLE staging.stg_exchange_rates (
  currency text, rate_date date, rate_cny numeric(12, 6), carried_forward boolean, PRIMARY KEY (currency, rate_date)
);

CREATE VIEW staging.stg_addresses AS
SELECT address_id, customer_id, kind, btrim(line1) AS line1,
       CASE WHEN line2 NOT IN ('N/A', 'null', '-', '无') THEN line2 END AS line2,
       btrim(city) AS city, province, postcode,
       CASE WHEN country_code IN ('China', '中国', 'cn') THEN 'CN' ELSE upper(country_code) END AS country_code,
       is_default, _loaded_at AS loaded_at
  FROM raw.addresses;

CREATE VIEW staging.stg_categories AS
WITH RECURSIVE tree AS (
  SELECT category_id, code, name_en AS path_en, name_zh AS path_zh, name_en AS top_en, name_zh AS top_zh, 1 AS depth
    FROM raw.categories
   WHERE parent_id IS NULL
  UNION ALL
  SELECT c.category_id, c.code, t.path_en || ' › ' || c.name_en, t.path_zh || ' › ' || c.name_zh, t.top_en, t.top_zh, t.depth + 1
    FROM raw.categories c
    JOIN tree t ON t.category_id = c.parent_id
)
SELECT category_id, code, path_en, path_zh, top_en, top_zh, depth FROM tree;

CREATE VIEW staging.stg_order_items AS
SELECT order_id, line_no, product_id, quantity, unit_price, discount, quantity * unit_price - discount AS line_total, _loaded_at AS loaded_at
  FROM raw.order_items;

CREATE VIEW staging.stg_refunds AS
SELECT r.refund_id, r.payment_id, p.order_id, abs(r.amount) AS amount, p.currency, upper(r.reason) AS reason, r.refunded_at, r.refunded_at::date AS refunded_on
  FROM raw.refunds r
  JOIN staging.stg_payments p USING (payment_id);

CREATE VIEW staging.stg_shipments AS
SELECT s.shipment_id, s.order_id, c.name AS carrier, c.promise_days, d.code AS depot, s.tracking_no, s.shipped_at, s.delivered_at, s._loaded_at AS loaded_at
  FROM raw.shipments s
  JOIN raw.carriers c USING (carrier_id)
  JOIN raw.depots d USING (depot_id);

CREATE VIEW staging.stg_events AS
SELECT DISTINCT ON (event_id) event_id, session_id, customer_id, kind, product_id, properties ->> 'q' AS search_text, occurred_at, occurred_at::date AS occurred_on, _loaded_at AS loaded_at
  FROM raw.events
 ORDER BY event_id, _loaded_at DESC;

CREATE VIEW staging.stg_sessions AS
SELECT session_id, customer_id, device, coalesce(referrer, 'unknown') AS referrer, started_at, started_at::date AS started_on,
       CASE WHEN ended_at >= started_at THEN extract(epoch FROM ended_at - started_at)::integer END AS seconds
  FROM raw.sessions;

CREATE VIEW staging.stg_reviews AS
SELECT review_id, product_id, customer_id, rating, title, body, created_at::date AS reviewed_on
  FROM raw.reviews
 WHERE rating BETWEEN 1 AND 5;

CREATE VIEW staging.stg_inventory AS
SELECT d.code AS depot, i.product_id, i.on_hand, i.reserved, i.on_hand - i.reserved AS available, i.reorder_point, i.counted_at
  FROM raw.inventory i
  JOIN raw.depots d USING (depot_id);

CREATE VIEW staging.stg_identity_checks AS
SELECT customer_id, left(resident_id, 6) || '************' AS resident_id_masked, passed, checked_at,
       row_number() OVER (PARTITION BY customer_id ORDER BY checked_at DESC) AS newest
  FROM raw.identity_checks;

COMMENT ON TABLE  staging.stg_customers IS 'One row per customer, newest delivery wins / 客户（去重后）';
COMMENT ON COLUMN staging.stg_customers.email IS 'Small letters, no blanks at the ends';
COMMENT ON COLUMN staging.stg_customers.is_test IS 'Accounts of testers; marts leave them out / 测试账号';
COMMENT ON TABLE  staging.stg_orders IS 'Orders, one row each, statuses in one spelling / 订单（清洗）';
COMMENT ON COLUMN staging.stg_orders.status_as_sent IS '原始状态';
COMMENT ON TABLE  staging.stg_exchange_rates IS 'Rates with missing days carried forward';
COMMENT ON VIEW   staging.stg_categories IS '分类路径';
COMMENT ON VIEW   staging.stg_identity_checks IS 'Identity checks without the number / 脱敏后的实名校验';
