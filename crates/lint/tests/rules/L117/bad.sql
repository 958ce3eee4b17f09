alter table scratch set unlogged;
