// context.Database.EnsureCreated();
await context.Database.CanConnectAsync();
