lock table orders;
lock table customers in share mode;
