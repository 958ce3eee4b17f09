set local lock_timeout = '2s';
set lock_timeout = '500ms';
