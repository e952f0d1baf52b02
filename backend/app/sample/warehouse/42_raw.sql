-- Landed tables: the source's columns, when they came and by which batch. No keys, on purpose: what comes is kept.

SET LOCAL ROLE etl;

CREATE TABLE raw.customers (
  customer_id integer, customer_no text, full_name text, email text, phone text, birth_date date, gender char(1), language text,
  marketing boolean, created_at timestamptz, updated_at timestamptz,
  _loaded_at timestamptz NOT NULL, _batch text NOT NULL
);
CREATE TABLE raw.addresses (
  address_id integer, customer_id integer, kind text, line1 text, line2 text, city text, province text, postcode text,
  country_code text, is_default boolean, created_at timestamptz,
  _loaded_at timestamptz NOT NULL, _batch text NOT NULL
);
CREATE TABLE raw.products (
  product_id integer, sku text, barcode text, name text, name_zh text, category_id integer, brand_id integer, status text,
  list_price numeric(12, 2), unit_cost numeric(12, 2), weight_g integer, tags text[], attributes jsonb, launched_on date, updated_at timestamptz,
  _loaded_at timestamptz NOT NULL, _batch text NOT NULL
);
CREATE TABLE raw.orders (
  order_id bigint, order_no text, customer_id integer, channel text, store_id smallint, coupon_id integer, status text, currency text,
  subtotal numeric(12, 2), discount numeric(12, 2), shipping_fee numeric(12, 2), total_amount numeric(12, 2), ordered_at timestamptz, updated_at timestamptz,
  _loaded_at timestamptz NOT NULL, _batch text NOT NULL
);
CREATE TABLE raw.order_items (
  order_id bigint, line_no smallint, product_id integer, quantity smallint, unit_price numeric(12, 2), discount numeric(12, 2), line_total numeric(12, 2),
  _loaded_at timestamptz NOT NULL, _batch text NOT NULL
);
CREATE TABLE raw.payments (
  payment_id bigint, order_id bigint, method text, amount numeric(12, 2), currency text, state text, paid_at timestamptz,
  _loaded_at timestamptz NOT NULL, _batch text NOT NULL
);
CREATE TABLE raw.shipments (
  shipment_id bigint, order_id bigint, carrier_id smallint, depot_id smallint, tracking_no text, shipped_at timestamptz, delivered_at timestamptz,
  _loaded_at timestamptz NOT NULL, _batch text NOT NULL
);
CREATE TABLE raw.events (
  event_id bigint, session_id bigint, customer_id integer, kind text, product_id integer, url text, properties jsonb, occurred_at timestamptz,
  _loaded_at timestamptz NOT NULL, _batch text NOT NULL
);
CREATE INDEX raw_events_occurred_idx ON raw.events USING brin (occurred_at);

CREATE TABLE raw.batch_log (
  batch text NOT NULL, table_name text NOT NULL, row_count bigint NOT NULL, loaded_at timestamptz NOT NULL,
  PRIMARY KEY (batch, table_name)
);
CREATE TABLE raw.job_control (
  job text PRIMARY KEY, paused_after date, note text
);

COMMENT ON TABLE  raw.customers IS 'crm.customers as delivered each night / 客户原始数据';
COMMENT ON COLUMN raw.customers._loaded_at IS 'When the row came / 入库时间';
COMMENT ON COLUMN raw.customers._batch IS 'Delivery that brought it: the day, YYYYMMDD';
COMMENT ON TABLE  raw.orders IS 'sales.orders as delivered; a batch may come twice';
COMMENT ON TABLE  raw.order_items IS '订单明细原始数据';
COMMENT ON TABLE  raw.payments IS 'sales.payments as delivered / 收款原始数据';
COMMENT ON COLUMN raw.payments.currency IS 'As sent by the provider: not always ISO 4217 / 币种，未规范';
COMMENT ON TABLE  raw.events IS 'Clickstream as delivered';
COMMENT ON TABLE  raw.job_control IS 'Jobs that somebody paused, and until which day they had run';

-- The till project paused this job 19 days ago, and nobody took it up again.
INSERT INTO raw.job_control VALUES ('rpt_store_hour', current_date - 19, 'paused for the till project');
