alter table scratch rename to scratch_old;
alter view open_orders rename to pending_orders;
