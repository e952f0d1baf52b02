-- Lines of orders with cost and margin. 订单行事实表。
TRUNCATE mart.fct_order_line;

INSERT INTO mart.fct_order_line (order_id, line_no, product_id, customer_id, ordered_on, channel, quantity, unit_price, discount, revenue, cost, margin, updated_at)
SELECT i.order_id, i.line_no, i.product_id, o.customer_id, o.ordered_on, o.channel, i.quantity, i.unit_price, i.discount,
       i.line_total,
       i.quantity * p.unit_cost,
       i.line_total - i.quantity * p.unit_cost,
       greatest(i.loaded_at, o.loaded_at, p.loaded_at)
  FROM staging.stg_order_items i
  JOIN staging.stg_orders o ON o.order_id = i.order_id
  JOIN staging.stg_products p ON p.product_id = i.product_id
 WHERE o.status <> 'cancelled';
