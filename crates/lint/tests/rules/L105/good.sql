alter table customers alter column email type varchar(200);
alter table customers alter column email type text;
alter table customers alter column name type varchar;
alter table customers alter column name type money_text;
alter table customers alter column email type text using email;
set timezone = 'UTC';
alter table customers alter column joined type timestamptz using joined::timestamptz;
