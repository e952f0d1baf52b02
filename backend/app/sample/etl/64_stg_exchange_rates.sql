-- Rates for every day: a missing day takes the last one before it. 缺失日期沿用前一日汇率。
DELETE FROM staging.stg_exchange_rates;

INSERT INTO staging.stg_exchange_rates (currency, rate_date, rate_cny, carried_forward)
WITH span AS (
  SELECT currency, min(rate_date) AS first_day, max(rate_date) AS last_day
    FROM raw.exchange_rates
   GROUP BY currency
),
days AS (
  SELECT s.currency, d.day::date AS rate_date
    FROM span s
   CROSS JOIN LATERAL generate_series(s.first_day, s.last_day, interval '1 day') AS d(day)
),
joined AS (
  SELECT d.currency, d.rate_date, r.rate_cny, count(r.rate_cny) OVER (PARTITION BY d.currency ORDER BY d.rate_date) AS stretch
    FROM days d
    LEFT JOIN raw.exchange_rates r ON r.currency = d.currency AND r.rate_date = d.rate_date
)
SELECT currency, rate_date,
       first_value(rate_cny) OVER (PARTITION BY currency, stretch ORDER BY rate_date),
       rate_cny IS NULL
  FROM joined;

-- The home currency is one of itself.
INSERT INTO staging.stg_exchange_rates (currency, rate_date, rate_cny, carried_forward)
SELECT DISTINCT 'CNY', rate_date, 1, false
  FROM staging.stg_exchange_rates
 WHERE currency = 'USD';
