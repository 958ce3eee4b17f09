users.Migrate();
