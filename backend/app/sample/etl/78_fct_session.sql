-- Visits with what was done in them. 访问会话。
TRUNCATE mart.fct_session;

WITH acts AS (
  SELECT session_id,
         count(event_id) FILTER (WHERE kind = 'page_view')    AS page_views,
         count(event_id) FILTER (WHERE kind = 'product_view') AS product_views,
         count(event_id) FILTER (WHERE kind = 'add_to_cart')  AS cart_adds,
         count(event_id) FILTER (WHERE kind = 'checkout')     AS checkouts,
         count(event_id) FILTER (WHERE kind = 'purchase')     AS purchases,
         (array_agg(search_text ORDER BY occurred_at) FILTER (WHERE search_text IS NOT NULL))[1] AS first_search
    FROM staging.stg_events
   GROUP BY session_id
)
INSERT INTO mart.fct_session (session_id, customer_id, device, referrer, started_on, seconds, page_views, product_views, cart_adds, checkouts, purchases, first_search)
SELECT s.session_id, s.customer_id, s.device, s.referrer, s.started_on, s.seconds,
       a.page_views, a.product_views, a.cart_adds, a.checkouts, a.purchases, a.first_search
  FROM staging.stg_sessions s
  JOIN acts a USING (session_id);
