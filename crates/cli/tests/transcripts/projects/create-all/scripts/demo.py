Base.metadata.create_all(demo)
