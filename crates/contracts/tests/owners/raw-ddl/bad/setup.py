cursor.execute("ALTER TABLE users ADD COLUMN note text")
