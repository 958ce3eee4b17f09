create materialized view other as select 1 as a;
refresh materialized view other;
