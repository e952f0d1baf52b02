-- Marts that jobs fill. Those that a job creates itself (CREATE TABLE AS) are not here: etl/85, 86, 88.

SET LOCAL ROLE analytics;

CREATE TABLE mart.dim_date (
  day date PRIMARY KEY, year smallint, quarter smallint, month smallint, iso_week smallint, weekday text, weekday_zh text, is_weekend boolean
);
CREATE TABLE mart.dim_store (
  store_id smallint PRIMARY KEY, store_code text NOT NULL, store_name text, store_name_zh text, city text, region text, opened_on date, area_sqm integer
);
CREATE TABLE mart.dim_customer (
  customer_id integer PRIMARY KEY, customer_no text, full_name text, email text, email_is_valid boolean, gender text, age_band text, language text,
  city text, province text, country_code text, loyalty_tier text, loyalty_points integer, identity_verified boolean, registered_on date, updated_at timestamptz
);
CREATE TABLE mart.dim_product (
  product_id integer, sku text, product_name text, product_name_zh text, brand text, own_brand boolean, category_path text, category_path_zh text,
  top_category text, supplier text, supplier_country text, list_price numeric(12, 2), unit_cost numeric(12, 2), margin_pct numeric(6, 2), status text, updated_at timestamptz
);
CREATE INDEX dim_product_idx ON mart.dim_product (product_id);
CREATE TABLE mart.fct_payment (
  payment_id bigint PRIMARY KEY, order_id bigint, method text, currency text, amount numeric(12, 2), rate_cny numeric(12, 6), amount_cny numeric(12, 2), paid_on date, updated_at timestamptz
);
CREATE INDEX fct_payment_order_idx ON mart.fct_payment (order_id);
CREATE TABLE mart.fct_order_line (
  order_id bigint, line_no smallint, product_id integer, customer_id integer, ordered_on date, channel text, quantity integer, unit_price numeric(12, 2),
  discount numeric(12, 2), revenue numeric(12, 2), cost numeric(12, 2), margin numeric(12, 2), updated_at timestamptz, PRIMARY KEY (order_id, line_no)
);
CREATE INDEX fct_order_line_day_idx ON mart.fct_order_line (ordered_on);
CREATE TABLE mart.fct_order (
  order_id bigint PRIMARY KEY, order_no text NOT NULL, customer_id integer, store_id smallint, channel text, status text, ordered_at timestamptz, ordered_on date,
  line_count integer, units integer, gross_amount numeric(12, 2), discount numeric(12, 2), shipping_fee numeric(12, 2), total_amount numeric(12, 2),
  paid_cny numeric(12, 2), refunded_cny numeric(12, 2), net_amount numeric(12, 2), order_rank integer, is_first_order boolean, updated_at timestamptz
);
CREATE INDEX fct_order_day_idx      ON mart.fct_order (ordered_on);
CREATE INDEX fct_order_customer_idx ON mart.fct_order (customer_id);
CREATE TABLE mart.fct_shipment (
  shipment_id bigint PRIMARY KEY, order_id bigint, carrier text, depot text, shipped_at timestamptz, delivered_at timestamptz,
  hours_to_ship numeric(8, 1), days_in_transit numeric(6, 1), is_late boolean, updated_at timestamptz
);
CREATE TABLE mart.fct_session (
  session_id bigint PRIMARY KEY, customer_id integer, device text, referrer text, started_on date, seconds integer,
  page_views integer, product_views integer, cart_adds integer, checkouts integer, purchases integer, first_search text
);
CREATE TABLE mart.rpt_daily_sales (
  day date, channel text, orders integer, units integer, revenue numeric(14, 2), refunds numeric(14, 2), avg_basket numeric(12, 2),
  revenue_7d_avg numeric(14, 2), revenue_week_before numeric(14, 2), updated_at timestamptz, PRIMARY KEY (day, channel)
);
CREATE TABLE mart.rpt_category_month (
  month date, top_category text, orders integer, units integer, revenue numeric(14, 2), margin numeric(14, 2), revenue_share numeric(6, 4), place integer,
  PRIMARY KEY (month, top_category)
);
CREATE TABLE mart.rpt_funnel_daily (
  day date PRIMARY KEY, sessions integer, viewers integer, carts integer, checkouts integer, purchases integer, conversion numeric(6, 4)
);
CREATE TABLE mart.rpt_customer_rfm (
  customer_id integer PRIMARY KEY, full_name text, loyalty_tier text, last_order_on date, recency_days integer, frequency integer, monetary numeric(14, 2),
  r smallint, f smallint, m smallint, segment text
);
CREATE TABLE mart.rpt_store_hour (
  store_id smallint, day date, hour smallint, orders integer, takings numeric(14, 2), PRIMARY KEY (store_id, day, hour)
);

COMMENT ON TABLE  mart.dim_customer IS 'Customers with their main address and loyalty / 客户维度';
COMMENT ON COLUMN mart.dim_customer.age_band IS '年龄段';
COMMENT ON TABLE  mart.dim_product IS 'Products with brand, category path, supplier / 商品维度';
COMMENT ON TABLE  mart.dim_store IS '门店维度';
COMMENT ON TABLE  mart.fct_order IS 'One row per order, money in CNY / 订单事实表，一行一单，金额为人民币';
COMMENT ON COLUMN mart.fct_order.gross_amount IS 'Sum of the lines, from the items / 明细合计';
COMMENT ON COLUMN mart.fct_order.net_amount IS 'paid_cny − refunded_cny / 净额';
COMMENT ON COLUMN mart.fct_order.order_rank IS 'The customer''s 1st, 2nd, … order';
COMMENT ON TABLE  mart.fct_order_line IS 'One row per line of an order';
COMMENT ON COLUMN mart.fct_order_line.cost IS 'quantity × today''s unit cost / 成本（按当前进价）';
COMMENT ON TABLE  mart.fct_payment IS '收款事实表';
COMMENT ON COLUMN mart.fct_payment.amount_cny IS '折算人民币金额';
COMMENT ON TABLE  mart.rpt_daily_sales IS 'Sales by day and channel: the morning report / 每日销售日报';
COMMENT ON COLUMN mart.rpt_daily_sales.revenue_7d_avg IS 'Mean of the last seven days of the channel';
COMMENT ON TABLE  mart.rpt_funnel_daily IS 'From visit to purchase, by day / 转化漏斗';
COMMENT ON TABLE  mart.rpt_customer_rfm IS 'Segments by recency, frequency, money / 客户分群';
COMMENT ON COLUMN mart.rpt_customer_rfm.segment IS 'best, new, regular, at risk, lost';
COMMENT ON TABLE  mart.rpt_store_hour IS 'Takings of a store by hour';

SET LOCAL ROLE data_science;

CREATE TABLE ml.customer_features (
  customer_id integer PRIMARY KEY, orders_90d integer, spend_90d numeric(14, 2), spend_total numeric(14, 2), days_since_order integer, mean_gap_days numeric(8, 2),
  refund_share numeric(6, 4), sessions_30d integer, favourite_category text, tickets integer, computed_for date
);
COMMENT ON TABLE ml.customer_features IS 'Input of the churn model; one row per customer';
