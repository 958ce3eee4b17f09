ALTER TABLE users ADD COLUMN "createdAt" timestamp;
