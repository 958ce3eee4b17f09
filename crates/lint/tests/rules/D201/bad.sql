drop table scratch;
drop materialized view totals;
