-- Customers with their main address, loyalty and identity check. 客户维度。
TRUNCATE mart.dim_customer;

WITH main_address AS (
  SELECT DISTINCT ON (a.customer_id) a.customer_id, a.city, a.province, a.country_code
    FROM staging.stg_addresses a
   ORDER BY a.customer_id, a.is_default DESC, a.kind DESC, a.address_id
)
INSERT INTO mart.dim_customer (customer_id, customer_no, full_name, email, email_is_valid, gender, age_band, language, city, province, country_code,
                               loyalty_tier, loyalty_points, identity_verified, registered_on, updated_at)
SELECT c.customer_id, c.customer_no, c.full_name, c.email, c.email_is_valid, c.gender,
       CASE
         WHEN c.birth_date IS NULL THEN 'not known'
         WHEN c.birth_date > current_date - interval '30 years' THEN 'under 30'
         WHEN c.birth_date > current_date - interval '45 years' THEN '30 to 44'
         WHEN c.birth_date > current_date - interval '60 years' THEN '45 to 59'
         ELSE '60 and over'
       END,
       c.language, a.city, a.province, a.country_code, l.tier, l.points, coalesce(i.passed, false), c.registered_at::date, c.loaded_at
  FROM staging.stg_customers c
  LEFT JOIN main_address a ON a.customer_id = c.customer_id
  LEFT JOIN raw.loyalty_accounts l ON l.customer_id = c.customer_id
  LEFT JOIN staging.stg_identity_checks i ON i.customer_id = c.customer_id AND i.newest = 1
 WHERE NOT coalesce(c.is_test, false);
