-- Nightly landing of parcels.
TRUNCATE raw.shipments;

INSERT INTO raw.shipments (shipment_id, order_id, carrier_id, depot_id, tracking_no, shipped_at, delivered_at, _loaded_at, _batch)
SELECT shipment_id, order_id, carrier_id, depot_id, tracking_no, shipped_at, delivered_at,
       least(now(), date_trunc('day', greatest(shipped_at, delivered_at)) + interval '1 day 2 hours'), to_char(greatest(shipped_at, delivered_at), 'YYYYMMDD')
  FROM shop_ext.shipments;
