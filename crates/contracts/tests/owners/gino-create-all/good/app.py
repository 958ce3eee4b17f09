await db.gino.load(User)
