SELECT 1
/* oops; SELECT 2;
