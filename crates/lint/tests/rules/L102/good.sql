drop index concurrently orders_note;
drop index if exists nothing_there;
