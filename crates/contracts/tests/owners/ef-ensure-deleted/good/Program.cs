context.Database.OpenConnection();
