-- Payments: currencies by their ISO code. What is not known stays null, and shows in the quality rules.
TRUNCATE staging.stg_payments;

INSERT INTO staging.stg_payments (payment_id, order_id, method, amount, currency, state, paid_at, paid_on, loaded_at)
SELECT payment_id, order_id, method, amount,
       CASE
         WHEN upper(trim(currency)) IN ('CNY', 'RMB') THEN 'CNY'
         WHEN upper(trim(currency)) ~ '^[A-Z]{3}$' THEN upper(trim(currency))
       END,
       state, paid_at, (paid_at AT TIME ZONE 'UTC')::date, _loaded_at
  FROM raw.payments;
