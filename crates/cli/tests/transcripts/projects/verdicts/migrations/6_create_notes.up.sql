CREATE TABLE notes (order_id bigint, note text);
