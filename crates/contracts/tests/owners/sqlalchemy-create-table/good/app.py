name = User.__table__.name
