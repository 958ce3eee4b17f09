create table a (name text default 'café');
