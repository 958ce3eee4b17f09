create table fresh (id bigint generated always as identity primary key, price numeric, name text);
