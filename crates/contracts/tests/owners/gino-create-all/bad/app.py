await db.gino.create_all()
