-- Categories by month: revenue, margin, share, place.
TRUNCATE mart.rpt_category_month;

INSERT INTO mart.rpt_category_month (month, top_category, orders, units, revenue, margin, revenue_share, place)
SELECT m.month, m.top_category, m.orders, m.units, m.revenue, m.margin,
       round(m.revenue / sum(m.revenue) OVER (PARTITION BY m.month), 4),
       rank() OVER (PARTITION BY m.month ORDER BY m.revenue DESC)
  FROM (
         SELECT date_trunc('month', l.ordered_on)::date AS month, p.top_category,
                count(DISTINCT l.order_id) AS orders, sum(l.quantity) AS units, sum(l.revenue) AS revenue, sum(l.margin) AS margin
           FROM mart.fct_order_line l
           JOIN mart.dim_product p ON p.product_id = l.product_id
          WHERE l.ordered_on <= current_date
          GROUP BY 1, 2
       ) m;
