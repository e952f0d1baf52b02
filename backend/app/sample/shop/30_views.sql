-- What the shop itself reads: views, a materialised view, functions.

SET LOCAL ROLE shop_app;

CREATE FUNCTION sales.order_total(wanted bigint) RETURNS numeric
LANGUAGE sql STABLE
AS $$
  SELECT sum(i.line_total) - max(o.discount) + max(o.shipping_fee)
    FROM sales.orders o
    JOIN sales.order_items i USING (order_id)
   WHERE o.order_id = wanted
$$;
COMMENT ON FUNCTION sales.order_total(bigint) IS 'What an order should cost by its lines / 按明细重算订单金额';

CREATE FUNCTION crm.masked_phone(phone text) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT regexp_replace(phone, '^(.{3}).*(.{2})$', '\1******\2') $$;

CREATE VIEW sales.open_orders AS
SELECT o.order_id, o.order_no, o.channel, o.status, o.total_amount, o.ordered_at, c.full_name, crm.masked_phone(c.phone) AS phone
  FROM sales.orders o
  JOIN crm.customers c USING (customer_id)
 WHERE o.status IN ('placed', 'paid', 'shipped');
COMMENT ON VIEW sales.open_orders IS 'Orders that are not finished, with a masked phone / 未完成订单';

CREATE VIEW sales.daily_takings AS
SELECT o.ordered_at::date AS day, s.code AS store_code, s.name_zh AS store_name, count(*) AS orders, sum(o.total_amount) AS takings
  FROM sales.orders o
  LEFT JOIN sales.stores s USING (store_id)
 WHERE o.status <> 'cancelled'
 GROUP BY 1, 2, 3;
COMMENT ON VIEW sales.daily_takings IS '每日各门店营业额';

CREATE VIEW catalog.product_cards AS
WITH RECURSIVE tree AS (
  SELECT category_id, name_en AS path_en, name_zh AS path_zh FROM catalog.categories WHERE parent_id IS NULL
  UNION ALL
  SELECT c.category_id, t.path_en || ' › ' || c.name_en, t.path_zh || ' › ' || c.name_zh
    FROM catalog.categories c JOIN tree t ON t.category_id = c.parent_id
)
SELECT p.sku, p.name, p.name_zh, b.name AS brand, t.path_en, t.path_zh, p.list_price, p.attributes ->> 'colour' AS colour
  FROM catalog.products p
  JOIN catalog.brands b USING (brand_id)
  LEFT JOIN tree t USING (category_id)
 WHERE p.status = 'active';

CREATE VIEW logistics.low_stock AS
SELECT d.code AS depot, p.sku, p.name, i.on_hand - i.reserved AS available, i.reorder_point
  FROM logistics.inventory i
  JOIN logistics.depots d USING (depot_id)
  JOIN catalog.products p USING (product_id)
 WHERE i.on_hand - i.reserved < i.reorder_point;
COMMENT ON VIEW logistics.low_stock IS 'What to order now';

CREATE MATERIALIZED VIEW sales.bestsellers AS
SELECT p.product_id, p.sku, p.name, sum(i.quantity) AS units, sum(i.line_total) AS revenue, rank() OVER (ORDER BY sum(i.quantity) DESC) AS place
  FROM sales.order_items i
  JOIN sales.orders o USING (order_id)
  JOIN catalog.products p USING (product_id)
 WHERE o.status IN ('paid', 'shipped', 'completed')
 GROUP BY p.product_id, p.sku, p.name;
CREATE UNIQUE INDEX bestsellers_product ON sales.bestsellers (product_id);
COMMENT ON MATERIALIZED VIEW sales.bestsellers IS 'Ranking shown on the first page, refreshed at night / 热销榜';
