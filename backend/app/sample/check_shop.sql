-- One row per flaw of the shop that README.md documents: how many there must be at least, how many there are.
-- One statement; cadastre_reader may run it, in database shop.
WITH found (flaw, dataset, column_name, what, expected_min, found) AS (
  SELECT 'F01', 'crm.customers', 'email', 'missing', 85, count(*) FROM crm.customers WHERE email IS NULL
  UNION ALL
  SELECT 'F02', 'crm.customers', 'email', 'malformed', 30, count(*) FROM crm.customers WHERE email !~* '^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$'
  UNION ALL
  SELECT 'F03', 'crm.customers', 'phone', 'not E.164', 45, count(*) FROM crm.customers WHERE phone !~ '^\+[0-9]{8,15}$'
  UNION ALL
  SELECT 'F04', 'crm.customers', 'full_name', 'blanks at the end', 45, count(*) FROM crm.customers WHERE full_name <> trim(full_name)
  UNION ALL
  SELECT 'F05', 'crm.customers', 'full_name', 'mojibake', 12, count(*) FROM crm.customers WHERE full_name ~ '[\u00c2-\u00f4][\u0080-\u00bf]'
  UNION ALL
  SELECT 'F06', 'crm.customers', 'birth_date', 'in the future', 1, count(*) FROM crm.customers WHERE birth_date > current_date
  UNION ALL
  SELECT 'F07', 'crm.customers', 'birth_date', 'a default: 1900-01-01', 35, count(*) FROM crm.customers WHERE birth_date = date '1900-01-01'
  UNION ALL
  SELECT 'F08', 'crm.customers', 'email', 'the same but for capitals', 20, count(*) FROM (SELECT lower(email) FROM crm.customers GROUP BY 1 HAVING count(*) > 1 AND lower(email) IS NOT NULL) d
  UNION ALL
  SELECT 'F09', 'crm.customers', 'email', 'account of a tester', 5, count(*) FROM crm.customers WHERE email LIKE 'test+%'
  UNION ALL
  SELECT 'F10', 'crm.addresses', 'country_code', 'not ISO 3166', 40, count(*) FROM crm.addresses WHERE country_code !~ '^[A-Z]{2}$'
  UNION ALL
  SELECT 'F11', 'crm.addresses', 'postcode', 'in China, not six digits', 30, count(*) FROM crm.addresses WHERE country_code = 'CN' AND postcode !~ '^[0-9]{6}$'
  UNION ALL
  SELECT 'F12', 'crm.addresses', 'line2', 'a word for nothing', 40, count(*) FROM crm.addresses WHERE line2 IN ('N/A', 'null', '-', '无')
  UNION ALL
  SELECT 'F13', 'crm.identity_checks', 'resident_id', 'wrong check character', 20, count(*)
    FROM crm.identity_checks
   WHERE upper(right(resident_id, 1)) <> substr('10X98765432', 1 + (
           SELECT sum(substr(resident_id, i, 1)::int * (ARRAY[7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2])[i]) FROM generate_series(1, 17) i)::int % 11, 1)
  UNION ALL
  SELECT 'F14', 'crm.identity_checks', 'resident_id', 'a small x', 4, count(*) FROM crm.identity_checks WHERE resident_id LIKE '%x'
  UNION ALL
  SELECT 'F15', 'crm.support_tickets', 'order_no', 'no such order', 12, count(*) FROM crm.support_tickets t WHERE NOT EXISTS (SELECT FROM sales.orders o WHERE o.order_no = t.order_no)
  UNION ALL
  SELECT 'F16', 'catalog.products', 'category_id', 'missing', 4, count(*) FROM catalog.products WHERE category_id IS NULL
  UNION ALL
  SELECT 'F17', 'catalog.products', 'unit_cost', 'above list_price', 5, count(*) FROM catalog.products WHERE unit_cost > list_price
  UNION ALL
  SELECT 'F18', 'catalog.products', 'barcode', 'wrong check digit', 4, count(*)
    FROM catalog.products
   WHERE (SELECT sum(substr(barcode, i, 1)::int * CASE WHEN i % 2 = 0 THEN 3 ELSE 1 END) FROM generate_series(1, 13) i) % 10 <> 0
  UNION ALL
  SELECT 'F19', 'catalog.suppliers', 'tax_number', 'not plain digits', 1, count(*) FROM catalog.suppliers WHERE tax_number !~ '^[0-9]+$'
  UNION ALL
  SELECT 'F20', 'sales.coupons', 'valid_to', 'before valid_from', 1, count(*) FROM sales.coupons WHERE valid_to < valid_from
  UNION ALL
  SELECT 'F21', 'sales.orders', 'status', 'outside the list', 40, count(*) FROM sales.orders WHERE status NOT IN ('placed', 'paid', 'shipped', 'completed', 'cancelled', 'returned')
  UNION ALL
  SELECT 'F22', 'sales.orders', 'ordered_at', 'in the future', 6, count(*) FROM sales.orders WHERE ordered_at > now() + interval '1 hour'
  UNION ALL
  SELECT 'F23', 'sales.orders', 'subtotal', 'not the sum of its lines', 80, count(*)
    FROM sales.orders o JOIN (SELECT order_id, sum(line_total) AS lines FROM sales.order_items GROUP BY order_id) i USING (order_id) WHERE o.subtotal <> i.lines
  UNION ALL
  SELECT 'F24', 'sales.payments', 'currency', 'not ISO 4217', 220, count(*) FROM sales.payments WHERE currency NOT IN ('CNY', 'USD', 'EUR', 'GBP', 'JPY')
  UNION ALL
  SELECT 'F25', 'sales.payments', 'amount', 'negative', 18, count(*) FROM sales.payments WHERE amount < 0
  UNION ALL
  SELECT 'F26', 'sales.payments', 'reference', 'more than once', 30, count(*) FROM (SELECT reference FROM sales.payments GROUP BY 1 HAVING count(*) > 1) d
  UNION ALL
  SELECT 'F27', 'sales.refunds', 'amount', 'more than was paid', 6, count(*) FROM sales.refunds r JOIN sales.payments p USING (payment_id) WHERE r.amount > p.amount AND p.amount > 0
  UNION ALL
  SELECT 'F28', 'sales.reviews', 'product_id', 'no such product', 35, count(*) FROM sales.reviews r WHERE NOT EXISTS (SELECT FROM catalog.products p WHERE p.product_id = r.product_id)
  UNION ALL
  SELECT 'F29', 'sales.reviews', 'rating', 'outside 1 to 5', 15, count(*) FROM sales.reviews WHERE rating NOT BETWEEN 1 AND 5
  UNION ALL
  SELECT 'F30', 'sales.exchange_rates', 'rate_date', 'days missing', 3, count(*)
    FROM generate_series(0, 400) back WHERE NOT EXISTS (SELECT FROM sales.exchange_rates r WHERE r.rate_date = (SELECT max(rate_date) FROM sales.exchange_rates) - back)
  UNION ALL
  SELECT 'F31', 'sales.exchange_rates', 'rate_cny', 'five times the median', 1, count(*)
    FROM sales.exchange_rates r JOIN (SELECT currency, percentile_cont(0.5) WITHIN GROUP (ORDER BY rate_cny) AS median FROM sales.exchange_rates GROUP BY currency) m USING (currency)
   WHERE r.rate_cny > 5 * m.median
  UNION ALL
  SELECT 'F32', 'logistics.inventory', 'on_hand', 'negative', 10, count(*) FROM logistics.inventory WHERE on_hand < 0
  UNION ALL
  SELECT 'F33', 'logistics.shipments', 'shipped_at', 'before the order', 40, count(*) FROM logistics.shipments s JOIN sales.orders o USING (order_id) WHERE s.shipped_at < o.ordered_at
  UNION ALL
  SELECT 'F34', 'logistics.shipments', 'delivered_at', 'before shipped_at', 25, count(*) FROM logistics.shipments WHERE delivered_at < shipped_at
  UNION ALL
  SELECT 'F35', 'web.sessions', 'ended_at', 'before started_at', 20, count(*) FROM web.sessions WHERE ended_at < started_at
  UNION ALL
  SELECT 'F36', 'web.events', 'customer_id', 'no such customer', 50, count(*) FROM web.events e WHERE customer_id IS NOT NULL AND NOT EXISTS (SELECT FROM crm.customers c WHERE c.customer_id = e.customer_id)
  UNION ALL
  SELECT 'F37', 'web.events', 'occurred_at', 'days without events', 1, count(*)
    FROM generate_series(1, 80) back WHERE NOT EXISTS (SELECT FROM web.events e WHERE e.occurred_at::date = (SELECT max(started_at)::date FROM web.sessions) - back)
  UNION ALL
  SELECT 'F38', 'web.events', 'occurred_at', 'rise of daily volume since 16 days, %', 30,
         round(100.0 * count(*) FILTER (WHERE back BETWEEN 2 AND 15) / count(*) FILTER (WHERE back BETWEEN 18 AND 31) - 100)
    FROM web.events, LATERAL (SELECT (SELECT max(started_at)::date FROM web.sessions) - occurred_at::date AS back) b
  UNION ALL
  SELECT 'F39', 'hr.employees', 'left_on', 'before hired_on', 1, count(*) FROM hr.employees WHERE left_on < hired_on
)
SELECT flaw, dataset, column_name, what, expected_min::bigint, found::bigint FROM found ORDER BY flaw
