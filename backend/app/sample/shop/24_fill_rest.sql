-- Reviews, carts, tickets, stock, parcels. What has happened yet is asked of midnight, not of the clock, so that the
-- hour of the set-up changes no row.

INSERT INTO sales.reviews (review_id, product_id, customer_id, rating, title, body, created_at)
SELECT row_number() OVER (ORDER BY i.order_id, i.line_no), i.product_id, o.customer_id, 6 - gen.favoured('review.stars', n, 5),
       gen.one('review.title', n, '{很好,"Good value",一般,"Not again",满意,"As described",NULL}'),
       gen.one('review.body', n, '{"质量不错，包装也很用心。","Arrived quickly, well packed.","颜色和图片有一点差别。","The lid does not close.","已经第三次回购了 👍","Too small for our kitchen.",NULL}'),
       least(gen.clock(), o.ordered_at + make_interval(days => gen.whole('review.wait', n, 3, 20)))
  FROM sales.order_items i JOIN sales.orders o USING (order_id)
 CROSS JOIN LATERAL (SELECT i.order_id * 8 + i.line_no AS n) m
 WHERE o.status = 'completed' AND gen.roll('review', n) < 0.12;

INSERT INTO sales.carts (cart_id, customer_id, state, created_at, updated_at)
SELECT c, CASE WHEN gen.roll('cart.known', c) < 0.7 THEN gen.favoured('cart.who', c, 5400) END,
       CASE WHEN back > 3 THEN gen.one('cart.state', c, '{abandoned,abandoned,ordered}') ELSE 'open' END, at, least(gen.clock(), at + interval '20 minutes')
  FROM generate_series(1, 2400) c
 CROSS JOIN LATERAL (SELECT gen.whole('cart.back', c, 0, 60) AS back) b
 CROSS JOIN LATERAL (SELECT gen.moment('cart.at', c, back) AS at) a;

INSERT INTO sales.cart_items (cart_id, product_id, quantity, added_at)
SELECT c.cart_id, gen.favoured('cart.product', c.cart_id * 6 + k, 900), gen.whole('cart.qty', c.cart_id * 6 + k, 1, 3), c.created_at
  FROM sales.carts c CROSS JOIN LATERAL generate_series(1, gen.whole('cart.lines', c.cart_id, 1, 4)) k
ON CONFLICT DO NOTHING;

INSERT INTO crm.support_tickets (ticket_id, customer_id, order_no, subject, priority, state, opened_at, closed_at)
SELECT row_number() OVER (ORDER BY order_id), customer_id, order_no, gen.one('ticket.subject', order_id, '{物流查询,"Where is my parcel",退货申请,"Invoice missing",商品破损,"Change of address"}'),
       gen.whole('ticket.priority', order_id, 1, 4), CASE WHEN closed THEN 'closed' ELSE 'open' END, opened,
       CASE WHEN closed THEN least(gen.clock(), opened + make_interval(hours => gen.whole('ticket.hours', order_id, 1, 60))) END
  FROM sales.orders
 CROSS JOIN LATERAL (SELECT least(gen.clock(), ordered_at + make_interval(hours => gen.whole('ticket.wait', order_id, 2, 200))) AS opened) a
 CROSS JOIN LATERAL (SELECT opened < gen.today() - interval '3 days' AND gen.roll('ticket.closed', order_id) < 0.97 AS closed) b
 WHERE gen.roll('ticket', order_id) < 0.06;

INSERT INTO logistics.depots (depot_id, code, city, bonded)
VALUES (1, 'SHA', '上海', true), (2, 'NGB', '宁波', true), (3, 'TAO', '青岛', false), (4, 'CAN', '广州', true), (5, 'CTU', '成都', false);

INSERT INTO logistics.carriers (carrier_id, name, promise_days)
VALUES (1, 'Gull Express 海鸥快递', 2), (2, 'Slow Boat 慢船物流', 6), (3, 'Pine Post 松邮', 4), (4, 'Store Van 门店自送', 1);

INSERT INTO logistics.inventory (depot_id, product_id, on_hand, reserved, reorder_point, counted_at)
SELECT d.depot_id, p.product_id, gen.whole('stock', n, 0, 240), gen.whole('stock.res', n, 0, 6), 10 + p.product_id % 5 * 10, gen.moment('stock.at', n, gen.whole('stock.back', n, 1, 40))
  FROM catalog.products p CROSS JOIN logistics.depots d CROSS JOIN LATERAL (SELECT p.product_id * 8 + d.depot_id AS n) m
 WHERE gen.roll('stocked', n) < 0.8;

INSERT INTO logistics.inventory_moves (depot_id, product_id, quantity, reason, moved_at)
SELECT depot_id, product_id, CASE WHEN reason IN ('sale', 'loss') THEN -1 ELSE 1 END * gen.whole('move.qty', n, 1, 30), reason, gen.moment('move.at', n, gen.whole('move.back', n, 0, 59))
  FROM logistics.inventory i CROSS JOIN generate_series(1, 2) k
 CROSS JOIN LATERAL (SELECT (product_id * 8 + depot_id) * 4 + k AS n) m
 CROSS JOIN LATERAL (SELECT gen.one('move.why', n, '{receipt,sale,sale,sale,return,loss,count}') AS reason) r
 ORDER BY n;

INSERT INTO logistics.shipments (shipment_id, order_id, carrier_id, depot_id, tracking_no, shipped_at, delivered_at, weight_g)
SELECT row_number() OVER (ORDER BY order_id), order_id, c.carrier_id, gen.whole('ship.depot', order_id, 1, 5), 'HPX' || lpad((order_id * 104729 % 10000000000)::text, 10, '0'), shipped,
       CASE WHEN arrived < gen.today() THEN arrived END, gen.whole('ship.weight', order_id, 80, 9000)
  FROM sales.orders
  JOIN logistics.carriers c ON c.carrier_id = least(4, gen.favoured('ship.carrier', order_id, 4))
 CROSS JOIN LATERAL (SELECT ordered_at + make_interval(hours => gen.whole('ship.wait', order_id, 3, 44)) AS shipped) a
 CROSS JOIN LATERAL (SELECT shipped + make_interval(hours => 8 + gen.whole('ship.travel', order_id, 6, 28 * c.promise_days)) AS arrived) b
 WHERE channel <> 'store' AND status IN ('shipped', 'completed', 'returned') AND shipped < gen.today();
