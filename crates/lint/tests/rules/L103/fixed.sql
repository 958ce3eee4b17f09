reindex index CONCURRENTLY orders_note;

reindex table CONCURRENTLY orders;
