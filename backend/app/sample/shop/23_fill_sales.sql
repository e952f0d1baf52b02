-- Stores, coupons, rates, orders with their lines, payments, refunds.

INSERT INTO sales.stores (store_id, code, name, name_zh, city, region, opened_on, area_sqm)
SELECT n, 'S' || lpad(n::text, 2, '0'), 'Harbour & Pine ' || en, '港松百货' || zh || '店', city, region, date '2009-03-01' + n * 311, 300 + gen.whole('store.area', n, 0, 40) * 50
  FROM (VALUES (1, 'Bund', '外滩', '上海', 'East'), (2, 'Pudong', '浦东', '上海', 'East'), (3, 'West Lake', '西湖', '杭州', 'East'), (4, 'Old Quay', '老外滩', '宁波', 'East'),
               (5, 'Pier', '栈桥', '青岛', 'North'), (6, 'Island', '鹭岛', '厦门', 'South'), (7, 'Teahouse', '茶馆', '成都', 'West'), (8, 'River', '珠江', '广州', 'South'),
               (9, 'Star Bay', '星海', '大连', 'North'), (10, 'Station', '火车站', '上海', 'East'), (11, 'Canal', '运河', '杭州', 'East'), (12, 'Hill', '鼓山', '厦门', 'South'),
               (13, 'Panda', '熊猫', '成都', 'West'), (14, 'Airport', '机场', '广州', 'South')) v(n, en, zh, city, region);

INSERT INTO sales.coupons (coupon_id, code, kind, value, min_amount, valid_from, valid_to, usage_limit)
SELECT n, 'PINE' || lpad((n * 37 % 1000)::text, 3, '0'), CASE WHEN n % 3 = 0 THEN 'amount' ELSE 'percent' END,
       CASE WHEN n % 3 = 0 THEN 10 + n % 5 * 10 ELSE 5 + n % 4 * 5 END, n % 5 * 50, gen.today() - 400 + n * 6, gen.today() - 400 + n * 6 + 60, CASE WHEN n % 2 = 0 THEN 500 END
  FROM generate_series(1, 60) n;

INSERT INTO sales.exchange_rates (currency, rate_date, rate_cny)
SELECT currency, gen.today() - back, round((base * (1 + 0.02 * sin(back / 40.0) + 0.004 * (gen.roll('fx.' || currency, back) - 0.5)))::numeric, 6)
  FROM (VALUES ('USD', 7.12), ('EUR', 7.81), ('GBP', 9.15), ('JPY', 0.0472)) v(currency, base)
 CROSS JOIN generate_series(0, 400) back;

-- Orders of a day: growth, day of the week, a sale 47 days ago, chance.
CREATE TABLE gen.order_seed AS
SELECT row_number() OVER (ORDER BY back DESC, i)::bigint AS n, back
  FROM generate_series(0, 399) back
 CROSS JOIN LATERAL generate_series(1, round((31 + (400 - back) * 0.06) * gen.season(back) * (0.9 + 0.2 * gen.roll('orders.day', back))
                                             * CASE WHEN back = 47 THEN 2.4 WHEN back IN (46, 48) THEN 1.5 WHEN back = 0 THEN 0.5 ELSE 1 END)::int) i;
ALTER TABLE gen.order_seed ADD PRIMARY KEY (n);

CREATE TABLE gen.item_seed AS
SELECT DISTINCT ON (s.n, p.product_id) s.n, p.product_id, k,
       CASE WHEN gen.roll('item.qty', s.n * 8 + k) < 0.7 THEN 1 ELSE gen.whole('item.qtys', s.n * 8 + k, 2, 5) END AS quantity,
       p.list_price AS unit_price,
       CASE WHEN gen.roll('item.disc', s.n * 8 + k) < 0.15 THEN round(p.list_price * 0.1, 2) ELSE 0 END AS discount
  FROM gen.order_seed s
 CROSS JOIN LATERAL generate_series(1, 1 + floor(power(gen.roll('order.lines', s.n), 2) * 6)::int) k
  JOIN catalog.products p ON p.product_id = gen.favoured('item.product', s.n * 8 + k, 900)
 ORDER BY s.n, p.product_id, k;

INSERT INTO sales.orders (order_id, order_no, customer_id, channel, store_id, coupon_id, status, currency, subtotal, discount, shipping_fee, total_amount,
                          labels, note, ordered_at, updated_at)
