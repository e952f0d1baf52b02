-- The link to the shop: postgres_fdw (PostgreSQL's contrib) to the same cluster, by the way this session came.

CREATE EXTENSION postgres_fdw;

DO $$
DECLARE
  secret  text := gen_random_uuid()::text || gen_random_uuid()::text;
  address text := coalesce(host(inet_server_addr()), trim(split_part(current_setting('unix_socket_directories'), ',', 1)));
BEGIN
  EXECUTE format('ALTER ROLE shop_link PASSWORD %L', secret);
  EXECUTE format($f$CREATE SERVER shop FOREIGN DATA WRAPPER postgres_fdw
                    OPTIONS (host %L, port %L, dbname 'shop', fetch_size '10000')$f$, address, current_setting('port'));
  EXECUTE format($f$CREATE USER MAPPING FOR etl SERVER shop OPTIONS (user 'shop_link', password %L, password_required 'false')$f$, secret);
  -- The reader reads foreign tables as itself, so the link lends it no right that it does not have in the shop.
  EXECUTE format($f$CREATE USER MAPPING FOR cadastre_reader SERVER shop OPTIONS (user 'cadastre_reader', password %L, password_required 'false')$f$,
                 current_setting('cadastre.reader_password'));
END
$$;

COMMENT ON SERVER shop IS 'The shop database / 交易库';
GRANT USAGE ON FOREIGN SERVER shop TO etl;

SET LOCAL ROLE etl;

CREATE FOREIGN TABLE shop_ext.customers (
  customer_id integer, customer_no text, full_name text, email text, phone text, birth_date date, gender char(1), language text,
  marketing boolean, preferences jsonb, created_at timestamptz, updated_at timestamptz
) SERVER shop OPTIONS (schema_name 'crm', table_name 'customers');

CREATE FOREIGN TABLE shop_ext.addresses (
  address_id integer, customer_id integer, kind text, line1 text, line2 text, city text, province text, postcode text,
  country_code text, is_default boolean, created_at timestamptz
) SERVER shop OPTIONS (schema_name 'crm', table_name 'addresses');

CREATE FOREIGN TABLE shop_ext.products (
  product_id integer, sku text, barcode char(13), name text, name_zh text, category_id integer, brand_id integer, status text,
  list_price numeric(12, 2), unit_cost numeric(12, 2), weight_g integer, tags text[], attributes jsonb, launched_on date, updated_at timestamptz
) SERVER shop OPTIONS (schema_name 'catalog', table_name 'products');

CREATE FOREIGN TABLE shop_ext.orders (
  order_id bigint, order_no text, customer_id integer, channel text, store_id smallint, coupon_id integer, status text, currency char(3),
  subtotal numeric(12, 2), discount numeric(12, 2), shipping_fee numeric(12, 2), total_amount numeric(12, 2), ordered_at timestamptz, updated_at timestamptz
) SERVER shop OPTIONS (schema_name 'sales', table_name 'orders');

CREATE FOREIGN TABLE shop_ext.order_items (
  order_id bigint, line_no smallint, product_id integer, quantity smallint, unit_price numeric(12, 2), discount numeric(12, 2), line_total numeric(12, 2)
) SERVER shop OPTIONS (schema_name 'sales', table_name 'order_items');

CREATE FOREIGN TABLE shop_ext.payments (
  payment_id bigint, order_id bigint, method text, amount numeric(12, 2), currency text, state text, paid_at timestamptz
) SERVER shop OPTIONS (schema_name 'sales', table_name 'payments');

CREATE FOREIGN TABLE shop_ext.shipments (
  shipment_id bigint, order_id bigint, carrier_id smallint, depot_id smallint, tracking_no text, shipped_at timestamptz, delivered_at timestamptz
) SERVER shop OPTIONS (schema_name 'logistics', table_name 'shipments');

CREATE FOREIGN TABLE shop_ext.events (
  event_id bigint, session_id bigint, customer_id integer, kind text, product_id integer, url text, properties jsonb, occurred_at timestamptz
) SERVER shop OPTIONS (schema_name 'web', table_name 'events');

-- Small tables are not copied: raw reads them where they are.

CREATE FOREIGN TABLE raw.categories (category_id integer, parent_id integer, code text, name_en text, name_zh text)
  SERVER shop OPTIONS (schema_name 'catalog', table_name 'categories');
CREATE FOREIGN TABLE raw.brands (brand_id integer, name text, name_zh text, own_brand boolean)
  SERVER shop OPTIONS (schema_name 'catalog', table_name 'brands');
CREATE FOREIGN TABLE raw.suppliers (supplier_id integer, name text, country_code char(2), tax_number text, payment_days smallint, active boolean)
  SERVER shop OPTIONS (schema_name 'catalog', table_name 'suppliers');
CREATE FOREIGN TABLE raw.product_suppliers (product_id integer, supplier_id integer, lead_days smallint, preferred boolean)
  SERVER shop OPTIONS (schema_name 'catalog', table_name 'product_suppliers');
CREATE FOREIGN TABLE raw.stores (store_id smallint, code text, name text, name_zh text, city text, region text, opened_on date, area_sqm integer)
  SERVER shop OPTIONS (schema_name 'sales', table_name 'stores');
CREATE FOREIGN TABLE raw.refunds (refund_id bigint, payment_id bigint, amount numeric(12, 2), reason text, refunded_at timestamptz)
  SERVER shop OPTIONS (schema_name 'sales', table_name 'refunds');
CREATE FOREIGN TABLE raw.reviews (review_id integer, product_id integer, customer_id integer, rating smallint, title text, body text, created_at timestamptz)
  SERVER shop OPTIONS (schema_name 'sales', table_name 'reviews');
CREATE FOREIGN TABLE raw.exchange_rates (currency char(3), rate_date date, rate_cny numeric(12, 6))
  SERVER shop OPTIONS (schema_name 'sales', table_name 'exchange_rates');
CREATE FOREIGN TABLE raw.loyalty_accounts (customer_id integer, tier text, points integer, joined_on date)
  SERVER shop OPTIONS (schema_name 'crm', table_name 'loyalty_accounts');
CREATE FOREIGN TABLE raw.identity_checks (check_id integer, customer_id integer, resident_id text, passed boolean, checked_at timestamptz)
  SERVER shop OPTIONS (schema_name 'crm', table_name 'identity_checks');
CREATE FOREIGN TABLE raw.support_tickets (ticket_id integer, customer_id integer, order_no text, priority smallint, state text, opened_at timestamptz, closed_at timestamptz)
  SERVER shop OPTIONS (schema_name 'crm', table_name 'support_tickets');
CREATE FOREIGN TABLE raw.carriers (carrier_id smallint, name text, promise_days smallint)
  SERVER shop OPTIONS (schema_name 'logistics', table_name 'carriers');
CREATE FOREIGN TABLE raw.depots (depot_id smallint, code text, city text, bonded boolean)
  SERVER shop OPTIONS (schema_name 'logistics', table_name 'depots');
CREATE FOREIGN TABLE raw.inventory (depot_id smallint, product_id integer, on_hand integer, reserved integer, reorder_point integer, counted_at timestamptz)
  SERVER shop OPTIONS (schema_name 'logistics', table_name 'inventory');
CREATE FOREIGN TABLE raw.sessions (session_id bigint, customer_id integer, device text, referrer text, landing_page text, started_at timestamptz, ended_at timestamptz)
  SERVER shop OPTIONS (schema_name 'web', table_name 'sessions');

COMMENT ON FOREIGN TABLE raw.exchange_rates IS 'Read live from the shop / 汇率，直连交易库';
COMMENT ON FOREIGN TABLE raw.identity_checks IS '实名校验，敏感，不得复制';
COMMENT ON FOREIGN TABLE raw.sessions IS 'Visits, read live';
