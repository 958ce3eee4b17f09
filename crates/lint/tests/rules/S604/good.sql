grant execute on function stamp() to public;
