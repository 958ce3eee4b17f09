context.Database.EnsureDeleted();
