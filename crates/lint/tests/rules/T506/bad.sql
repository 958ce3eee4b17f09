set lock_timeout = 0;
set session_replication_role = replica;
