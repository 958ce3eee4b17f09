-- groundline: irreversible because of history
CREATE TABLE a (id bigint);
