-- Orders with what was bought, paid and given back. 订单事实表。
TRUNCATE mart.fct_order;

INSERT INTO mart.fct_order (order_id, order_no, customer_id, store_id, channel, status, ordered_at, ordered_on, line_count, units, gross_amount,
                            discount, shipping_fee, total_amount, paid_cny, order_rank, is_first_order, updated_at)
WITH lines AS (
  SELECT order_id, count(line_no) AS line_count, sum(quantity) AS units, sum(line_total) AS gross_amount
    FROM staging.stg_order_items
   GROUP BY order_id
),
paid AS (
  SELECT order_id, sum(amount_cny) AS paid_cny
    FROM mart.fct_payment
   GROUP BY order_id
)
SELECT o.order_id, o.order_no, o.customer_id, o.store_id, o.channel, o.status, o.ordered_at, o.ordered_on,
       coalesce(l.line_count, 0), coalesce(l.units, 0), coalesce(l.gross_amount, 0),
       o.discount, o.shipping_fee, o.total_amount, coalesce(p.paid_cny, 0),
       row_number() OVER w,
       row_number() OVER w = 1,
       o.loaded_at
  FROM staging.stg_orders o
  LEFT JOIN lines l ON l.order_id = o.order_id
  LEFT JOIN paid p ON p.order_id = o.order_id
WINDOW w AS (PARTITION BY o.customer_id ORDER BY o.ordered_at, o.order_id);

-- Refunds come later than orders, so they are written over what is there.
UPDATE mart.fct_order f
   SET refunded_cny = coalesce(r.refunded_cny, 0),
       net_amount   = f.paid_cny - coalesce(r.refunded_cny, 0)
  FROM mart.fct_order o
  LEFT JOIN (
         SELECT s.order_id, sum(round(s.amount * x.rate_cny, 2)) AS refunded_cny
           FROM staging.stg_refunds s
           JOIN staging.stg_exchange_rates x ON x.currency = s.currency AND x.rate_date = s.refunded_on
          GROUP BY s.order_id
       ) r ON r.order_id = o.order_id
 WHERE f.order_id = o.order_id;
