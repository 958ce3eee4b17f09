alter index orders_note rename to by_note;
