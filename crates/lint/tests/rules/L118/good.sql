vacuum orders;
vacuum (full off) orders;
analyze orders;
