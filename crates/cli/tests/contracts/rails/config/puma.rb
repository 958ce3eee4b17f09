db = ENV.fetch("DATABASE_URL", "postgres://localhost/shop")
