create index concurrently i on t (id);
