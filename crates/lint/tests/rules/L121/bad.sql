alter table lines drop constraint lines_order_id_fkey;
