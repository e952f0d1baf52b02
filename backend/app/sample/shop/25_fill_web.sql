-- Sessions and events of the last 90 days. 16 days ago a campaign lifts the traffic for good; 37 days ago the tracker stood still.

DO $$
DECLARE
  month date := date_trunc('month', gen.today() - 90);
BEGIN
  WHILE month <= date_trunc('month', gen.today() + 31) LOOP
    EXECUTE format('CREATE TABLE web.%I PARTITION OF web.events FOR VALUES FROM (%L) TO (%L)',
                   'events_' || to_char(month, 'YYYY_MM'), month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('ALTER TABLE web.%I OWNER TO shop_app', 'events_' || to_char(month, 'YYYY_MM'));
    EXECUTE format('GRANT SELECT ON web.%I TO cadastre_reader, shop_link', 'events_' || to_char(month, 'YYYY_MM'));
    month := month + interval '1 month';
  END LOOP;
END
$$;

INSERT INTO web.sessions (session_id, customer_id, device, referrer, landing_page, started_at, ended_at)
SELECT n, CASE WHEN gen.roll('sess.known', n) < 0.55 THEN gen.favoured('sess.who', n, 5200) END,
       gen.one('sess.device', n, '{phone,phone,phone,desktop,tablet}'),
       gen.one('sess.ref', n, '{search,search,direct,newsletter,social,NULL}'), gen.one('sess.page', n, '{/,/sale,/tea,/home,/search}'),
       at, CASE WHEN back > 0 THEN at + make_interval(secs => gen.whole('sess.secs', n, 20, 1500)) END
  FROM (SELECT row_number() OVER (ORDER BY back DESC, i)::bigint AS n, back
          FROM generate_series(0, 89) back
         CROSS JOIN LATERAL generate_series(1, round(78 * gen.season(back) * (0.94 + 0.12 * gen.roll('web.day', back))
                                                     * CASE WHEN back <= 16 THEN 1.55 ELSE 1 END * CASE WHEN back = 0 THEN 0.5 ELSE 1 END)::int) i) s
 CROSS JOIN LATERAL (SELECT gen.moment('sess.at', n, back) AS at) a;

INSERT INTO web.events (event_id, session_id, customer_id, kind, product_id, url, properties, occurred_at)
SELECT s.session_id * 10 + k, s.session_id, s.customer_id, kind,
       CASE WHEN kind IN ('product_view', 'add_to_cart') THEN product END,
       CASE WHEN kind IN ('product_view', 'add_to_cart') THEN '/p/HP-' || (10000 + product) ELSE s.landing_page END,
       CASE WHEN kind = 'search' THEN jsonb_build_object('q', gen.one('ev.q', s.session_id * 10 + k, '{茶,kettle,床单,lamp,儿童,tent}')) ELSE '{}' END,
       least(gen.clock(), s.started_at + coalesce(s.ended_at - s.started_at, interval '5 minutes') * (k - 1) / 10.0)
  FROM web.sessions s
 CROSS JOIN LATERAL (SELECT gen.roll('sess.depth', s.session_id) AS depth) d
 CROSS JOIN LATERAL generate_series(1, 2 + floor(depth * 7)::int) k
 CROSS JOIN LATERAL (SELECT CASE WHEN k = 1 THEN 'page_view' WHEN k = 2 THEN gen.one('ev.two', s.session_id, '{search,page_view,product_view}') WHEN k <= 4 THEN 'product_view'
                                 WHEN k = 5 THEN 'add_to_cart' WHEN k = 6 THEN 'page_view' WHEN k = 7 THEN 'checkout' ELSE 'purchase' END AS kind,
                            gen.favoured('ev.product', s.session_id * 10 + k, 900) AS product) e
 WHERE (s.started_at AT TIME ZONE 'UTC')::date <> gen.today() - 37;
