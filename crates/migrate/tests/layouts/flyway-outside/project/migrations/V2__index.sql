create index concurrently i on a (id);
