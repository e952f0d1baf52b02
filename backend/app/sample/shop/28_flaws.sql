-- Flaws worth finding, one statement each, in the order of ../README.md. What a constraint forbids is not broken here.

-- F01 customers without e-mail
UPDATE crm.customers SET email = NULL WHERE gen.roll('F01', customer_id) < 0.021;

-- F02 malformed e-mails: no @, two @, no host, a blank inside
UPDATE crm.customers
   SET email = CASE gen.whole('F02.kind', customer_id, 1, 4)
                 WHEN 1 THEN replace(email, '@', '.') WHEN 2 THEN replace(email, '@', '@@')
                 WHEN 3 THEN split_part(email, '@', 1) || '@' ELSE replace(email, '.', ' ') END
 WHERE email IS NOT NULL AND gen.roll('F02', customer_id) < 0.009;

-- F03 malformed phones: letters, too short, dashes and blanks
UPDATE crm.customers
   SET phone = CASE gen.whole('F03.kind', customer_id, 1, 3) WHEN 1 THEN 'ask ' || substr(full_name, 1, 6) WHEN 2 THEN substr(phone, 1, 5) ELSE replace(phone, '+', '00 ') || '-1' END
 WHERE gen.roll('F03', customer_id) < 0.012;

-- F04 blanks behind the name
UPDATE crm.customers SET full_name = full_name || '  ' WHERE gen.roll('F04', customer_id) < 0.013;

-- F05 mojibake: UTF-8 once read as Latin-1
UPDATE crm.customers SET full_name = convert_from(convert_to(full_name, 'UTF8'), 'LATIN1')
 WHERE language = 'zh' AND gen.roll('F05', customer_id) < 0.006;

-- F06 born in the future; F07 born on the default of an old form
UPDATE crm.customers SET birth_date = gen.today() + 200 WHERE gen.roll('F06', customer_id) < 0.0012;
UPDATE crm.customers SET birth_date = date '1900-01-01' WHERE birth_date < gen.today() AND gen.roll('F07', customer_id) < 0.011;

-- F08 one person registered twice: the same e-mail in capitals, another number
WITH twin AS (
  SELECT customer_id, email, row_number() OVER (ORDER BY customer_id) AS n
    FROM crm.customers WHERE email LIKE '%@example.%' AND gen.roll('F08', customer_id) < 0.006
)
INSERT INTO crm.customers (customer_id, customer_no, full_name, email, phone, birth_date, gender, language, marketing, preferences, created_at, updated_at)
SELECT 6000 + n, 'C' || lpad((6000 + n)::text, 7, '0'), c.full_name, upper(c.email), c.phone, c.birth_date, c.gender, c.language, false, '{}', c.updated_at, c.updated_at
  FROM twin JOIN crm.customers c USING (customer_id);

-- F09 accounts of testers
UPDATE crm.customers SET full_name = 'TEST ' || customer_id, email = 'test+' || customer_id || '@example.com' WHERE gen.roll('F09', customer_id) < 0.003;

-- F10 three spellings of one country; F11 postcodes of the wrong length; F12 words that stand for nothing
UPDATE crm.addresses SET country_code = gen.one('F10.kind', address_id, '{China,中国,cn}') WHERE country_code = 'CN' AND gen.roll('F10', address_id) < 0.016;
UPDATE crm.addresses SET postcode = left(postcode, 4) WHERE country_code = 'CN' AND gen.roll('F11', address_id) < 0.012;
UPDATE crm.addresses SET line2 = gen.one('F12.kind', address_id, '{N/A,null,-,无}') WHERE gen.roll('F12', address_id) < 0.015;

-- F13 resident ids whose check character is wrong; F14 a small x at the end
UPDATE crm.identity_checks SET resident_id = left(resident_id, 17) || CASE right(resident_id, 1) WHEN '7' THEN '3' ELSE '7' END WHERE gen.roll('F13', check_id) < 0.02;
UPDATE crm.identity_checks SET resident_id = lower(resident_id) WHERE right(resident_id, 1) = 'X' AND gen.roll('F14', check_id) < 0.08;

-- F15 tickets naming an order that does not exist
UPDATE crm.support_tickets SET order_no = translate(order_no, '01', 'OI') WHERE gen.roll('F15', ticket_id) < 0.025;

