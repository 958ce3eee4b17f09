-- groundline: irreversible because of law
CREATE TABLE a (id bigint);
