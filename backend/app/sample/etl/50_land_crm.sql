-- Nightly landing of customers and addresses from the shop. 每晚从交易库落地客户与地址。
TRUNCATE raw.customers, raw.addresses;

INSERT INTO raw.customers (customer_id, customer_no, full_name, email, phone, birth_date, gender, language, marketing, created_at, updated_at, _loaded_at, _batch)
SELECT customer_id, customer_no, full_name, email, phone, birth_date, gender, language, marketing, created_at, updated_at,
       least(now(), date_trunc('day', updated_at) + interval '1 day 2 hours'), to_char(updated_at, 'YYYYMMDD')
  FROM shop_ext.customers;

INSERT INTO raw.addresses (address_id, customer_id, kind, line1, line2, city, province, postcode, country_code, is_default, created_at, _loaded_at, _batch)
SELECT address_id, customer_id, kind, line1, line2, city, province, postcode, country_code, is_default, created_at,
       least(now(), date_trunc('day', created_at) + interval '1 day 2 hours'), to_char(created_at, 'YYYYMMDD')
  FROM shop_ext.addresses;

INSERT INTO raw.batch_log (batch, table_name, row_count, loaded_at)
SELECT _batch, 'customers', count(*), max(_loaded_at) FROM raw.customers WHERE _loaded_at > now() - interval '30 days' GROUP BY _batch
ON CONFLICT (batch, table_name) DO UPDATE SET row_count = excluded.row_count, loaded_at = excluded.loaded_at;
