scope.Context.Database.Migrate();
