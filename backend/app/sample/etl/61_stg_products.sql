-- Articles: attributes unfolded, margin computed.
TRUNCATE staging.stg_products;

INSERT INTO staging.stg_products
SELECT p.product_id,
       p.sku,
       trim(p.barcode)                                                              AS barcode,
       p.name,
       coalesce(p.name_zh, p.name)                                                  AS name_zh,
       p.category_id,
       p.brand_id,
       p.status,
       p.list_price,
       p.unit_cost,
       round(100 * (p.list_price - p.unit_cost) / nullif(p.list_price, 0), 2)       AS margin_pct,
       p.weight_g / 1000.0                                                          AS weight_kg,
       p.attributes ->> 'colour'                                                    AS colour,
       p.attributes ->> 'material'                                                  AS material,
       p.launched_on,
       p._loaded_at                                                                 AS loaded_at
  FROM raw.products p;
