-- Add down migration script here
/* nested /* comment */ */ ;
