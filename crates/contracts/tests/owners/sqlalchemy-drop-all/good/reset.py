cache.drop_all()
