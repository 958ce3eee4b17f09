
-- What came with PostgreSQL 18.
CREATE SCHEMA lab18;
CREATE EXTENSION btree_gist SCHEMA lab18;
CREATE TABLE lab18.room (
    id int, during daterange, beds int CONSTRAINT beds_known NOT NULL, price int CONSTRAINT price_known NOT NULL NO INHERIT,
    double int GENERATED ALWAYS AS (price * 2) VIRTUAL,
    CONSTRAINT room_pk PRIMARY KEY (id, during WITHOUT OVERLAPS),
    CONSTRAINT room_beds CHECK (beds > 0) NOT ENFORCED
);
CREATE TABLE lab18.stay (
    id int, room int, during daterange, note text,
    CONSTRAINT stay_room FOREIGN KEY (room, PERIOD during) REFERENCES lab18.room (id, PERIOD during)
);
ALTER TABLE lab18.stay ADD CONSTRAINT note_known NOT NULL note NOT VALID;
CREATE TABLE lab18.house (id int PRIMARY KEY);
CREATE TABLE lab18.door (
    house int, CONSTRAINT door_house FOREIGN KEY (house) REFERENCES lab18.house NOT ENFORCED
);
CREATE PUBLICATION lab18_generated FOR TABLE lab18.room WITH (publish_generated_columns = stored);
