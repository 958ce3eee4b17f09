ALTER TABLE users DROP COLUMN "createdAt";
