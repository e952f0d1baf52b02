-- Views of the marts, and words for the tables that jobs create.

SET LOCAL ROLE analytics;

CREATE VIEW mart.v_sales_overview AS
SELECT d.day, d.weekday, d.weekday_zh, d.is_weekend, s.channel, s.orders, s.revenue, s.revenue_7d_avg,
       CASE WHEN s.revenue_week_before > 0 THEN round(s.revenue / s.revenue_week_before - 1, 4) END AS change_on_week
  FROM mart.rpt_daily_sales s
  JOIN mart.dim_date d ON d.day = s.day;
COMMENT ON VIEW mart.v_sales_overview IS 'What the board looks at / 销售总览';

CREATE VIEW mart.v_store_month AS
SELECT date_trunc('month', o.ordered_on)::date AS month, s.store_code, s.store_name_zh, s.region, count(o.order_id) AS orders, sum(o.net_amount) AS revenue,
       round(sum(o.net_amount) / max(s.area_sqm), 2) AS revenue_per_sqm
  FROM mart.fct_order o
  JOIN mart.dim_store s ON s.store_id = o.store_id
 WHERE o.status <> 'cancelled' AND o.ordered_on <= current_date
 GROUP BY 1, 2, 3, 4;
COMMENT ON VIEW mart.v_store_month IS '门店月度坪效';

CREATE VIEW mart."门店日报" AS
SELECT s.store_name_zh AS "门店", s.city AS "城市", o.ordered_on AS "日期", count(o.order_id) AS "订单数", sum(o.units) AS "件数", sum(o.net_amount) AS "净销售额"
  FROM mart.fct_order o
  JOIN mart.dim_store s ON s.store_id = o.store_id
 WHERE o.status <> 'cancelled'
 GROUP BY s.store_name_zh, s.city, o.ordered_on;
COMMENT ON VIEW mart."门店日报" IS '门店每日简报，发给各店店长';

CREATE VIEW mart.v_late_shipments AS
SELECT f.carrier, f.depot, date_trunc('week', f.shipped_at)::date AS week, count(f.shipment_id) AS parcels, count(f.shipment_id) FILTER (WHERE f.is_late) AS late,
       round(avg(f.days_in_transit), 2) AS days_in_transit
  FROM mart.fct_shipment f
 GROUP BY f.carrier, f.depot, date_trunc('week', f.shipped_at)::date;

CREATE MATERIALIZED VIEW mart.mv_product_ranking AS
SELECT p.product_id, p.sku, p.product_name, p.product_name_zh, p.brand, p.top_category, sum(l.quantity) AS units, sum(l.revenue) AS revenue, sum(l.margin) AS margin,
       rank() OVER (PARTITION BY p.top_category ORDER BY sum(l.revenue) DESC) AS place
  FROM mart.fct_order_line l
  JOIN mart.dim_product p ON p.product_id = l.product_id
 WHERE l.ordered_on > current_date - 90
 GROUP BY p.product_id, p.sku, p.product_name, p.product_name_zh, p.brand, p.top_category;
CREATE UNIQUE INDEX mv_product_ranking_product ON mart.mv_product_ranking (product_id);
COMMENT ON MATERIALIZED VIEW mart.mv_product_ranking IS 'Best products of 90 days in each category / 品类热销榜';

CREATE MATERIALIZED VIEW mart.mv_cohort_retention AS
WITH first_order AS (
  SELECT customer_id, date_trunc('month', ordered_on)::date AS cohort FROM mart.fct_order WHERE is_first_order
)
SELECT f.cohort,
       (extract(year FROM age(date_trunc('month', o.ordered_on), f.cohort)) * 12 + extract(month FROM age(date_trunc('month', o.ordered_on), f.cohort)))::integer AS months_after,
       count(DISTINCT o.customer_id) AS customers,
       sum(o.net_amount) AS revenue
  FROM mart.fct_order o
  JOIN first_order f ON f.customer_id = o.customer_id
 WHERE o.ordered_on <= current_date
 GROUP BY 1, 2;
COMMENT ON MATERIALIZED VIEW mart.mv_cohort_retention IS 'Who comes back: customers by month of their first order';

RESET ROLE;
SET LOCAL ROLE etl;

CREATE VIEW mart.v_customer_360 AS
SELECT c.customer_id, c.customer_no, c.full_name, c.email, c.city, c.loyalty_tier, r.segment, r.frequency, r.monetary, r.last_order_on,
       f.favourite_category, f.sessions_30d, f.tickets, f.refund_share
  FROM mart.dim_customer c
  LEFT JOIN mart.rpt_customer_rfm r ON r.customer_id = c.customer_id
  LEFT JOIN ml.customer_features f ON f.customer_id = c.customer_id;
COMMENT ON VIEW mart.v_customer_360 IS '客户全景，含个人信息';

COMMENT ON TABLE  mart.rpt_refund_reasons IS '退款原因分析';
COMMENT ON TABLE  ml.product_pairs IS 'Products bought together at least three times';
