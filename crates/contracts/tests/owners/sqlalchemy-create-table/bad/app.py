User.__table__.create(engine, checkfirst=True)
