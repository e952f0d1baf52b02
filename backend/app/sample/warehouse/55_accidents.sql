-- What went wrong on the way in: see ../README.md, W01 to W04. The same rows each time: chance by hash of the key.

-- W01 a batch of orders delivered twice
INSERT INTO raw.orders
SELECT order_id, order_no, customer_id, channel, store_id, coupon_id, status, currency, subtotal, discount, shipping_fee, total_amount,
       ordered_at, updated_at, least(now(), _loaded_at + interval '3 hours'), _batch || '-again'
  FROM raw.orders
 WHERE hashint8extended(order_id, 1) & 1023 < 7;

-- W02 events sent again by the collector
INSERT INTO raw.events
SELECT event_id, session_id, customer_id, kind, product_id, url, properties, occurred_at, _loaded_at + interval '1 minute', _batch || '-retry'
  FROM raw.events
 WHERE hashint8extended(event_id, 2) & 1023 < 4;

-- W03 cities whose letters were lost on the way
UPDATE raw.addresses SET city = '??'
 WHERE city !~ '^[A-Za-z]' AND hashint8extended(address_id, 3) & 1023 < 7;

-- W04 lines that never came
DELETE FROM raw.order_items WHERE hashint8extended(order_id, 4) & 1023 < 2;
