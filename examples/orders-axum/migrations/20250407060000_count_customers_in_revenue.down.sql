-- OR REPLACE can add columns at the end but take none away; comment and grant go with the view.
DROP VIEW monthly_revenue;

CREATE VIEW monthly_revenue AS
SELECT
    date_trunc('month', order_totals.placed_at AT TIME ZONE 'UTC')::date AS month,
    count(*) AS orders,
    sum(order_totals.total_cents)::bigint AS revenue_cents
FROM order_totals
WHERE order_totals.status IN ('paid', 'shipped')
GROUP BY 1;

COMMENT ON VIEW monthly_revenue IS 'Revenue of paid and shipped orders by calendar month (UTC), in cents';

GRANT SELECT ON monthly_revenue TO pg_monitor;
