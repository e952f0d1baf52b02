-- What people and jobs did to the marts: see ../README.md, W06 to W08.

-- W06 articles entered a second time by hand
INSERT INTO mart.dim_product
SELECT product_id, sku, product_name || ' (copy)', product_name_zh, brand, own_brand, category_path, category_path_zh, top_category, supplier, supplier_country,
       list_price, unit_cost, margin_pct, status, updated_at
  FROM mart.dim_product
 WHERE product_id % 211 = 7;

-- W07 somebody corrected a report and not its source
UPDATE mart.rpt_category_month SET revenue = revenue * 1.1
 WHERE top_category IN ('Food', 'Home', 'Clothing') AND month = date_trunc('month', current_date - 62)::date;

-- W08 two days that a failed run took out of the morning report
DELETE FROM mart.rpt_daily_sales WHERE day IN (current_date - 33, current_date - 110);
