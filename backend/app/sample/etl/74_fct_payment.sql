-- Money received, in CNY by the rate of the day.
TRUNCATE mart.fct_payment;

INSERT INTO mart.fct_payment (payment_id, order_id, method, currency, amount, rate_cny, amount_cny, paid_on, updated_at)
SELECT p.payment_id, p.order_id, p.method, p.currency, p.amount, r.rate_cny, round(p.amount * r.rate_cny, 2), p.paid_on, p.loaded_at
  FROM staging.stg_payments p
  LEFT JOIN staging.stg_exchange_rates r ON r.currency = p.currency AND r.rate_date = p.paid_on
 WHERE p.state IN ('authorised', 'captured');
