-- Takings of the tills by hour. Runs up to the day after which somebody paused it (raw.job_control), if anybody did.
INSERT INTO mart.rpt_store_hour AS t (store_id, day, hour, orders, takings)
SELECT o.store_id, o.ordered_on, extract(hour FROM o.ordered_at AT TIME ZONE 'UTC')::smallint, count(o.order_id), sum(o.total_amount)
  FROM staging.stg_orders o
 WHERE o.channel = 'store'
   AND o.status <> 'cancelled'
   AND o.ordered_on <= coalesce((SELECT c.paused_after FROM raw.job_control c WHERE c.job = 'rpt_store_hour'), current_date)
 GROUP BY 1, 2, 3
ON CONFLICT (store_id, day, hour) DO UPDATE SET orders = excluded.orders, takings = excluded.takings;
