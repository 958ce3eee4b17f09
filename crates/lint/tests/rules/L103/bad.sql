reindex index orders_note;
reindex table orders;
