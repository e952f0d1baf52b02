-- Customers: newest delivery wins; mail in small letters and checked; testers marked.
TRUNCATE staging.stg_customers;

WITH newest AS (
  SELECT c.*, row_number() OVER (PARTITION BY c.customer_id ORDER BY c._loaded_at DESC) AS n
    FROM raw.customers c
)
INSERT INTO staging.stg_customers (customer_id, customer_no, full_name, email, email_is_valid, phone, birth_date, gender, language, marketing, is_test,
                                   registered_at, updated_at, loaded_at)
SELECT customer_id, customer_no, trim(full_name), lower(trim(email)),
       email ~* '^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$',
       CASE WHEN phone ~ '^\+[0-9]{8,15}$' THEN phone END,
       CASE WHEN birth_date > date '1900-01-01' AND birth_date <= current_date THEN birth_date END,
       CASE gender WHEN 'f' THEN 'female' WHEN 'm' THEN 'male' ELSE 'not said' END,
       language, marketing, email LIKE 'test+%' OR full_name LIKE 'TEST %',
       created_at, updated_at, _loaded_at
  FROM newest
 WHERE n = 1;
