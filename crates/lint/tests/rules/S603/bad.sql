create function secret() returns int language sql security definer as 'select 1';
