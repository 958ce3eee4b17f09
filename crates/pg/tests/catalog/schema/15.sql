
-- What came with PostgreSQL 15.
CREATE SCHEMA lab15;
CREATE TABLE lab15.owner (id int, tenant int, PRIMARY KEY (tenant, id));
CREATE TABLE lab15.pet (
    id int GENERATED ALWAYS AS IDENTITY, tenant int, owner int, chip text, kind text,
    CONSTRAINT pet_owner FOREIGN KEY (tenant, owner) REFERENCES lab15.owner ON DELETE SET NULL (owner),
    CONSTRAINT pet_chip UNIQUE NULLS NOT DISTINCT (chip)
);
CREATE UNIQUE INDEX pet_kind ON lab15.pet (kind) NULLS NOT DISTINCT;
CREATE VIEW lab15.pets WITH (security_invoker = true) AS SELECT id, chip FROM lab15.pet;
CREATE UNLOGGED SEQUENCE lab15.ticket;
CREATE PUBLICATION lab15_rows FOR TABLE lab15.pet (id, chip) WHERE (id > 0);
CREATE PUBLICATION lab15_schema FOR TABLES IN SCHEMA lab, TABLE lab15.owner;
CREATE TABLE lab15.shelved (a int) TABLESPACE attic;
CREATE INDEX shelved_a ON lab15.shelved (a) TABLESPACE attic;
