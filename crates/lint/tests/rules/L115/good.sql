create table events_2026 (like events including all);
