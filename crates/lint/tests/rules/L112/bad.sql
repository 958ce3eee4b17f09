alter table scratch add constraint apart exclude using btree (a with =);
