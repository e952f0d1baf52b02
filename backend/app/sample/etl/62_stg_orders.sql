-- Orders: one row each however often they were delivered; statuses in one spelling.
-- 订单清洗：同一订单多次送达时取最新一条，并统一状态写法。
TRUNCATE staging.stg_orders;

WITH ranked AS (
  SELECT o.*, row_number() OVER (PARTITION BY o.order_no ORDER BY o._loaded_at DESC, o._batch DESC) AS delivery
    FROM raw.orders o
)
INSERT INTO staging.stg_orders (order_id, order_no, customer_id, channel, store_id, status, status_as_sent, currency, subtotal, discount, shipping_fee, total_amount,
                                ordered_at, ordered_on, loaded_at)
SELECT r.order_id, r.order_no, r.customer_id, r.channel, r.store_id,
       CASE
         WHEN r.status IN ('COMPLETE', '已完成') THEN 'completed'
         WHEN r.status = 'shiped' THEN 'shipped'
         ELSE lower(r.status)
       END,
       r.status, r.currency, r.subtotal, r.discount, r.shipping_fee, r.total_amount,
       r.ordered_at, (r.ordered_at AT TIME ZONE 'UTC')::date, r._loaded_at
  FROM ranked r
 WHERE r.delivery = 1;
