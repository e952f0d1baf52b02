-- Hourly landing of the clickstream: only what is newer than what is there. 点击流增量落地。
INSERT INTO raw.events (event_id, session_id, customer_id, kind, product_id, url, properties, occurred_at, _loaded_at, _batch)
SELECT e.event_id, e.session_id, e.customer_id, e.kind, e.product_id, e.url, e.properties, e.occurred_at,
       least(now(), date_trunc('hour', e.occurred_at) + interval '1 hour 5 minutes'), to_char(e.occurred_at, 'YYYYMMDDHH24')
  FROM shop_ext.events e
 WHERE e.occurred_at > (SELECT coalesce(max(r.occurred_at), timestamptz '2000-01-01 00:00:00+00') FROM raw.events r);

INSERT INTO raw.batch_log (batch, table_name, row_count, loaded_at)
SELECT to_char(occurred_at, 'YYYYMMDD'), 'events', count(*), max(_loaded_at)
  FROM raw.events
 GROUP BY to_char(occurred_at, 'YYYYMMDD')
ON CONFLICT (batch, table_name) DO UPDATE SET row_count = excluded.row_count, loaded_at = excluded.loaded_at;
