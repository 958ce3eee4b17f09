-- Months are months in UTC, whatever the session's time zone.
CREATE VIEW monthly_revenue AS
SELECT
    date_trunc('month', order_totals.placed_at AT TIME ZONE 'UTC')::date AS month,
    count(*) AS orders,
    sum(order_totals.total_cents)::bigint AS revenue_cents
FROM order_totals
WHERE order_totals.status IN ('paid', 'shipped')
GROUP BY 1;
