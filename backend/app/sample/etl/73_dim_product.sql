-- Articles with brand, path of categories and the supplier that we prefer.
TRUNCATE mart.dim_product;

INSERT INTO mart.dim_product (product_id, sku, product_name, product_name_zh, brand, own_brand, category_path, category_path_zh, top_category,
                              supplier, supplier_country, list_price, unit_cost, margin_pct, status, updated_at)
SELECT p.product_id, p.sku, p.name, p.name_zh, b.name, b.own_brand,
       coalesce(c.path_en, 'not assigned'), coalesce(c.path_zh, '未分类'), coalesce(c.top_en, 'not assigned'),
       s.name, s.country_code, p.list_price, p.unit_cost, p.margin_pct, p.status, p.loaded_at
  FROM staging.stg_products p
  JOIN raw.brands b ON b.brand_id = p.brand_id
  LEFT JOIN staging.stg_categories c ON c.category_id = p.category_id
  LEFT JOIN raw.product_suppliers ps ON ps.product_id = p.product_id AND ps.preferred
  LEFT JOIN raw.suppliers s ON s.supplier_id = ps.supplier_id;
