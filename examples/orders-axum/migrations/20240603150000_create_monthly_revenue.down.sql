DROP VIEW monthly_revenue;
