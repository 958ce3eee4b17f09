await migrate(db, { migrationsFolder: "drizzle" });
