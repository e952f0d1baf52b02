-- One row per flaw of the warehouse that README.md documents: how many there must be at least, how many there are.
-- One statement; cadastre_reader may run it, in database warehouse.
WITH found (flaw, dataset, column_name, what, expected_min, found) AS (
  SELECT 'W01', 'raw.orders', 'order_no', 'delivered twice', 70, count(*) FROM (SELECT order_no FROM raw.orders GROUP BY 1 HAVING count(*) > 1) d
  UNION ALL
  SELECT 'W02', 'raw.events', 'event_id', 'delivered twice', 90, count(*) FROM (SELECT event_id FROM raw.events GROUP BY 1 HAVING count(*) > 1) d
  UNION ALL
  SELECT 'W03', 'raw.addresses', 'city', 'letters lost', 20, count(*) FROM raw.addresses WHERE city LIKE '%?%'
  UNION ALL
  SELECT 'W04', 'raw.orders', 'order_id', 'orders without lines', 20, count(DISTINCT order_id) FROM raw.orders o WHERE NOT EXISTS (SELECT FROM raw.order_items i WHERE i.order_id = o.order_id)
  UNION ALL
  SELECT 'W05', 'mart.rpt_store_hour', 'day', 'days behind', 19, current_date - max(day) FROM mart.rpt_store_hour WHERE day <= current_date
  UNION ALL
  SELECT 'W06', 'mart.dim_product', 'product_id', 'more than once', 4, count(*) FROM (SELECT product_id FROM mart.dim_product GROUP BY 1 HAVING count(*) > 1) d
  UNION ALL
  SELECT 'W07', 'mart.rpt_category_month', 'revenue', 'not the sum of fct_order_line', 3, count(*)
    FROM mart.rpt_category_month r
    JOIN (SELECT date_trunc('month', l.ordered_on)::date AS month, p.top_category, sum(l.revenue) AS revenue
            FROM mart.fct_order_line l JOIN (SELECT DISTINCT product_id, top_category FROM mart.dim_product) p USING (product_id)
           WHERE l.ordered_on <= current_date GROUP BY 1, 2) s USING (month, top_category)
   WHERE r.revenue <> s.revenue
  UNION ALL
  SELECT 'W08', 'mart.rpt_daily_sales', 'day', 'days missing', 2, count(*)
    FROM mart.dim_date d WHERE NOT EXISTS (SELECT FROM mart.rpt_daily_sales s WHERE s.day = d.day)
  UNION ALL
  SELECT 'W09', 'mart.fct_payment', 'amount_cny', 'missing: currency not known', 60, count(*) FROM mart.fct_payment WHERE amount_cny IS NULL
  UNION ALL
  SELECT 'W10', 'mart.fct_shipment', 'hours_to_ship', 'negative', 40, count(*) FROM mart.fct_shipment WHERE hours_to_ship < 0
)
SELECT flaw, dataset, column_name, what, expected_min::bigint, found::bigint FROM found ORDER BY flaw
