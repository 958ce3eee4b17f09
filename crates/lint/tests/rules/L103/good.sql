reindex index concurrently orders_note;
reindex (concurrently) table orders;
