drop schema public cascade;
drop extension if exists hstore;
drop owned by current_user;
