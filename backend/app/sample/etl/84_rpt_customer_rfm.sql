-- Recency, frequency, money: five classes each, then a word. 客户 RFM 分群。
TRUNCATE mart.rpt_customer_rfm;

INSERT INTO mart.rpt_customer_rfm (customer_id, full_name, loyalty_tier, last_order_on, recency_days, frequency, monetary, r, f, m, segment)
WITH bought AS (
  SELECT customer_id, max(ordered_on) AS last_order_on, count(order_id) AS frequency, sum(net_amount) AS monetary
    FROM mart.fct_order
   WHERE status NOT IN ('cancelled', 'returned') AND ordered_at <= now()
   GROUP BY customer_id
),
scored AS (
  SELECT customer_id, last_order_on, frequency, monetary,
         current_date - last_order_on AS recency_days,
         ntile(5) OVER (ORDER BY last_order_on) AS r,
         ntile(5) OVER (ORDER BY frequency, customer_id) AS f,
         ntile(5) OVER (ORDER BY monetary, customer_id) AS m
    FROM bought
)
SELECT s.customer_id, d.full_name, d.loyalty_tier, s.last_order_on, s.recency_days, s.frequency, s.monetary, s.r, s.f, s.m,
       CASE
         WHEN s.r >= 4 AND s.f >= 4 AND s.m >= 4 THEN 'best'
         WHEN s.r >= 4 AND s.f <= 2 THEN 'new'
         WHEN s.r <= 2 AND s.f >= 4 THEN 'at risk'
         WHEN s.r = 1 THEN 'lost'
         ELSE 'regular'
       END AS segment
  FROM scored s
  JOIN mart.dim_customer d ON d.customer_id = s.customer_id;
