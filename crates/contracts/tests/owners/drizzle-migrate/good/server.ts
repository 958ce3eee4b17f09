await migrateUser(user);
