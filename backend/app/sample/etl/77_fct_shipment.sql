-- Parcels: how long they waited, how long they travelled, late or not.
TRUNCATE mart.fct_shipment;

INSERT INTO mart.fct_shipment (shipment_id, order_id, carrier, depot, shipped_at, delivered_at, hours_to_ship, days_in_transit, is_late, updated_at)
SELECT s.shipment_id, s.order_id, s.carrier, s.depot, s.shipped_at, s.delivered_at,
       round(extract(epoch FROM s.shipped_at - o.ordered_at) / 3600, 1),
       round(extract(epoch FROM s.delivered_at - s.shipped_at) / 86400, 1),
       coalesce(s.delivered_at, now()) > s.shipped_at + make_interval(days => s.promise_days),
       s.loaded_at
  FROM staging.stg_shipments s
  JOIN staging.stg_orders o USING (order_id);
