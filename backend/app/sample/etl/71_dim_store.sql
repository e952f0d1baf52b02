-- Stores; renamed ones are updated in place.
INSERT INTO mart.dim_store AS d (store_id, store_code, store_name, store_name_zh, city, region, opened_on, area_sqm)
SELECT s.store_id, s.code, s.name, s.name_zh, s.city, s.region, s.opened_on, s.area_sqm
  FROM raw.stores s
ON CONFLICT (store_id) DO UPDATE
   SET store_code = excluded.store_code, store_name = excluded.store_name, store_name_zh = excluded.store_name_zh,
       city = excluded.city, region = excluded.region, opened_on = excluded.opened_on, area_sqm = excluded.area_sqm;