-- F16 articles without category; F17 sold below cost; F18 barcodes with a wrong check digit; F19 tax numbers in full-width digits
UPDATE catalog.products SET category_id = NULL WHERE gen.roll('F16', product_id) < 0.012;
UPDATE catalog.products SET unit_cost = round(list_price * 1.2, 2) WHERE gen.roll('F17', product_id) < 0.014;
UPDATE catalog.products SET barcode = left(barcode, 12) || (right(barcode, 1)::int + 3) % 10 WHERE gen.roll('F18', product_id) < 0.012;
UPDATE catalog.suppliers SET tax_number = translate(tax_number, '0123456789', '０１２３４５６７８９') WHERE gen.roll('F19', supplier_id) < 0.04;

-- F20 coupons that end before they begin
UPDATE sales.coupons SET valid_to = valid_from - 3 WHERE gen.roll('F20', coupon_id) < 0.08;

-- F21 statuses outside the list; F22 the clock of a till runs ahead; F23 totals that do not match their lines
UPDATE sales.orders SET status = gen.one('F21.kind', order_id, '{COMPLETE,shiped,已完成,unknown}') WHERE gen.roll('F21', order_id) < 0.004;
UPDATE sales.orders SET ordered_at = ordered_at + interval '1 year', updated_at = updated_at + interval '1 year'
 WHERE store_id = 7 AND ordered_at > gen.clock() - interval '300 days' AND gen.roll('F22', order_id) < 0.06;
UPDATE sales.orders SET subtotal = subtotal + gen.whole('F23.by', order_id, 1, 60), total_amount = total_amount + gen.whole('F23.by', order_id, 1, 60)
 WHERE gen.roll('F23', order_id) < 0.007;

-- F24 currencies by other names; F25 refunds booked as negative payments; F26 paid twice
UPDATE sales.payments SET currency = gen.one('F24.kind', payment_id, '{RMB,cny,¥,CNY }') WHERE currency = 'CNY' AND gen.roll('F24', payment_id) < 0.025;
UPDATE sales.payments SET amount = -amount WHERE gen.roll('F25', payment_id) < 0.002;
INSERT INTO sales.payments (payment_id, order_id, method, amount, currency, state, reference, paid_at)
SELECT 1000000 + payment_id, order_id, method, amount, currency, state, reference, paid_at + interval '3 seconds'
  FROM sales.payments WHERE state = 'captured' AND gen.roll('F26', payment_id) < 0.003;

-- F27 more refunded than paid
UPDATE sales.refunds SET amount = amount * 10 WHERE gen.roll('F27', refund_id) < 0.02;

-- F28 reviews of products that are gone; F29 ratings outside 1 to 5
UPDATE sales.reviews SET product_id = 9000 + product_id WHERE gen.roll('F28', review_id) < 0.011;
UPDATE sales.reviews SET rating = gen.whole('F29.kind', review_id, 0, 1) * 10 WHERE gen.roll('F29', review_id) < 0.006;

-- F30 three days without exchange rates; F31 a rate with the point in the wrong place
DELETE FROM sales.exchange_rates WHERE rate_date BETWEEN gen.today() - 76 AND gen.today() - 74;
UPDATE sales.exchange_rates SET rate_cny = rate_cny * 10 WHERE currency = 'EUR' AND rate_date = gen.today() - 29;

-- F32 less than nothing on the shelf; F33 parcels that left before the order; F34 delivered before they left
UPDATE logistics.inventory SET on_hand = -gen.whole('F32.by', product_id, 1, 9) WHERE gen.roll('F32', product_id * 8 + depot_id) < 0.006;
UPDATE logistics.shipments s SET shipped_at = o.ordered_at - interval '26 hours'
  FROM sales.orders o WHERE o.order_id = s.order_id AND gen.roll('F33', shipment_id) < 0.006;
UPDATE logistics.shipments SET delivered_at = shipped_at - interval '5 hours' WHERE delivered_at IS NOT NULL AND gen.roll('F34', shipment_id) < 0.004;

-- F35 sessions that end before they start; F36 events of customers that nobody knows
UPDATE web.sessions SET ended_at = started_at - interval '1 minute' WHERE gen.roll('F35', session_id) < 0.005;
UPDATE web.events SET customer_id = 900000 + customer_id WHERE customer_id IS NOT NULL AND gen.roll('F36', event_id) < 0.004;

-- F37 (no events on one day) and F38 (a lasting rise) are made by the generator, shop/25.

-- F39 staff who left before they came
UPDATE hr.employees SET left_on = hired_on - 10 WHERE left_on IS NOT NULL AND gen.roll('F39', employee_id) < 0.15;
