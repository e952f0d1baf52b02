-- The clickstream. Events are partitioned by month (partitions: shop/25).

SET LOCAL ROLE shop_app;

CREATE TABLE web.sessions (
  session_id   bigint PRIMARY KEY,
  customer_id  integer,
  device       text NOT NULL,
  referrer     text,
  landing_page text,
  started_at   timestamptz NOT NULL,
  ended_at     timestamptz
);
CREATE INDEX sessions_started_idx ON web.sessions (started_at);
COMMENT ON TABLE  web.sessions IS 'A visit: events of one browser without a pause of 30 minutes';
COMMENT ON COLUMN web.sessions.ended_at IS 'Set in the night after; null today';
COMMENT ON COLUMN web.sessions.customer_id IS 'Known after sign-in only; no foreign key';

CREATE TABLE web.events (
  event_id     bigint NOT NULL,
  session_id   bigint NOT NULL,
  customer_id  integer,
  kind         text NOT NULL,
  product_id   integer,
  url          text,
  properties   jsonb NOT NULL DEFAULT '{}',
  occurred_at  timestamptz NOT NULL,
  PRIMARY KEY (event_id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX events_session_idx ON web.events (session_id);
COMMENT ON TABLE  web.events IS 'Page events, partitioned by month / 页面事件，按月分区';
COMMENT ON COLUMN web.events.kind IS 'page_view, search, product_view, add_to_cart, checkout, purchase';
COMMENT ON COLUMN web.events.properties IS '附加属性';
