alter table events_2025 add constraint fits check (at >= '2025-01-01' and at < '2026-01-01') not valid;
commit;
alter table events_2025 validate constraint fits;
alter table events attach partition events_2025 for values from ('2025-01-01') to ('2026-01-01');
