-- One of these writes the table anew. The other changes a line of the catalog, and is no finding.
alter table refunds alter column total type numeric(12,4);
alter table customers alter column email type varchar(200);