SELECT s.n, 'HP' || lpad((100000 + s.n)::text, 9, '0'), gen.favoured('order.customer', s.n, 5970 - s.back * 43 / 5),
       channel::sales.sales_channel, CASE WHEN channel = 'store' THEN least(14, gen.favoured('order.store', s.n, 14)) END, coupon, status, 'CNY',
       i.subtotal, i.discount, i.fee, i.subtotal - i.discount + i.fee,
       CASE WHEN gen.roll('order.label', s.n) < 0.03 THEN ARRAY['vip'] WHEN gen.roll('order.label', s.n) < 0.05 THEN ARRAY['fragile', 'gift'] ELSE '{}' END,
       CASE WHEN gen.roll('order.note', s.n) < 0.06 THEN gen.one('order.notes', s.n, '{请放门口,"Leave at the door",周末送货,"Call before delivery",需要发票}') END,
       at, least(gen.clock(), at + make_interval(hours => gen.whole('order.touched', s.n, 1, 140)))
  FROM gen.order_seed s
 CROSS JOIN LATERAL (SELECT gen.moment('order.at', s.n, s.back) AS at,
        CASE WHEN gen.roll('order.channel', s.n) < 0.44 THEN 'web' WHEN gen.roll('order.channel', s.n) < 0.72 THEN 'app' WHEN gen.roll('order.channel', s.n) < 0.97 THEN 'store' ELSE 'phone' END AS channel,
        CASE WHEN gen.roll('order.coupon', s.n) < 0.09 THEN gen.whole('order.which', s.n, 1, 60) END AS coupon,
        CASE WHEN gen.roll('order.status', s.n) < 0.04 THEN 'cancelled' WHEN s.back > 8 AND gen.roll('order.status', s.n) < 0.07 THEN 'returned'
             WHEN s.back > 8 THEN 'completed' WHEN s.back > 2 THEN 'shipped' WHEN s.back > 0 THEN 'paid' ELSE 'placed' END AS status) o
  JOIN (SELECT n, sum(quantity * unit_price - discount) AS subtotal FROM gen.item_seed GROUP BY n) t ON t.n = s.n
 CROSS JOIN LATERAL (SELECT t.subtotal, CASE WHEN coupon IS NOT NULL THEN round(t.subtotal * 0.1, 2) ELSE 0 END AS discount,
        CASE WHEN channel IN ('web', 'app', 'phone') AND t.subtotal < 99 THEN 8 ELSE 0 END AS fee) i;

INSERT INTO sales.order_items (order_id, line_no, product_id, quantity, unit_price, discount, gift)
SELECT n, row_number() OVER (PARTITION BY n ORDER BY k), product_id, quantity, unit_price, discount, gen.roll('item.gift', n * 8 + k) < 0.02
  FROM gen.item_seed;

INSERT INTO sales.coupon_redemptions (order_id, coupon_id, redeemed_at)
SELECT order_id, coupon_id, ordered_at FROM sales.orders WHERE coupon_id IS NOT NULL;

INSERT INTO sales.payments (payment_id, order_id, method, amount, currency, state, reference, paid_at)
SELECT row_number() OVER (ORDER BY order_id), order_id,
       (CASE WHEN channel = 'store' THEN gen.one('pay.till', order_id, '{card,cash,wallet,wallet}') ELSE gen.one('pay.web', order_id, '{wallet,wallet,wallet,card,bank_transfer,gift_card}') END)::sales.payment_method,
       CASE WHEN foreign_card IS NULL THEN total_amount ELSE round(total_amount / (SELECT rate_cny FROM sales.exchange_rates r WHERE r.currency = foreign_card AND r.rate_date = (ordered_at AT TIME ZONE 'UTC')::date), 2) END,
       coalesce(foreign_card, 'CNY'), CASE WHEN status = 'placed' THEN 'authorised' ELSE 'captured' END,
       'TX' || lpad((order_id * 7901 % 1000000000)::text, 10, '0'), least(gen.clock(), ordered_at + make_interval(secs => gen.whole('pay.wait', order_id, 5, 900)))
  FROM sales.orders
 CROSS JOIN LATERAL (SELECT CASE WHEN gen.roll('pay.foreign', order_id) < 0.05 THEN gen.one('pay.currency', order_id, '{USD,EUR,GBP,JPY}') END AS foreign_card) f
 WHERE status <> 'cancelled';

INSERT INTO sales.refunds (refund_id, payment_id, amount, reason, refunded_at)
SELECT row_number() OVER (ORDER BY p.payment_id), p.payment_id, CASE WHEN gen.roll('refund.part', p.payment_id) < 0.3 THEN round(p.amount * 0.5, 2) ELSE p.amount END,
       gen.one('refund.why', p.payment_id, '{DAMAGED,WRONG_SIZE,LATE,CHANGED_MIND,WRONG_ITEM}'), least(gen.clock(), p.paid_at + make_interval(days => gen.whole('refund.wait', p.payment_id, 2, 7)))
  FROM sales.payments p JOIN sales.orders o USING (order_id)
 WHERE o.status = 'returned' OR (o.status = 'completed' AND gen.roll('refund', p.payment_id) < 0.02);
