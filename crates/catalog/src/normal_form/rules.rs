//! The registry of the normal form's rules: one entry a rule, in the order of the page.
//! Out: what a rule is (`mod`), and doing it (the reader in `groundline-pg`, the profile, the difference).

use super::{Example, Rule, Verdict};

macro_rules! rules {
    ($($title:literal => $verdict:expr; $says:literal; $why:literal; $both:literal | $one:literal | $other:literal)*) => {
        /// All rules.
        pub const RULES: &[Rule] = &[$(Rule {
            title: $title,
            says: $says,
            why: $why,
            verdict: $verdict,
            example: Example { both: $both, one: $one, other: $other },
        },)*];
    };
}

use Verdict::{Differs, Equal, LeftOut, OfEnvironment, OrderOnly};

rules! {
    "Who asks" => Equal;
    "Names are written with their schema, dates and intervals in one form, whatever the session's settings are.";
    "A catalog is read with an empty search path, and with the settings that `pg_dump` reads with.";
    "CREATE SCHEMA shop;\nCREATE TABLE shop.a (x date DEFAULT '2020-02-29', CHECK (x > '2000-01-01'::date));"
    | "" | "SET LOCAL search_path = shop;\nSET LOCAL DateStyle = German;"

    "The order of making" => Equal;
    "OIDs do not count, nor the order in which objects were made, nor columns that were dropped.";
    "Two histories that end in the same schema are equal, however long they are.";
    "" | "CREATE TABLE a (x int, y int);\nCREATE TABLE b (x int);"
    | "CREATE TABLE b (x int);\nCREATE TABLE a (x int, gone text, y int);\nALTER TABLE a DROP COLUMN gone;"

    "Short forms" => Equal;
    "`serial`, `PRIMARY KEY` behind a column and the like are what they stand for.";
    "The catalog has only the long form.";
    "" | "CREATE TABLE a (x serial PRIMARY KEY);"
    | "CREATE SEQUENCE a_x_seq AS int;\nCREATE TABLE a (x int NOT NULL DEFAULT nextval('a_x_seq'));\nALTER SEQUENCE a_x_seq OWNED BY a.x;\nALTER TABLE a ADD CONSTRAINT a_pkey PRIMARY KEY (x);"

    "Defaults in words" => Equal;
    "A property at its default is not there: the collation `default`, `VOLATILE`, `COST 100`, `ROWS 1000`, `ASC NULLS LAST`, the usual operator class. The bounds and the start of a sequence are always there: what is usual depends on its type.";
    "The catalog does not tell whether a default was written.";
    ""
    | "CREATE TABLE a (x text);\nCREATE INDEX i ON a (x);\nCREATE FUNCTION f() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';"
    | "CREATE TABLE a (x text COLLATE \"default\" NULL);\nCREATE INDEX i ON a USING btree (x text_ops ASC NULLS LAST);\nCREATE FUNCTION f() RETURNS SETOF int LANGUAGE sql VOLATILE COST 100 ROWS 1000 AS 'SELECT 1';"

    "Dimensions of arrays" => Equal;
    "`int[]`, `int[][]` and `int[3]` are one type.";
    "PostgreSQL neither prints nor enforces dimensions.";
    "" | "CREATE TABLE a (x int[]);" | "CREATE TABLE a (x int[3][3]);"

    "Lists without an order" => Equal;
    "Options are sorted, and so are the options of text search dictionaries, the tables of a publication, the roles of a policy and the privileges of a grant.";
    "Their order means nothing to PostgreSQL, which keeps them as they were written.";
    "" | "CREATE TABLE a (x int) WITH (fillfactor = 90, autovacuum_enabled = off);\nGRANT SELECT, INSERT ON a TO PUBLIC;"
    | "CREATE TABLE a (x int) WITH (autovacuum_enabled = off, fillfactor = 90);\nGRANT INSERT ON a TO PUBLIC;\nGRANT SELECT ON a TO PUBLIC;"

    "Usual privileges" => Equal;
    "Of privileges only what differs from the usual ones is there, whoever granted it. So an object without grants, and one whose owner granted himself everything, are equal. `(owner)` stands for whoever owns the object.";
    "The catalog fills its list of privileges with the usual ones at the first grant, and owners differ between environments.";
    "CREATE TABLE a (x int);" | "" | "GRANT ALL ON a TO CURRENT_USER;\nGRANT SELECT ON a TO PUBLIC;\nREVOKE SELECT ON a FROM PUBLIC;"

    "Views as they are understood" => Equal;
    "Views, rules, defaults, checks and bodies of the standard (`BEGIN ATOMIC`) are the server's printing of what it understood, not the text that was sent.";
    "Spaces, comments and the case of words are no part of what the catalog keeps.";
    "CREATE TABLE a (x int);" | "CREATE VIEW v AS SELECT x FROM a WHERE x > 0;"
    | "create view v as\n  select a.x -- all of them\n  from a where (a.x) > 0;"

    "Indexes of constraints" => Equal;
    "The index of a primary key, a unique or an exclusion constraint has no definition of its own: the constraint speaks for it. What can be set of it alone (options, tablespace, CLUSTER, comment) is its own.";
    "It would say the same thing twice, and be two differences.";
    "CREATE TABLE a (x int);" | "ALTER TABLE a ADD CONSTRAINT once UNIQUE (x);"
    | "CREATE UNIQUE INDEX once ON a (x);\nALTER TABLE a ADD CONSTRAINT once UNIQUE USING INDEX once;"

    "Partitions" => Equal;
    "A partition that was attached is one that was made as such. What a partition has from its parent follows from it: the twins of a foreign key and of a trigger are not there, unless one is enabled in another way.";
    "`pg_dump` writes every partition as a table that is attached.";
    "CREATE TABLE a (x int) PARTITION BY RANGE (x);"
    | "CREATE TABLE a_1 PARTITION OF a FOR VALUES FROM (0) TO (9);"
    | "CREATE TABLE a_1 (x int);\nALTER TABLE a ATTACH PARTITION a_1 FOR VALUES FROM (0) TO (9);"

    "Rows" => LeftOut;
    "Rows, the last value of a sequence, statistics and large objects do not count; nor do temporary tables.";
    "They are data, or a session's.";
    "CREATE TABLE a (x serial);" | "" | "INSERT INTO a DEFAULT VALUES;\nANALYZE a;\nCREATE TEMPORARY TABLE b (x int);"

    "Bookkeeping" => LeftOut;
    "The history tables of all layouts, and the schema `groundline`, are left out.";
    "They say which revisions were applied, and differ where the schema does not.";
    "" | "" | "CREATE TABLE _sqlx_migrations (version bigint);\nCREATE SCHEMA groundline;"

    "Members of extensions" => LeftOut;
    "What an extension made is left out; the extension itself is there, and so are privileges on its members that were granted after it was made.";
    "Members come with the extension, and change with its version; privileges on them are the team's own.";
    "" | "" | "CREATE TABLE a (x int);\nALTER EXTENSION plpgsql ADD TABLE a;"

    "Secrets" => LeftOut;
    "The connection of a subscription is never read, of the options of wrappers and user mappings only the names are, and of the options of servers those that can hold a secret by name.";
    "A snapshot is kept and shown.";
    "" | "CREATE FOREIGN DATA WRAPPER w OPTIONS (key 'one');" | "CREATE FOREIGN DATA WRAPPER w OPTIONS (key 'other');"

    "The server's own" => LeftOut;
    "Roles, their memberships and settings, tablespaces, other databases and the objects that every new database has are left out; of roles and tablespaces their names appear where something is granted to them or lies in them.";
    "They belong to the server, not to one database.";
    "" | "" | "CREATE ROLE reporter LOGIN;\nCOMMENT ON ROLE reporter IS 'reads';"

    "Owners and places" => OfEnvironment;
    "Owners and tablespaces.";
    "A team's laptops, its continuous integration and production have other ones.";
    "CREATE ROLE builder;\nCREATE TABLE a (x int);\nREVOKE DELETE ON a FROM CURRENT_USER;" | "" | "ALTER TABLE a OWNER TO builder;"

    "The database itself" => OfEnvironment;
    "Its encoding, locale, connection limit and comment, and what is set for it and for roles in it.";
    "They are set where a database is made, not by a migration.";
    "" | "" | "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''8MB''', current_database()); END $$;"

    "What comes with packages" => OfEnvironment;
    "The version and comment of an extension, and the version of the library that a collation sorts by.";
    "The operating system's packages decide them.";
    "CREATE COLLATION plain (provider = libc, locale = 'C');" | ""
    | "-- as another operating system's library has it\nUPDATE pg_collation SET collversion = '2.36' WHERE collname = 'plain';"

    "How roles log in elsewhere" => OfEnvironment;
    "The names of the options of user mappings.";
    "The server shows them to the mapping's user only.";
    "CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w;"
    | "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'a');"
    | "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password_file 'b');"

    "Hosting platforms" => OfEnvironment;
    "What a hosting platform makes in every database for itself: grants to its roles, its schemas, extensions and event triggers, by names that it reserves.";
    "A shadow has nothing of the kind.";
    "CREATE ROLE rds_superuser;\nCREATE TABLE a (x int);" | "" | "GRANT SELECT ON a TO rds_superuser;"

    "The order of columns" => OrderOnly;
    "The place of a column among those that are there is told apart from all else, and has a fingerprint of its own.";
    "A column that is dropped and added again lands last; for most code that is the same table.";
    "" | "CREATE TABLE a (x int, y int);" | "CREATE TABLE a (y int, x int);"

    "Parents and their parts" => Differs(1);
    "What comes or goes with another object is one difference: the parent's.";
    "A dropped table is one fact, not one for each column, index, sequence and grant.";
    "" | "" | "CREATE TABLE a (x serial PRIMARY KEY, y int UNIQUE);\nCOMMENT ON COLUMN a.y IS 'once';\nGRANT SELECT ON a TO PUBLIC;"

    "Names that PostgreSQL gave" => Differs(2);
    "The default name of a constraint or an index is a name like any other. From PostgreSQL 18 on NOT NULL is a constraint with a name, too.";
    "Later statements, error messages and code name it; `pg_dump` writes it down.";
    "CREATE TABLE a (x int);" | "CREATE INDEX ON a (x);" | "CREATE INDEX by_x ON a (x);"

    "Bodies of routines" => Differs(1);
    "The body of a routine is its text, spaces and comments with it.";
    "PostgreSQL keeps it as it was sent, and shows it so.";
    "" | "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';" | "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT  1';"

    "Options at their default" => Differs(1);
    "An option that was set is there, whatever its value is.";
    "It stays where the server's default changes, and `pg_dump` writes it.";
    "" | "CREATE TABLE a (x int);" | "CREATE TABLE a (x int) WITH (fillfactor = 100);"

    "Printing that is read in another way" => Differs(1);
    "Some expressions, once printed, dumped and loaded, print in other words: a list of `varchar` is the known one. It is told, as a changed definition with both texts. `crates/pg/tests/catalog/loads` has the cases.";
    "The two are other trees to PostgreSQL, and `pg_dump` sees a difference, too; to call them equal, expressions would have to be understood, not compared.";
    "CREATE TABLE a (x varchar(5));"
    | "ALTER TABLE a ADD CONSTRAINT known CHECK (x IN ('a', 'b'));"
    | "ALTER TABLE a ADD CONSTRAINT known CHECK (x::text = ANY (ARRAY['a'::varchar::text, 'b'::varchar::text]));"

    "The time of making" => Differs(1);
    "A time that PostgreSQL puts into a default, a check or a view when it is made stays there, and is told. A revision that writes one yields another schema each time: `groundline lock` and `identify` say `unsteady-schema` and look at what follows.";
    "It decides what the view shows.";
    "" | "CREATE VIEW v AS SELECT '2024-01-01 10:00'::timestamp AS made;" | "CREATE VIEW v AS SELECT 'now'::timestamp AS made;"
}
