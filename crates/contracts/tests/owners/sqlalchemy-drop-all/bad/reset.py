Base.metadata.drop_all(bind=engine)
