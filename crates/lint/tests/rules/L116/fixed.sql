alter table events detach partition events_2024 CONCURRENTLY;
