-- The morning report: sales by day and channel, against the week before. 每日销售日报。
TRUNCATE mart.rpt_daily_sales;

WITH daily AS (
  SELECT ordered_on AS day, channel, count(order_id) AS orders, sum(units) AS units, sum(net_amount) AS revenue, sum(refunded_cny) AS refunds, max(updated_at) AS updated_at
    FROM mart.fct_order
   WHERE status NOT IN ('cancelled', 'unknown')
     AND ordered_at <= now()
   GROUP BY ordered_on, channel
)
INSERT INTO mart.rpt_daily_sales (day, channel, orders, units, revenue, refunds, avg_basket, revenue_7d_avg, revenue_week_before, updated_at)
SELECT day, channel, orders, units, revenue, refunds,
       round(revenue / nullif(orders, 0), 2),
       round(avg(revenue) OVER (PARTITION BY channel ORDER BY day RANGE BETWEEN interval '6 days' PRECEDING AND CURRENT ROW), 2),
       max(revenue) OVER (PARTITION BY channel ORDER BY day RANGE BETWEEN interval '7 days' PRECEDING AND interval '7 days' PRECEDING),
       updated_at
  FROM daily;
