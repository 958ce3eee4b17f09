await context.Database.EnsureCreatedAsync();
