do $$ begin raise exception 'no'; end $$;
drop table f;
