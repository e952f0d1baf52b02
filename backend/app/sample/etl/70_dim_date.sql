-- The calendar, as long as there are orders that are not in the future.
TRUNCATE mart.dim_date;

INSERT INTO mart.dim_date (day, year, quarter, month, iso_week, weekday, weekday_zh, is_weekend)
SELECT d.day::date,
       extract(year FROM d.day), extract(quarter FROM d.day), extract(month FROM d.day), extract(week FROM d.day),
       trim(to_char(d.day, 'Day')),
       CASE extract(isodow FROM d.day)
         WHEN 1 THEN '星期一' WHEN 2 THEN '星期二' WHEN 3 THEN '星期三' WHEN 4 THEN '星期四' WHEN 5 THEN '星期五' WHEN 6 THEN '星期六' ELSE '星期日'
       END,
       extract(isodow FROM d.day) >= 6
  FROM (SELECT min(ordered_on) AS first_day, max(ordered_on) AS last_day FROM staging.stg_orders WHERE ordered_at <= now()) span
 CROSS JOIN LATERAL generate_series(span.first_day, span.last_day, interval '1 day') AS d(day);
