-- Nightly landing of orders, their lines and payments. 订单、明细、收款落地。
TRUNCATE raw.orders, raw.order_items, raw.payments;

INSERT INTO raw.orders (order_id, order_no, customer_id, channel, store_id, coupon_id, status, currency, subtotal, discount, shipping_fee, total_amount,
                        ordered_at, updated_at, _loaded_at, _batch)
SELECT order_id, order_no, customer_id, channel, store_id, coupon_id, status, currency, subtotal, discount, shipping_fee, total_amount, ordered_at, updated_at,
       least(now(), date_trunc('day', updated_at) + interval '1 day 2 hours'), to_char(updated_at, 'YYYYMMDD')
  FROM shop_ext.orders;

INSERT INTO raw.order_items (order_id, line_no, product_id, quantity, unit_price, discount, line_total, _loaded_at, _batch)
SELECT i.order_id, i.line_no, i.product_id, i.quantity, i.unit_price, i.discount, i.line_total, o._loaded_at, o._batch
  FROM shop_ext.order_items i
  JOIN raw.orders o ON o.order_id = i.order_id;

INSERT INTO raw.payments (payment_id, order_id, method, amount, currency, state, paid_at, _loaded_at, _batch)
SELECT payment_id, order_id, method, amount, currency, state, paid_at,
       least(now(), date_trunc('day', paid_at) + interval '1 day 2 hours'), to_char(paid_at, 'YYYYMMDD')
  FROM shop_ext.payments;

INSERT INTO raw.batch_log (batch, table_name, row_count, loaded_at)
SELECT _batch, 'orders', count(*), max(_loaded_at) FROM raw.orders WHERE _loaded_at > now() - interval '30 days' GROUP BY _batch
ON CONFLICT (batch, table_name) DO UPDATE SET row_count = excluded.row_count, loaded_at = excluded.loaded_at;
