create unique index concurrently totals_n on totals (n);
refresh materialized view totals;
