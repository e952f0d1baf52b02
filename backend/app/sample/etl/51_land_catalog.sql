-- Nightly landing of the articles.
TRUNCATE raw.products;

INSERT INTO raw.products (product_id, sku, barcode, name, name_zh, category_id, brand_id, status, list_price, unit_cost, weight_g, tags, attributes, launched_on, updated_at, _loaded_at, _batch)
SELECT product_id, sku, barcode, name, name_zh, category_id, brand_id, status, list_price, unit_cost, weight_g, tags, attributes, launched_on, updated_at,
       least(now(), date_trunc('day', updated_at) + interval '1 day 2 hours'), to_char(updated_at, 'YYYYMMDD')
  FROM shop_ext.products;
