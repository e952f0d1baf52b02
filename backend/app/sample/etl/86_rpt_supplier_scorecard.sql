-- Suppliers: what their goods brought, how often they came back, how they are rated, whether the shelf is empty. 供应商评分。
DROP TABLE IF EXISTS mart.rpt_supplier_scorecard;

CREATE TABLE mart.rpt_supplier_scorecard AS
WITH sold AS (
  SELECT product_id, sum(quantity) AS units, sum(revenue) AS revenue, sum(margin) AS margin
    FROM mart.fct_order_line
   GROUP BY product_id
),
rated AS (
  SELECT product_id, avg(rating) AS rating, count(review_id) AS reviews
    FROM staging.stg_reviews
   GROUP BY product_id
),
stock AS (
  SELECT product_id, sum(available) AS available, bool_or(available < reorder_point) AS below_reorder
    FROM staging.stg_inventory
   GROUP BY product_id
)
SELECT s.supplier_id, s.name AS supplier, s.country_code,
       count(ps.product_id)                                   AS products,
       avg(ps.lead_days)                                      AS lead_days,
       sum(sold.units)                                        AS units,
       sum(sold.revenue)                                      AS revenue,
       sum(sold.margin) / nullif(sum(sold.revenue), 0)        AS margin_share,
       sum(rated.rating * rated.reviews) / nullif(sum(rated.reviews), 0) AS rating,
       count(ps.product_id) FILTER (WHERE stock.below_reorder) AS products_to_reorder,
       sum(stock.available)                                   AS available
  FROM raw.suppliers s
  JOIN raw.product_suppliers ps ON ps.supplier_id = s.supplier_id AND ps.preferred
  LEFT JOIN sold  ON sold.product_id = ps.product_id
  LEFT JOIN rated ON rated.product_id = ps.product_id
  LEFT JOIN stock ON stock.product_id = ps.product_id
 GROUP BY s.supplier_id, s.name, s.country_code;
