CREATE VIEW order_totals AS
SELECT
    orders.id AS order_id,
    orders.customer_id,
    orders.status,
    orders.placed_at,
    COALESCE(sum(order_items.line_total_cents), 0)::bigint AS total_cents
FROM orders
LEFT JOIN order_items ON order_items.order_id = orders.id
GROUP BY orders.id;
