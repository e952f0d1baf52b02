-- Why goods come back, by month and category.
DROP TABLE IF EXISTS mart.rpt_refund_reasons;

CREATE TABLE mart.rpt_refund_reasons AS
SELECT date_trunc('month', r.refunded_on)::date AS month,
       r.reason,
       p.top_category,
       count(DISTINCT r.refund_id)              AS refunds,
       sum(r.amount * l.revenue / nullif(t.revenue, 0)) AS amount
  FROM staging.stg_refunds r
  JOIN mart.fct_order_line l ON l.order_id = r.order_id
  JOIN (SELECT order_id, sum(revenue) AS revenue FROM mart.fct_order_line GROUP BY order_id) t ON t.order_id = l.order_id
  JOIN mart.dim_product p ON p.product_id = l.product_id
 GROUP BY 1, 2, 3;
