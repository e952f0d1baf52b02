-- Features of the churn model, per customer.
TRUNCATE ml.customer_features;

INSERT INTO ml.customer_features (customer_id, orders_90d, spend_90d, spend_total, days_since_order, mean_gap_days, refund_share, sessions_30d, favourite_category, tickets, computed_for)
WITH orders AS (
  SELECT customer_id, order_id, ordered_on, net_amount, refunded_cny, paid_cny,
         ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS gap,
         max(ordered_on) OVER () AS today
    FROM mart.fct_order
   WHERE status <> 'cancelled' AND ordered_at <= now()
),
spend AS (
  SELECT customer_id,
         count(order_id) FILTER (WHERE ordered_on > today - 90) AS orders_90d,
         sum(net_amount) FILTER (WHERE ordered_on > today - 90) AS spend_90d,
         sum(net_amount)                                        AS spend_total,
         min(today - ordered_on)                                AS days_since_order,
         round(avg(gap), 2)                                     AS mean_gap_days,
         round(sum(refunded_cny) / nullif(sum(paid_cny), 0), 4) AS refund_share,
         max(today)                                             AS today
    FROM orders
   GROUP BY customer_id
),
visits AS (
  SELECT customer_id, count(session_id) AS sessions_30d
    FROM mart.fct_session
   WHERE started_on > current_date - 30
   GROUP BY customer_id
),
favourite AS (
  SELECT DISTINCT ON (l.customer_id) l.customer_id, p.top_category
    FROM mart.fct_order_line l
    JOIN mart.dim_product p ON p.product_id = l.product_id
   GROUP BY l.customer_id, p.top_category
   ORDER BY l.customer_id, sum(l.revenue) DESC, p.top_category
),
tickets AS (
  SELECT customer_id, count(ticket_id) AS tickets FROM raw.support_tickets GROUP BY customer_id
)
SELECT s.customer_id, s.orders_90d, coalesce(s.spend_90d, 0), s.spend_total, s.days_since_order, s.mean_gap_days,
       least(s.refund_share, 9.9999), coalesce(v.sessions_30d, 0), f.top_category, coalesce(t.tickets, 0), s.today
  FROM spend s
  LEFT JOIN visits v ON v.customer_id = s.customer_id
  LEFT JOIN favourite f ON f.customer_id = s.customer_id
  LEFT JOIN tickets t ON t.customer_id = s.customer_id;
