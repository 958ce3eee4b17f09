-- CreateTable
create table a (id bigint);
