create table fresh (a int, exclude using btree (a with =));
