CREATE TABLE "Fresh" (id bigint PRIMARY KEY, "userName" text, CONSTRAINT "FreshOne" CHECK (id > 0));
CREATE INDEX CONCURRENTLY byname ON orders (id);
