-- What is bought together: pairs in one order, with lift. 关联购买。
DROP TABLE IF EXISTS ml.product_pairs;

CREATE TABLE ml.product_pairs AS
WITH basket AS (
  SELECT order_id, product_id FROM mart.fct_order_line GROUP BY order_id, product_id
),
single AS (
  SELECT product_id, count(order_id) AS orders FROM basket GROUP BY product_id
),
total AS (
  SELECT count(DISTINCT order_id) AS orders FROM basket
)
SELECT a.product_id                                                        AS product_id,
       b.product_id                                                        AS other_product_id,
       count(a.order_id)                                                   AS orders_together,
       round(count(a.order_id)::numeric * max(t.orders) / (max(sa.orders) * max(sb.orders)), 3) AS lift
  FROM basket a
  JOIN basket b ON b.order_id = a.order_id AND b.product_id > a.product_id
  JOIN single sa ON sa.product_id = a.product_id
  JOIN single sb ON sb.product_id = b.product_id
 CROSS JOIN total t
 GROUP BY a.product_id, b.product_id
HAVING count(*) >= 3;
