-- From visit to purchase, by day. 转化漏斗日报。
INSERT INTO mart.rpt_funnel_daily AS f (day, sessions, viewers, carts, checkouts, purchases, conversion)
SELECT started_on,
       count(session_id),
       count(session_id) FILTER (WHERE product_views > 0),
       count(session_id) FILTER (WHERE cart_adds > 0),
       count(session_id) FILTER (WHERE checkouts > 0),
       count(session_id) FILTER (WHERE purchases > 0),
       round(avg(CASE WHEN purchases > 0 THEN 1 ELSE 0 END), 4)
  FROM mart.fct_session
 GROUP BY started_on
ON CONFLICT (day) DO UPDATE
   SET sessions = excluded.sessions, viewers = excluded.viewers, carts = excluded.carts,
       checkouts = excluded.checkouts, purchases = excluded.purchases, conversion = excluded.conversion;
